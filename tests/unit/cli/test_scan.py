"""`rootwatch scan` as a user meets it: every record once, in order, whatever the files, the jobs and the form."""

import csv
import gzip
import io
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rootwatch_cli.main import main
from tests.support import ninety_days
from tests.support.fixtures import cases
from tests.support.records import (
    ACCOUNT,
    MANAGEMENT,
    NOON,
    OTHER,
    after,
    assume_root,
    body,
    sign_in_body,
    tag,
    task_call,
)

SETTINGS = {
    "organization_id": "o-exampleorgid",
    "management_account": MANAGEMENT,
    "hub_account": "444455556666",
    "hub_region": "us-east-1",
    "organizational_units": ["r-a1b2"],
    "regions": ["us-east-1", "us-east-2", "us-west-2"],
    "slack": {"secret": "rootwatch/slack", "channel": "C0123456789"},
}
KEYS = ["eventID", "eventTime", "account", "region", "eventName", "kind", "severity", "verdict", "says"]
KEYS += ["sourceIPAddress", "source"]
HOSTILE = "\x1b[2J\x1b]0;pwned\x07\x9b31m\r\x08\u202e\u2066\x00"


def scan(*arguments: object, stdin: bytes | None = None, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["scan", "--jobs", "1", *map(str, arguments)], input=stdin)


def lines_of(*arguments: object, stdin: bytes | None = None) -> list[dict[str, Any]]:
    result = scan("--format", "jsonl", *arguments, stdin=stdin)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def write(tmp_path):
    def written(name: str, *bodies: Any) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        content = bodies[0] if isinstance(bodies[0], bytes) else json.dumps({"Records": bodies}).encode()
        file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return file

    return written


def key(account: str = ACCOUNT, region: str = "us-east-1", day: str = "2026/11/24") -> str:
    return f"AWSLogs/o-exampleorgid/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_x.json.gz"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    folder = ninety_days.write(tmp_path_factory.mktemp("archive"))
    (folder / "accounts.json").unlink()
    return folder


def test_a_line_has_every_key_and_says_what_the_record_is_and_where_it_stands(write):
    file = write(key(), sign_in_body(mfa="No"), body("ListUsers", userIdentity={"type": "IAMUser"}))
    (line,) = lines_of(file)
    assert list(line) == KEYS
    assert (line["eventName"], line["kind"], line["severity"]) == ("ConsoleLogin", "sign-in", "critical")
    assert (line["verdict"], line["eventTime"], line["source"]) == ("unplanned", "2026-11-24T12:00:00Z", str(file))
    assert line["says"] == "root signed in to the console without MFA"


def test_raw_adds_the_whole_record(write):
    value = body("CreateUser", requestParameters={"odd": [1.5, None, {"x": True}]})
    (line,) = lines_of("--raw", write("a.json", value))
    assert line["record"] == value


def test_the_order_is_by_time_then_event_id_and_each_record_comes_once(write, tmp_path):
    bodies = [sign_in_body(after(minutes)) for minutes in (3, 1, 2, 2, 0)]
    write("b.json.gz", *bodies)
    write("a.json", *reversed(bodies), sign_in_body(after(1)))
    lines = lines_of(tmp_path)
    assert len(lines) == 6
    assert [(line["eventTime"], line["eventID"]) for line in lines] == sorted(
        (line["eventTime"], line["eventID"]) for line in lines
    )
    assert {line["source"] for line in lines} == {str(tmp_path / "a.json")}


def test_files_in_any_order_and_any_number_of_jobs_give_the_same_bytes(archive):
    files = sorted(str(path) for path in archive.rglob("*.json.gz"))
    one = scan("--format", "jsonl", "--raw", *files)
    assert one.stdout.count("\n") > 100
    random.Random(7).shuffle(files)
    assert scan("--format", "jsonl", "--raw", *files).stdout == one.stdout
    # As a process of its own: workers are started from its program.
    program = "from rootwatch_cli.main import main; main()"
    arguments = ["scan", "--format", "jsonl", "--raw", "--jobs", "3", *files]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, timeout=60, check=False)
    assert done.stdout.decode() == one.stdout, done.stderr.decode()


def test_every_fixture_comes_out_as_explain_says(tmp_path):
    """The same records, judged by the same function, whichever command reads them."""
    records = [record for case in cases() for record in (*case.also, case.record)]
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join(json.dumps(record) for record in records))
    explained = CliRunner().invoke(main, ["explain", "--format", "jsonl", str(file)]).stdout.splitlines()
    result = scan("--format", "jsonl", file)
    assert result.exit_code == 3  # some of them can't be read
    scanned = {line["eventID"]: line for line in map(json.loads, result.stdout.splitlines())}
    times = Counter(json.loads(line)["eventID"] for line in explained)
    told = [line for line in map(json.loads, explained) if line["severity"] and times[line["eventID"]] == 1]
    assert len(told) >= 150
    for line in told:
        found = scanned[line["eventID"]]
        assert (found["kind"], found["severity"], found["verdict"]) == (line["kind"], line["severity"], line["verdict"])


