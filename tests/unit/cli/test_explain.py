"""`rootwatch explain` as a user meets it: one line a record, in order, whatever the input; exit 2 for bad input."""

import gzip
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rootwatch_cli.main import main
from tests.support.records import ACCOUNT, after, body, sign_in_body

MANAGEMENT = "111122223333"
SETTINGS = {
    "organization_id": "o-exampleorgid",
    "management_account": MANAGEMENT,
    "hub_account": "444455556666",
    "hub_region": "us-east-1",
    "organizational_units": ["r-a1b2"],
    "regions": ["us-east-1"],
    "slack": {"secret": "rootwatch/slack", "channel": "C0123456789"},
}
KEYS = [
    "index",
    "eventID",
    "eventTime",
    "account",
    "region",
    "action",
    "root_use",
    "readable",
    "reason",
    "kind",
    "harm",
    "severity",
    "verdict",
    "says",
    "why",
    "notices",
]


def explain(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)], input=stdin)


def lines_of(*arguments: object, stdin: bytes | None = None) -> list[dict[str, Any]]:
    result = explain("--format", "jsonl", *arguments, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def write(tmp_path):
    def written(name: str, value: object) -> Path:
        file = tmp_path / name
        file.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return file

    return written


def assume_root(account: str = MANAGEMENT) -> dict[str, Any]:
    value = body(
        "AssumeRoot",
        account=account,
        eventSource="sts.amazonaws.com",
        requestParameters={
            "targetPrincipal": ACCOUNT,
            "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"},
        },
        responseElements={"credentials": {"accessKeyId": "ASIAIOSFODNN7EXAMPLE"}},
    )
    value["userIdentity"] |= {"type": "AssumedRole", "arn": f"arn:aws:sts::{account}:assumed-role/Ops/ana"}
    return value


def unlock() -> dict[str, Any]:
    value = body("DeleteBucketPolicy", after(1), eventSource="s3.amazonaws.com")
    value["userIdentity"]["accessKeyId"] = "ASIAIOSFODNN7EXAMPLE"
    return value


def tagging(value: str | None, minutes: float, account: str = MANAGEMENT) -> dict[str, Any]:
    asked = {"tags": [{"key": "break-glass", "value": value}]} if value else {"tagKeys": ["break-glass"]}
    record = body(
        "TagResource" if value else "UntagResource",
        after(minutes),
        account=account,
        eventSource="organizations.amazonaws.com",
        requestParameters={"resourceId": ACCOUNT, **asked},
    )
    record["userIdentity"] |= {"type": "AssumedRole"}
    return record


def test_every_record_gets_one_line_in_the_order_read_and_its_index_counts_over_all_inputs(write):
    first = write("a.json", {"Records": [sign_in_body(), body("CreateUser")]})
    second = write("b.jsonl", b"\n".join(json.dumps(body(name)).encode() for name in ("ListUsers", "ListRoles")))
    third = write("c.json.gz", gzip.compress(json.dumps([5, body("DeleteUser", userIdentity=None)]).encode()))
    lines = lines_of(first, "-", second, third, stdin=json.dumps(body("GetUser")).encode())
    assert [line["index"] for line in lines] == list(range(7))
    names = ["ConsoleLogin", "CreateUser", "GetUser", "ListUsers", "ListRoles", None, "DeleteUser"]
    assert [line["action"] for line in lines] == names


def test_every_key_is_there_and_the_unknown_is_null(write):
    lines = lines_of(write("a.json", [5, {"userIdentity": {"type": "Root"}}, sign_in_body()]))
    assert [list(line) for line in lines] == [KEYS] * 3
    number, root, _ = lines
    assert [key for key in KEYS if number[key] is None] == [
        *("eventID", "eventTime", "account", "region", "action", "kind", "harm", "severity", "verdict", "says")
    ]
    assert (number["root_use"], number["readable"], number["why"], number["notices"]) == (False, False, [], [])
    assert [key for key in KEYS if root[key] is None] == ["eventID", "eventTime", "account", "region", "action"]


def test_the_text_says_what_would_be_sent_and_ends_with_a_sum(write):
    result = explain(write("a.json", [sign_in_body(mfa="No"), sign_in_body(ok=False), body("x", userIdentity=None)]))
    assert result.exit_code == 0
    assert "CRITICAL ROOT USE · sign-in · access · unplanned" in result.stdout
    assert "root signed in to the console without MFA" in result.stdout
    assert "would send: opened → PagerDuty (page), SNS, Slack" in result.stdout
    assert "would send: opened → SNS, Slack" in result.stdout
    assert "not root use: it has no userIdentity" in result.stdout
    assert result.stdout.endswith("3 records: 2 root use (1 critical, 1 medium)\n")


