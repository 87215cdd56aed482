"""What ``rootwatch --help`` shows, and what it costs."""

import errno
import json
import subprocess
import sys

from click.testing import CliRunner

from rootwatch_cli import main as module
from rootwatch_cli.main import main
from rootwatch_cli.replaying.spool import Spool
from tests.support.records import sign_in_body


def test_the_help_shows_every_command_once_with_a_whole_sentence():
    shown = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    for name in module._NAMES:
        [line] = [line for line in shown.splitlines() if line.startswith(f"  {name} ")]
        assert line.endswith((".", "?"))
        assert not line.endswith("...")
        assert len(line) <= 80


def test_every_command_of_the_help_can_be_asked_for_help_of_its_own():
    for name in module._NAMES:
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0, name


def test_an_unknown_command_is_refused_in_a_sentence():
    refused = CliRunner().invoke(main, ["explian"])
    assert refused.exit_code == 2
    assert "explian" in refused.output
    assert "Traceback" not in refused.output


def test_the_help_waits_for_no_aws_client():
    loaded = "import sys; from rootwatch_cli.main import main; main(['--help'], standalone_mode=False); "
    asked = subprocess.run(
        [sys.executable, "-c", loaded + "print('boto3' in sys.modules, file=sys.stderr)"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stderr.strip() == "False"


def test_the_demo_without_node_says_what_to_install_before_it_starts_anything(tmp_path):
    refused = CliRunner(env={"PATH": str(tmp_path)}).invoke(main, ["demo"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "Error: There is no node on the path, which the CDK runs on: install Node 20 or later.\n"


def test_what_the_terminal_cannot_show_is_a_question_mark_and_ends_no_command(tmp_path):
    file = tmp_path / "record.json"
    file.write_text(json.dumps(sign_in_body()))
    shown = _run("explain", str(file), PYTHONIOENCODING="latin-1")
    assert (shown.returncode, b"would send: opened ? PagerDuty" in shown.stdout) == (0, True)


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    def full(spool, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Spool, "add", full)
    (tmp_path / "log.json").write_text(json.dumps({"Records": [sign_in_body()]}))
    for command in ("scan", "replay"):
        refused = CliRunner().invoke(main, [command, str(tmp_path)])
        assert (refused.exit_code, refused.stderr.startswith("Error: There is no room left on a disk")) == (2, True)


def _run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", "from rootwatch_cli.main import main; main(prog_name='rootwatch')", *arguments],
        env={"PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True,
        check=False,
    )
