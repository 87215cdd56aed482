"""``rootwatch incidents``: what was asked for, by the way that reads least, and an incident told whole."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from rootwatch.core.ports import Outcome
from rootwatch.core.posture import Posture
from rootwatch_cli import incidents as command
from rootwatch_cli.aws import Aws
from rootwatch_cli.ledger.finding import Selection, find
from rootwatch_cli.main import main
from tests.support.memory_ledger import MemoryLedger
from tests.support.monitor import Monitor
from tests.support.posture import Table as Postures
from tests.support.records import (
    ACCOUNT,
    ANA,
    BEN,
    NOON,
    OTHER,
    THIRD,
    after,
    assume_root,
    call,
    failed_sign_in,
    sign_in,
    tag,
    task_call,
)
from tests.support.watch import stop_logging
from tests.unit.cli.doctoring.an_organisation import SETTINGS

WINDOW = "until=2026-11-24T14:00Z ticket=SEC-142 covers=mfa net=203.0.113.0/24 by=cy@example.com"
HOSTILE = "=cmd|' /C calc'!A0\u202e\n\x1b[31m"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """``run(ledger, "list", …)``: the result of the command, at noon of the records."""
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS))

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return NOON + timedelta(hours=1)

    monkeypatch.setattr(command, "datetime", Clock)
    monkeypatch.setattr(Aws, "of", lambda profile, region: None)

    monkeypatch.setattr(command, "hub_postures", lambda aws, settings: invoke.postures)

    def invoke(ledger, *arguments):
        monkeypatch.setattr(command, "hub_table", lambda aws, settings: ledger)
        return CliRunner().invoke(main, ["incidents", *arguments, "--settings", str(file)])

    invoke.postures = Postures()
    return invoke


def told():
    """Root in a window and beyond what it covers; a stopped trail; another account's failed sign-in."""
    monitor = Monitor().take(
        tag(WINDOW),
        tag("SEC-142", after(1), by=BEN, key="break-glass-approval"),
        sign_in(after(5)),
        call("CreateAccessKey", after(7)),
    )
    monitor.now = after(10)
    monitor.take(stop_logging(after(10)), failed_sign_in(after(10), account=OTHER))
    return monitor


def ids(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line)["incident"] for line in result.stdout.splitlines()]


def jsonl(run, ledger, *arguments):
    return ids(run(ledger, "list", *arguments, "--format", "jsonl"))


def test_the_list_is_of_the_last_30_days_day_by_day(run):
    monitor = told()
    ledger = MemoryLedger(monitor)
    assert set(jsonl(run, ledger)) == set(monitor.store.heads)
    assert len(ledger.asked) == 31
    assert jsonl(run, ledger, "--since", "2026-11-25") == []
    assert jsonl(run, ledger, "--until", "2026-11-24T11:59Z") == []
    assert len(jsonl(run, ledger, "--since", "2026-11-24T12:10Z")) == 2
    assert len(jsonl(run, ledger, "--since", "1d")) == len(monitor.store.heads)


def test_what_is_open_is_found_however_old_it_is_and_without_reading_days(run):
    monitor = told().later(minutes=50)
    ledger = MemoryLedger(monitor)
    assert jsonl(run, ledger, "--state", "open") == []
    monitor.take(sign_in(after(60), account=THIRD))
    [incident] = jsonl(run, ledger, "--state", "open")
    assert incident.startswith(THIRD)
    assert ledger.asked == []
    assert incident not in jsonl(run, ledger, "--state", "closed")


def test_incidents_are_asked_for_by_account_severity_and_what_they_are_made_of(run):
    ledger = MemoryLedger(told())
    assert all(one.startswith(OTHER) for one in jsonl(run, ledger, "--account", OTHER))
    assert len(jsonl(run, ledger, "--account", "PROD-Payments")) == 5, "the monitor calls every account so"
    critical = jsonl(run, ledger, "--severity", "critical")
    assert len(critical) == 2
    assert len(jsonl(run, ledger, "--severity", "critical", "--only", "root")) == 1
    assert len(jsonl(run, ledger, "--only", "watch", "--account", ACCOUNT)) == 3
    assert jsonl(run, ledger, "--account", "nobody") == []


def test_an_alias_stands_for_its_account_and_one_that_is_not_one_account_s_alone_for_none(run):
    ledger = MemoryLedger(told())
    run.postures.keep(Posture(account=OTHER, since=NOON, name="other", alias="example-other"))
    assert jsonl(run, ledger, "--account", "Example-Other") == jsonl(run, ledger, "--account", OTHER) != []
    run.postures.keep(Posture(account=THIRD, since=NOON, name="example-other", alias=""))
    result = run(ledger, "list", "--account", "example-other")
    assert (result.exit_code, "2 accounts are called example-other" in result.stderr) == (2, True)


def test_guessing_over_several_accounts_is_found_under_each_of_them():
    monitor = Monitor().take(*(failed_sign_in(after(1), account=one) for one in (ACCOUNT, OTHER, THIRD)))
    [guessing] = [head for head in monitor.store.heads.values() if head.account is None]
    found = find(MemoryLedger(monitor), Selection(since=NOON, until=after(60), account=THIRD))
    assert guessing in found