def test_a_log_file_without_records_is_no_error(write):
    result = explain(write("a.json", {"Records": []}))
    assert (result.exit_code, result.stdout) == (0, "0 records: 0 root use\n")


def test_of_damaged_input_the_records_come_first_then_one_sentence_and_exit_code_2(write):
    text = json.dumps({"Records": [sign_in_body(), body("CreateUser")]})
    result = explain("--format", "jsonl", write("cut.json", text[:-30].encode()), write("whole.json", [body("x")]))
    assert result.exit_code == 2
    assert [json.loads(line)["action"] for line in result.stdout.splitlines()] == ["ConsoleLogin", "x"]
    (sentence,) = result.stderr.splitlines()
    assert "cut.json is not valid JSON at character" in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("content", [b"", b" \n", b"hello"])
def test_of_what_cannot_be_read_no_number_of_records_is_said(write, content):
    result = explain(write("odd.json", content))
    assert (result.exit_code, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert ("odd.json is not valid JSON" if content.strip() else "odd.json is empty") in sentence


@pytest.mark.parametrize("style", ["text", "jsonl"])
def test_every_input_that_cannot_be_read_is_named_in_the_one_sentence(write, tmp_path, style):
    good = write("good.json", sign_in_body())
    result = explain("--format", style, tmp_path / "missing.json", good, tmp_path, write("empty.json", b""))
    assert result.exit_code == 2
    assert "ConsoleLogin" in result.stdout
    (sentence,) = result.stderr.splitlines()
    assert "missing.json can't be read (No such file or directory)" in sentence
    assert f"{tmp_path} is a folder, which rootwatch scan and replay read" in sentence
    assert "empty.json is empty" in sentence


@pytest.mark.parametrize("order", [["call.json", "assume.json"], ["assume.json", "call.json"]])
def test_an_assume_root_in_another_file_is_known_whichever_comes_first(write, tmp_path, order):
    write("call.json", unlock())
    write("assume.json", assume_root())
    lines = lines_of(*(tmp_path / name for name in order))
    (told,) = [line for line in lines if line["root_use"]]
    assert (told["kind"], told["severity"], told["verdict"]) == ("privileged-task", "medium", "privileged-task")


def test_with_settings_only_the_organisations_own_administrators_are_believed(write):
    file = write("settings.json", SETTINGS)
    for account, kind in ((MANAGEMENT, "privileged-task"), ("123456789012", "api-call")):
        lines = lines_of("--settings", file, write("a.json", [unlock(), assume_root(account)]))
        assert lines[0]["kind"] == kind
    for account, verdict in ((MANAGEMENT, "planned"), ("123456789012", "unplanned")):
        tag = tagging("until=2026-11-24T18:00Z", -30, account)
        assert lines_of("--settings", file, write("a.json", [sign_in_body(), tag]))[0]["verdict"] == verdict


def test_a_later_tag_ends_the_window_of_the_former(write):
    history = [
        tagging("until=2026-11-24T18:00Z ticket=SEC-1", 0),
        tagging("until=2026-11-24T12:30Z", 20),
        tagging(None, 25),
        tagging("until=2026-11-24T18:00Z", 40),
        tagging("not a window", 50),
    ]
    moments = (10, 22, 28, 35, 45, 55)
    file = write("a.json", [*(sign_in_body(after(minutes)) for minutes in moments), *reversed(history)])
    verdicts = [line["verdict"] for line in lines_of(file)[: len(moments)]]
    assert verdicts == ["planned", "planned", "unplanned", "unplanned", "planned", "unplanned"]


def test_a_window_file_makes_planned_what_lies_in_it(write):
    windows = write("windows", b"# planned\n777788889999 until=2026-11-24T18:00Z ticket=SEC-142\n")
    (line,) = lines_of("--window", windows, write("a.json", sign_in_body()))
    assert (line["verdict"], line["severity"]) == ("planned", "low")
    assert line["notices"] == [{"type": "planned", "channels": ["pagerduty", "sns", "slack"], "page": False}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"777788889999 until=tomorrow", "line 1 is not a window: the tag has no until= that can be read"),
        (b"\n# x\n777788889999", "line 3 is not a window: the tag has no until="),
        (b"production until=2026-11-24T18:00Z", "line 1: begin it with an account id of 12 digits"),
        (b"\xff", "is not UTF-8"),
        (None, "can't be read: No such file or directory"),
    ],
)
def test_a_window_file_that_cannot_be_read_ends_the_command_in_one_sentence(write, tmp_path, content, says):
    windows = write("windows", content) if content else tmp_path / "windows"
    result = explain("--window", windows, write("a.json", sign_in_body()))
    assert (result.exit_code, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert says in sentence


def test_the_settings_decide_which_channels_hear_of_it(write):
    bare, cdk = write("settings.json", SETTINGS), write("cdk.json", {"app": "x", "context": {"rootwatch": SETTINGS}})
    for settings in (bare, cdk):
        (line,) = lines_of("--settings", settings, write("a.json", sign_in_body()))
        assert line["notices"] == [{"type": "opened", "channels": ["sns", "slack"], "page": True}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SETTINGS | {"regoins": []}, "rootwatch.regoins is not a setting: write regions."),
        (SETTINGS | {"hub_account": 5}, "rootwatch.hub_account is not valid: write an account id"),
        ({"app": "x", "context": {}}, "write the context key rootwatch in cdk.json"),
        ([], "The settings must be one JSON object"),
        (b"{", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'"\xff"', "is not JSON"),
        (b"", "is not JSON"),
        (None, "settings.json is not there: name your settings with --settings FILE."),
    ],
)
def test_settings_that_cannot_be_read_end_the_command_in_one_sentence(write, tmp_path, content, says):
    settings = tmp_path / "settings.json" if content is None else write("settings.json", content)
    result = explain("--settings", settings, write("a.json", sign_in_body()))
    assert (result.exit_code, result.stdout) == (2, "")
    (sentence,) = result.stderr.splitlines()
    assert says in sentence


