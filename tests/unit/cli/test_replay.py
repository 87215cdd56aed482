"""`rootwatch replay` as a user meets it: figures, incidents, stories, notices; the same answer for the same files."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rootwatch_cli.main import main
from tests.support import ninety_days
from tests.support.records import ACCOUNT, MANAGEMENT, NOON, after, body, sign_in_body
from tests.unit.render.golden import check

SETTINGS = {
    "organization_id": "o-exampleorgid",
    "management_account": MANAGEMENT,
    "hub_account": "444455556666",
    "hub_region": "eu-central-1",
    "organizational_units": ["r-abcd"],
    "regions": ["us-east-1", "us-east-2", "us-west-2", "eu-central-1"],
    "slack": {"secret": "rootwatch/slack", "channel": "C0123456789"},
    "pagerduty": {"secret": "rootwatch/pagerduty"},
    "networks": [{"name": "office", "cidr": "203.0.113.0/26"}],
}
BREAK_IN = "333344445555-ad971ba3a738"
HOSTILE = "\x1b[2J\x1b]0;pwned\x07</script><script>\u202e\u2066\r"


def replay(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["replay", "--jobs", "1", *map(str, arguments)], input=stdin)


def text_of(*arguments: object) -> str:
    result = replay(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def lines_of(*arguments: object) -> list[dict]:
    return [json.loads(line) for line in text_of("--format", "jsonl", *arguments).splitlines()]


@pytest.fixture(scope="session")
def history(tmp_path_factory) -> Path:
    folder = ninety_days.write(tmp_path_factory.mktemp("history"))
    (folder / "settings.json").write_text(json.dumps(SETTINGS))
    return folder


@pytest.fixture(scope="session")
def asked(history):
    """Source, names and settings of the ninety days."""
    return (history / "AWSLogs", "--accounts", history / "accounts.json", "--settings", history / "settings.json")


@pytest.fixture
def records(tmp_path):
    def written(*bodies) -> Path:
        file = tmp_path / "records.json"
        file.write_text(json.dumps({"Records": list(bodies)}))
        return file

    return written


def test_the_figures_and_the_incidents_of_ninety_days(asked):
    check("replay", "ninety-days.txt", text_of(*asked))


def test_the_story_of_a_break_in(asked):
    check("replay", "break-in.txt", text_of(*asked, "--incident", BREAK_IN))


def test_every_notice_of_one_incident_is_shown_as_each_channel_shows_it(asked):
    planned = next(line["id"] for line in lines_of(*asked) if line["verdict"] == "planned")
    out = text_of(*asked, "--incident", planned, "--notices")
    headed = [line.strip("─ ") for line in out.splitlines() if line.startswith("──")]
    assert headed == [
        "2026-09-09 14:02:00Z PagerDuty: planned 1",
        "2026-09-09 14:02:00Z SNS e-mail: planned 1",
        "2026-09-09 14:02:00Z Slack: planned 1",
        "2026-09-09 14:19:00Z SNS e-mail: digest 2",
        "2026-09-09 14:19:00Z Slack: digest 2",
        "2026-09-09 14:39:00Z SNS e-mail: closed 3",
        "2026-09-09 14:39:00Z Slack: closed 3",
    ]
    assert "Subject: Planned: ROOT sign-in with MFA | prod-payments (777788889999)" in out
    assert "\nchange event\nPlanned: ROOT sign-in with MFA · prod-payments (777788889999)" in out
    assert "⚪ Planned: ROOT sign-in with MFA · prod-payments (777788889999)" in out


def test_the_notices_of_all_incidents_follow_each_other(asked):
    headed = [line for line in text_of(*asked, "--notices").splitlines() if line.startswith("──")]
    assert len(headed) == 710
    assert sum("PagerDuty page" in line for line in headed) == 66


def test_a_line_of_json_is_one_incident_with_its_facts_and_notices(asked):
    lines = lines_of(*asked)
    assert len(lines) == 107
    assert [line["opened_at"] for line in lines] == sorted(line["opened_at"] for line in lines)
    [line] = [line for line in lines if line["id"] == BREAK_IN]
    assert (line["severity"], line["verdict"], line["kind"], line["records"]) == (
        "critical",
        "unplanned",
        "recovery",
        15,
    )
    assert line["pages"] == [notice["sent"]["pagerduty"] for notice in line["notices"] if notice["page"]]
    assert len(line["facts"]) == 15


def test_the_figures_are_those_of_the_incidents(asked):
    lines, figures = lines_of(*asked), text_of(*asked).splitlines()[2]
    pages = sum(len(line["pages"]) for line in lines)
    planned = sum(line["verdict"] == "planned" for line in lines)
    assert figures == f"{len(lines)} incidents, {pages} pages, {planned} planned."


def test_every_message_is_a_line_when_asked_for(asked):
    lines = lines_of(*asked, "--notices", "--incident", BREAK_IN)
    assert {line["channel"] for line in lines} == {"pagerduty", "slack", "sns"}
    for line in lines:
        assert {"pagerduty": "bodies", "slack": "blocks", "sns": "body"}[line["channel"]] in line["message"]
    triggers = [
        body for line in lines for body in line["message"].get("bodies", ()) if body["event_action"] == "trigger"
    ]
    assert len(triggers) == 5


def test_the_beginning_of_an_id_is_enough_if_only_one_begins_so(asked):
    assert BREAK_IN in text_of(*asked, "--incident", BREAK_IN[:20])
    many = replay(*asked, "--incident", "333344445555")
    assert (many.exit_code, many.stderr.splitlines()[0]) == (
        2,
        "Error: 8 incidents have an id that begins with 333344445555: write more of it.",
    )
    none = replay(*asked, "--incident", "0" * 12)
    assert (none.exit_code, "No incident has an id that begins with" in none.stderr) == (2, True)


def test_the_same_files_give_the_same_answer_for_any_jobs_and_any_order(history, asked, tmp_path):
    one = text_of(*asked)
    again = CliRunner().invoke(main, ["replay", "--jobs", "2", *map(str, asked)])
    assert again.stdout == one
    files = sorted((history / "AWSLogs").rglob("*.gz"), reverse=True)
    assert text_of(*files, *asked[1:]) == one


def test_a_second_copy_of_a_file_is_told_as_duplicates_and_changes_nothing_else(history, asked, tmp_path):
    shutil.copytree(history / "AWSLogs", tmp_path / "copy" / "AWSLogs")
    first, *rest = text_of(*asked).splitlines()
    doubled, *same = text_of(tmp_path / "copy", *asked).splitlines()
    assert same == rest
    assert doubled == f"{first}; 326 duplicates besides"


def test_a_selection_tells_of_what_was_asked_for_and_knows_what_explains_it(asked):
    lines = lines_of(*asked, "--account", ninety_days.NETWORK, "--since", "2026-10-30", "--until", "2026-11-10")
    assert {line["account"] for line in lines} == {ninety_days.NETWORK}
    assert {line["verdict"] for line in lines} == {"planned", "privileged-task"}


def test_without_settings_it_is_said_that_what_explains_an_account_may_not_have_been_read(history):
    result = replay(history / "AWSLogs", "--account", ninety_days.NETWORK)
    assert "what they explain is told as unplanned" in result.stderr


def test_a_window_from_a_file_makes_planned_what_no_record_declares(records, tmp_path):
    file = records(sign_in_body())
    windows = tmp_path / "windows.txt"
    windows.write_text(f"{ACCOUNT} until=2026-11-24T13:00Z ticket=SEC-142\n")
    assert lines_of(file)[0]["verdict"] == "unplanned"
    for option in ("--window", "--windows"):
        assert lines_of(file, option, windows)[0]["verdict"] == "planned"


def test_names_come_from_a_file_of_accounts_and_without_it_the_notice_says_why(records, tmp_path):
    file, accounts = records(sign_in_body()), tmp_path / "accounts.json"
    accounts.write_text(json.dumps({"Accounts": [{"Id": ACCOUNT, "Name": "prod-payments"}, {"Id": "x"}, None]}))
    assert "prod-payments (777788889999)" in text_of(file, "--accounts", accounts)
    assert "name unknown: a replay asks nobody" in text_of(file, "--notices")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "has no Accounts: write it with aws organizations list-accounts"),
        (None, "can't be read"),
    ],
)
def test_a_file_of_accounts_that_is_none_is_bad_input(records, tmp_path, content, says):
    accounts = tmp_path / "accounts.json"
    if content is not None:
        accounts.write_text(content)
    result = replay(records(sign_in_body()), "--accounts", accounts)
    assert (result.exit_code, says in result.stderr) == (2, True)


def test_damaged_input_is_replayed_as_far_as_it_goes_and_ends_with_3(tmp_path, records):
    good, bad = records(sign_in_body()), tmp_path / "bad.json.gz"
    bad.write_bytes(gzip.compress(json.dumps({"Records": [sign_in_body(after(1))]}).encode())[:-20])
    result = replay(good, bad)
    assert result.exit_code == 3
    assert "1 incident, 1 page" in result.stdout or "1 incident, 0 pages" in result.stdout
    assert f"damaged: {bad}" in result.stderr


def test_a_source_that_is_not_there_is_bad_input(tmp_path):
    result = replay(tmp_path / "nowhere")
    assert (result.exit_code, "is not there" in result.stderr) == (2, True)


def test_nothing_found_is_said_in_one_line(records):
    assert text_of(records(body("ListUsers", userIdentity={"type": "IAMUser", "userName": "ana"}))).splitlines() == [
        "Nothing to tell: no record there concerns root or the watch.",
    ]


def test_nothing_that_a_record_says_reaches_the_terminal_as_it_stands(records):
    file = records(sign_in_body(userAgent=HOSTILE, sourceIPAddress=HOSTILE), body(HOSTILE, after(1), awsRegion=HOSTILE))
    for arguments in ([], ["--notices"], ["--incident", ACCOUNT, "--notices"]):
        out = text_of(file, *arguments)
        assert not any(mark in out for mark in "\x1b\x07\u202e\u2066\r")


def test_standard_input_can_be_replayed():
    result = replay("-", stdin=json.dumps(sign_in_body()).encode())
    assert (result.exit_code, f"{NOON:%Y-%m-%d}, 1 day:" in result.stdout) == (0, True)


def test_a_replay_of_local_files_loads_no_aws_client(history):
    code = (
        "import sys\nfrom rootwatch_cli.main import main\n"
        f"main(['replay', '--jobs', '1', {str(history / 'AWSLogs')!r}], standalone_mode=False)\n"
        "sys.exit('boto3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_a_storm_of_the_past_is_one_page_more_and_what_follows_joins_it(records):
    bodies = [
        body("PutBucketPolicy", after(n / 10), account=f"2{n:011d}", eventSource="s3.amazonaws.com") for n in range(30)
    ]
    text = text_of(records(*bodies))
    assert "31 incidents, 22 pages" in text
    assert "STORM: 21 incidents page within ten minutes" in text