def test_an_incident_is_shown_whole_who_declared_what_was_done_who_was_told_what_is_open(run):
    monitor = told()
    result = run(MemoryLedger(monitor), "show", next(head.id for head in monitor.store.heads.values() if head.paged))
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("CRITICAL breakthrough: ")
    for words in (
        (
            f"2026-11-24 12:00:00 to 2026-11-24 14:00:00, ticket SEC-142, {ANA}, for cy@example.com as the tag says, "
            f"covers mfa, from 203.0.113.0/24 only, approved by {BEN}"
        ),
        (
            "2026-11-24 12:05:00  low       signed in to the console with MFA, from 203.0.113.5 (NL), MFA yes; inside "
            "a break-glass window"
        ),
        (
            "2026-11-24 12:07:00  critical  made a long-term access key for the root user, from 203.0.113.5 (NL); "
            "inside a break-glass window, but no window can cover this"
        ),
        "notice 2 (escalated, critical, a page) to pagerduty: sent",
        "the PagerDuty alert rootwatch/777788889999-",
    ):
        assert words in text


def test_a_privileged_task_names_the_colleague(run):
    monitor = Monitor().take(assume_root(), task_call("ListAccessKeys", after(1), readOnly=True))
    result = run(MemoryLedger(monitor), "show", monitor.incident.id, "--format", "json")
    [done] = json.loads(result.stdout)["done"]
    assert (done["who"], done["verdict"]) == (ANA, "privileged-task")


def test_what_could_not_be_sent_and_what_still_waits_are_told(run):
    monitor = Monitor()
    monitor.channels["slack"].script = [Outcome(state="failed", reason="Slack: channel_not_found")]
    monitor.channels["sns"].script = [Outcome(state="retry", reason="HTTP 503")]
    monitor.take(sign_in(mfa="No"))
    result = run(MemoryLedger(monitor), "show", monitor.incident.id)
    assert "to slack, which FAILED: Slack: channel_not_found" in result.stdout
    assert "to sns, which is still to be sent" in result.stdout


def test_an_alert_that_was_resolved_and_a_closed_incident_leave_nothing_open(run):
    monitor = Monitor().take(task_call("DeleteLoginProfile"), assume_root(policy="IAMDeleteRootUserCredentials"))
    assert monitor.resolved
    monitor.later(minutes=40)
    result = run(MemoryLedger(monitor), "show", monitor.incident.id, "--format", "json")
    assert json.loads(result.stdout)["still_open"] == []


def test_the_whole_of_each_is_a_line_for_programs(run):
    monitor = told()
    result = run(MemoryLedger(monitor), "list", "--whole", "--format", "jsonl")
    wholes = [json.loads(line) for line in result.stdout.splitlines()]
    assert {one["incident"]["incident"] for one in wholes} == set(monitor.store.heads)
    assert all(one["done"] and one["told"] for one in wholes)
    assert run(MemoryLedger(monitor), "list", "--whole").exit_code == 2


def test_an_incident_that_is_not_there_and_a_table_that_is_not_to_be_read_are_one_sentence(run):
    ledger = MemoryLedger(told())
    assert run(ledger, "show", "nobody").stderr == "Error: The ledger has no incident 'nobody'.\n"
    ledger.down = True
    for arguments in (["list"], ["list", "--state", "open"], ["show", "nobody"]):
        result = run(ledger, *arguments)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
        assert "dynamodb:Query" in result.stderr


def test_no_time_is_bad_input(run):
    for option in ("--since", "--until"):
        result = run(MemoryLedger(told()), "list", option, "last week")
        assert (result.exit_code, "is not a time" in result.stderr) == (2, True)


def test_the_last_day_that_is_asked_for_counts_whole_and_no_day_to_come_is_read(run):
    ledger = MemoryLedger(told())
    day = ("--since", "2026-11-24", "--until", "2026-11-24")
    assert jsonl(run, ledger, *day) == jsonl(run, ledger) != []
    ledger.asked.clear()
    assert jsonl(run, ledger, "--since", "2026-11-24", "--until", "2999-12-31") != []
    assert len(ledger.asked) == 1
    assert jsonl(run, ledger, "--since", "2026-11-23", "--until", "2026-11-23") == []


def test_days_that_hold_nothing_are_refused_and_not_answered(run):
    for times in (("--since", "2026-11-24", "--until", "2026-11-20"), ("--until", "2026-09-01")):
        result = run(MemoryLedger(told()), "list", *times)
        assert (result.exit_code, "is not before --until" in result.stderr) == (2, True)


def test_the_table_is_for_people(run):
    lines = run(MemoryLedger(told()), "list").stdout.splitlines()
    assert lines[0].startswith("OPENED (UTC)")
    assert any("CRITICAL  breakthrough" in line and "(2 in all)" in line for line in lines)
    assert run(MemoryLedger(Monitor()), "list").stdout == "No incident.\n"


def test_what_strangers_wrote_is_visible_text_and_no_formula_in_every_format(run):
    monitor = Monitor().take(call("CreateUser", userAgent=HOSTILE, sourceIPAddress=HOSTILE, awsRegion=HOSTILE))
    monitor.store.heads = {
        name: head.__class__(**{f: getattr(head, f) for f in head.__struct_fields__} | {"account_name": HOSTILE})
        for name, head in monitor.store.heads.items()
    }
    ledger = MemoryLedger(monitor)
    outputs = [run(ledger, "list", "--format", style).stdout for style in ("table", "jsonl", "csv")]
    outputs += [run(ledger, "show", monitor.incident.id, "--format", style).stdout for style in ("text", "json")]
    for output in outputs:
        assert output
        assert not {"\u202e", "\x1b"} & set(output)
    [row] = csv.DictReader(io.StringIO(outputs[2]))
    assert not [cell for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert json.loads(outputs[1])["account_name"].startswith("=cmd"), "JSON needs no apostrophe"


def test_times_are_utc_whatever_was_typed(run):
    assert jsonl(run, MemoryLedger(told()), "--since", "2026-11-24T13:10:00+01:00") != []