HOSTILE = "\x1b[2J\x1b]0;pwned\x07\x9b31m\r\x08\u202e\u2066\x00"


def test_a_hostile_record_puts_nothing_on_the_terminal_but_text(write):
    texts = {key: value + HOSTILE if isinstance(value, str) else value for key, value in sign_in_body().items()}
    one = texts | {"eventName": "List" + HOSTILE, "eventSource": "iam" + HOSTILE, "errorCode": "Access" + HOSTILE}
    identity = one["userIdentity"] | dict.fromkeys(("invokedBy", "userName", "accessKeyId", "arn"), "x" + HOSTILE)
    two = texts | {"userIdentity": identity}
    three = texts | {"userIdentity": {"type": "rOOt" + HOSTILE}}
    four = texts | {"userIdentity": {"type": "IAMUser" + HOSTILE}}
    caller, called = assume_root(), unlock()
    caller["userIdentity"]["arn"] += HOSTILE
    caller["requestParameters"]["taskPolicyArn"] = "arn:aws:iam::aws:policy/root-task/" + HOSTILE
    file = write("a.json", [one, two, three, four, caller, called, HOSTILE, {HOSTILE: HOSTILE}])
    for style in ("text", "jsonl"):
        # Colours are ours, and only for a terminal: without one, no control character is left.
        result = explain("--format", style, file)
        assert result.exit_code == 0
        assert not [char for char in result.stdout if char != "\n" and not char.isprintable()]
        assert len(result.stdout.splitlines()) == result.stdout.count("\n")


def test_the_command_opens_no_socket_and_loads_no_aws_client(write):
    """As a process of its own, with sockets made impossible."""
    program = """
        import socket, sys
        def refuse(*_): raise AssertionError("a socket was opened")
        socket.socket.__init__ = refuse
        from rootwatch_cli.main import main
        main(sys.argv[1:], standalone_mode=False)
        assert not {"boto3", "botocore", "requests", "ministack"} & set(sys.modules), "an AWS client was loaded"
    """
    done = run(["-c", textwrap.dedent(program), "explain", str(write("a.json", sign_in_body()))])
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 record: 1 root use" in done.stdout


def test_the_command_works_as_a_process_in_a_plain_locale_and_in_a_pipe(write):
    cut = json.dumps([sign_in_body(), body("CreateUser")])[:-5].encode()
    program = "from rootwatch_cli.main import main; main()"
    done = run(["-c", program, "explain", str(write("cut.json", cut))], LC_ALL="C", PYTHONIOENCODING="utf-8")
    assert done.returncode == 2
    assert "HIGH ROOT USE" in done.stdout
    assert "\x1b" not in done.stdout
    assert len(done.stderr.splitlines()) == 1


def run(arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    paths = os.pathsep.join(str(root / name) for name in ("lambda", "cli", "local"))
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": paths, **environment},
        timeout=60,
    )


def test_help_is_there_for_every_command_and_a_wrong_one_is_refused():
    for command in ("explain", "demo"):
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0
        assert command in CliRunner().invoke(main, ["--help"]).stdout
    assert CliRunner().invoke(main, ["explian"]).exit_code == 2
    assert CliRunner().invoke(main, ["explain"]).exit_code == 2