def test_assume_root_and_tags_of_other_accounts_are_known_to_all(write, tmp_path):
    write(key(), task_call("ListAccessKeys", after(1)).body, sign_in_body(after(5)))
    write(key(MANAGEMENT, "us-west-2"), assume_root(recipientAccountId=MANAGEMENT).body)
    write(key(MANAGEMENT), tag("until=2026-11-24T18:00Z ticket=SEC-142", recipientAccountId=MANAGEMENT).body)
    verdicts = {line["eventName"]: line["verdict"] for line in lines_of(tmp_path)}
    assert verdicts == {
        "AssumeRoot": None,
        "TagResource": None,
        "ListAccessKeys": "privileged-task",
        "ConsoleLogin": "planned",
    }


def test_with_settings_what_explains_is_read_beyond_what_is_asked_for_and_not_told(write, tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(SETTINGS))
    write(f"logs/{key()}", task_call("ListAccessKeys", after(1)).body)
    write(f"logs/{key(MANAGEMENT, 'us-west-2')}", assume_root(recipientAccountId=MANAGEMENT).body)
    narrow = ("--account", ACCOUNT, "--region", "us-east-1", "--since", "2026-11-24T12:00:30Z", tmp_path / "logs")
    (line,) = lines_of("--settings", settings, *narrow)
    assert (line["eventName"], line["verdict"]) == ("ListAccessKeys", "privileged-task")
    # Without settings nobody knows whose logs explain it: that is said.
    result = scan("--format", "jsonl", *narrow)
    assert json.loads(result.stdout)["verdict"] == "unplanned"
    assert "Give --settings" in result.stderr


def test_a_selection_takes_what_it_names(archive):
    everything = lines_of(archive)
    selected = lines_of("--account", ninety_days.PAYMENTS, "--since", "2026-09-10", "--until", "2026-10-10", archive)
    expected = [
        line
        for line in everything
        if line["account"] == ninety_days.PAYMENTS and "2026-09-10" <= line["eventTime"] < "2026-10-11"
    ]
    assert [line["eventID"] for line in selected] == [line["eventID"] for line in expected]
    assert 0 < len(selected) < len(everything)


def test_standard_input_is_read(write):
    (line,) = lines_of("-", stdin=gzip.compress(json.dumps(sign_in_body()).encode()))
    assert (line["source"], line["account"]) == ("-", ACCOUNT)


def test_damage_is_told_with_its_file_all_else_is_read_and_the_exit_code_is_3(write, tmp_path):
    write("good.json", sign_in_body())
    write("bad.json.gz", b"")
    (tmp_path / "bad.json.gz").write_bytes(gzip.compress(b'{"Records": []}')[:-9])
    write("odd.json", b"5")
    (tmp_path / "notes.txt").write_text("x")
    result = scan("--format", "jsonl", tmp_path)
    assert result.exit_code == 3
    assert len(result.stdout.splitlines()) == 1
    told = result.stderr.splitlines()
    assert told[0].startswith("3 files read (")
    assert told[1] == "1 set aside: not a log file by its name."
    assert told[2].startswith(f"damaged: {tmp_path / 'bad.json.gz'}")
    assert told[3] == f"damaged: {tmp_path / 'odd.json'}: it is not a JSON object"
    assert told[4] == "1 root use (1 high), 0 watch events, 0 AssumeRoot granted."


def test_a_place_without_log_files_is_no_clean_bill(tmp_path):
    result = scan(tmp_path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == "Error: No log file was found there: nothing was looked at."


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Name a folder, a file, s3://bucket/prefix, or - for standard input."),
        (("nowhere",), "nowhere is not there."),
        (("--since", "soon", "."), "write 2026-11-24"),
        (("--since", "1d", "--until", "2d", "."), "is not before --until"),
        (("--account", "12", "."), "an account id of 12 digits"),
        (("--region", "Frankfurt", "."), "a Region such as eu-central-1"),
        (("--run", "."), "go with --athena"),
        (("--settings", "none.json", "."), "none.json is not there"),
        (("--raw", "."), "--raw goes with --format jsonl, csv or ocsf."),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments, says):
    result = scan(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr.splitlines()[-1]


def test_damage_of_standard_input_is_told_by_its_name():
    result = scan("-", stdin=b"")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "damaged: standard input: is empty" in result.stderr


def test_output_goes_to_a_file_and_nothing_to_standard_output(write, tmp_path):
    result = scan("--format", "csv", "--output", tmp_path / "out.csv", write("a.json", sign_in_body()))
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "out.csv").read_text().count("\n") == 2
    assert scan("--output", tmp_path / "no" / "out", write("a.json", sign_in_body())).exit_code == 2


