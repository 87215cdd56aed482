"""The embedded AWS starts quickly, alone or beside another, and leaves no process and no file behind."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws, EmbeddedAwsError
from tests.integration.embedded.scenes import HOME, HUB, eventually

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes and sockets are looked up in /proc"),
]

LOCAL = Path(__file__).resolve().parents[3] / "local"


def processes(folder: str) -> list[str]:
    """The command lines of living processes that have something in the folder, as their environment tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}" in (process / "environ").read_text(errors="replace"):
                found.append((process / "cmdline").read_text())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def make_function(aws: EmbeddedAws) -> None:
    """Have a worker process by invoking a Lambda function."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("index.py", "def handler(event, context):\n    return event\n")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws.client("iam", HUB, HOME).create_role(RoleName="example", AssumeRolePolicyDocument=document)
    functions = aws.client("lambda", HUB, HOME)
    functions.create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{HUB}:role/example",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    assert functions.invoke(FunctionName="echo", Payload=b'"yes"')["Payload"].read() == b'"yes"'


def test_nothing_is_left_when_the_context_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # other tests at once have folders in the common one
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with EmbeddedAws() as aws:
        make_function(aws)
        assert len(processes(str(aws.folder))) == 2
        assert list(tmp_path.iterdir()) == [aws.folder]
    assert not aws.folder.exists()
    assert processes(str(aws.folder)) == []
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_when_an_exception_ends_it() -> None:
    def fail() -> None:
        with EmbeddedAws() as started:
            folders.append(started.folder)
            make_function(started)
            raise RuntimeError("ours")

    folders: list[Path] = []
    with pytest.raises(RuntimeError, match="ours"):
        fail()
    (folder,) = folders
    assert not folder.exists()
    assert processes(str(folder)) == []


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_parent_is_ended_from_outside(blow: signal.Signals, tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import time
        from rootwatch_local.embedded.aws import EmbeddedAws
        from tests.integration.embedded.test_lifecycle import make_function
        with EmbeddedAws() as aws:
            make_function(aws)
            print(aws.folder, flush=True)
            time.sleep(60)
    """)
    environment = {**os.environ, "PYTHONPATH": f"{LOCAL}:{LOCAL.parent}", "TMPDIR": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    folder = parent.stdout.readline().strip()
    assert len(processes(folder)) == 2
    parent.send_signal(blow)
    parent.communicate(timeout=10)
    assert eventually(lambda: not processes(folder))
    assert eventually(lambda: not list(tmp_path.iterdir()))


def test_another_version_of_ministack_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / "ministack-9.9.9.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: ministack\nVersion: 9.9.9\n")
    launched = subprocess.run(
        [sys.executable, "-m", "rootwatch_local.embedded.launcher"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{LOCAL}"},
        input="",
        capture_output=True,
        text=True,
        timeout=30,
    )
    sentence = "The embedded AWS patches ministack 1.5.33 and no other: 9.9.9 is installed."
    assert (launched.returncode, launched.stderr) == (2, f"{sentence}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(EmbeddedAwsError, match=r"ministack 1\.5\.33 and no other"), EmbeddedAws():
        pass


def test_two_run_side_by_side_and_know_nothing_of_each_other() -> None:
    with EmbeddedAws() as one, EmbeddedAws() as other:
        one.client("sqs", HUB, HOME).create_queue(QueueName="mine")
        with pytest.raises(ClientError, match="NonExistentQueue"):
            other.client("sqs", HUB, HOME).get_queue_url(QueueName="mine")


def test_it_listens_on_the_loopback_interface_alone() -> None:
    with EmbeddedAws() as aws:
        port = int(aws.url.rpartition(":")[2])
        listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ours = [fields[1] for fields in listening if fields[1].endswith(f":{port:04X}") and fields[3] == "0A"]
        assert ours == [f"0100007F:{port:04X}"]


def test_the_users_own_aws_settings_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")
    with EmbeddedAws() as aws:
        assert aws.client("sts", HUB, HOME).get_caller_identity()["Account"] == HUB


def test_every_patch_is_where_ministack_looks_for_it() -> None:
    with EmbeddedAws() as aws:
        # The first call for a stack loads what is still to be patched.
        aws.client("cloudformation", HUB, HOME).list_stacks()
        seams = aws.door("seams")
    assert [seam for seam in seams if not seam["holds"]] == []
    assert sorted(f"{seam['module'].removeprefix('ministack.')}.{seam['name']}" for seam in seams) == [
        "ZipFile.extractall",
        "app._get_module",
        "app.pin_request_origin",
        "core.iam_actions.extract_resource_arn",
        "core.iam_evaluator._resolve_condition_key",
        "core.lambda_runtime._detect_runtime_binary",
        "services.cloudformation.changesets._evaluate_conditions",
        "services.cloudformation.engine._evaluate_conditions",
        "services.cloudformation.handle_request",
        "services.cloudformation.handlers._evaluate_conditions",
        "services.cloudformation.stacks._evaluate_conditions",
        "services.cloudformation.stacks._runs_on_worker_thread",
        "services.eventbridge._dispatch_event",
        "services.eventbridge._invoke_target",
        "services.eventbridge._put_permission",
        "services.organizations._public_account",
        "services.organizations._public_ou",
        "services.organizations.handle_request",
        "services.sns._fanout",
        "services.sns._publish",
        "services.sns._publish_batch",
    ]