def test_a_spreadsheet_gets_no_formula_and_the_same_columns(write):
    formulas = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", " =1", "\uff1d1"]
    result = scan("--format", "csv", "--raw", write("a.json", *(body(name) for name in formulas)))
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == [*KEYS, "record"]
    assert len(rows) == len(formulas) + 1
    assert not [cell for row in rows[1:] for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d"))]
    assert json.loads(rows[1][-1])["eventName"] in formulas


def test_nothing_in_a_record_moves_the_terminal(write):
    texts = {name: value + HOSTILE if isinstance(value, str) else value for name, value in sign_in_body().items()}
    odd = texts | {"eventName": "List" + HOSTILE, "additionalEventData": {HOSTILE: HOSTILE}, "awsRegion": HOSTILE}
    file = write(
        "a.json", odd, odd | {"userIdentity": {"type": "rOOt" + HOSTILE}}, {"eventID": HOSTILE, "userIdentity": 5}
    )
    for style in ("table", "jsonl", "csv", "ocsf"):
        result = scan("--format", style, *([] if style == "table" else ["--raw"]), file)
        assert result.stdout
        assert not [char for char in result.stdout + result.stderr if char != "\n" and not char.isprintable()]


def test_numbers_that_json_has_not_are_texts_in_a_line(write):
    (line,) = lines_of("--raw", write("a.json", body("A", requestParameters={"n": float("nan"), "i": float("inf")})))
    assert line["record"]["requestParameters"] == {"n": "nan", "i": "inf"}


of_newer_pythons = pytest.mark.skipif(sys.version_info < (3, 13), reason="an older one can't read it: it is unreadable")


@pytest.mark.parametrize("depth", [90, 200, pytest.param(5000, marks=of_newer_pythons)])
@pytest.mark.parametrize("style", ["table", "jsonl", "csv", "ocsf"])
def test_a_record_however_deep_is_told(tmp_path, depth, style):
    text = json.dumps({"Records": [body("A", requestParameters="deep")]})
    for number in range(40):  # more than one batch: records go from process to process
        (tmp_path / f"{number}.json").write_text(text.replace('"deep"', "[" * depth + "]" * depth))
    result = scan("--format", style, *([] if style == "table" else ["--raw"]), "--jobs", "2", tmp_path)
    assert result.exit_code == 0, result.stderr
    assert "1 root use" in result.stderr
    assert ("nested too deeply" in result.stdout) is (depth > 100 and style != "table")


def test_a_table_fits_80_columns_and_uses_more(write):
    long = body("CreateUser", errorMessage="x" * 300, errorCode="AccessDenied", awsRegion="ap-southeast-2")
    file = write("a.json", sign_in_body(), long, {"userIdentity": {"type": "Root"}})
    narrow = scan(file, COLUMNS="80").stdout.splitlines()
    assert max(map(len, narrow)) <= 80
    at = narrow.index("2026-11-24 12:00:00  777788889999  us-east-1       HIGH      unplanned")
    assert narrow[at + 1] == "    root signed in to the console with MFA · ConsoleLogin · from 203.0.113.5"
    wide = scan(file, COLUMNS="160").stdout.splitlines()
    assert wide[0].endswith("WHAT")
    assert any(
        "HIGH      unplanned        root signed in to the console with MFA · ConsoleLogin" in row for row in wide
    )


def test_canaries_of_our_own_are_not_told(write):
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/rootwatch-canary/{'0' * 32}"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/rootwatch/rootwatch-canary", "accountId": ACCOUNT}
    identity = {"type": "AssumedRole", "arn": role, "accountId": ACCOUNT, "sessionContext": {"sessionIssuer": issuer}}
    heard = body("GetCallerIdentity", eventSource="sts.amazonaws.com", userIdentity=identity, readOnly=True)
    (line,) = lines_of(write("a.json", heard, sign_in_body()))
    assert line["eventName"] == "ConsoleLogin"


def test_a_window_file_makes_planned_what_lies_in_it(write):
    windows = write("windows", f"{ACCOUNT} until=2026-11-24T18:00Z ticket=SEC-142\n".encode())
    (line,) = lines_of("--window", windows, write("a.json", sign_in_body()))
    assert line["verdict"] == "planned"


def test_local_files_open_no_socket_and_load_no_aws_client(write):
    program = """
import socket, sys
def refuse(*_): raise AssertionError("a socket was opened")
socket.socket.connect = refuse
from rootwatch_cli.main import main
main(sys.argv[1:], standalone_mode=False)
assert not {"boto3", "botocore", "requests", "ministack"} & set(sys.modules), "an AWS client was loaded"
"""
    file = str(write("a.json", sign_in_body(NOON, account=OTHER)))
    command = [sys.executable, "-c", program, "scan", "--jobs", "1", file]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert OTHER in done.stdout
