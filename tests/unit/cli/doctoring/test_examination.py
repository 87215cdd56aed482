"""What is not as it must be in the deployed rootwatch is found, told in a sentence, and comes with what to do."""

from datetime import timedelta

import msgspec
import pytest

from rootwatch.core.fast_path import FastPath, Loss
from rootwatch.core.ports import Due
from rootwatch.edge.last_sends import LastSend
from rootwatch_cli.doctoring import matrix, report
from rootwatch_cli.doctoring.examination import examination
from rootwatch_cli.doctoring.facts import Secret
from rootwatch_cli.doctoring.finding import Finding, Unknown, exit_code
from tests.support.records import NOON
from tests.unit.cli.doctoring.a_hub import (
    NAMES,
    SETTINGS,
    TOPIC,
    places,
    queue,
    roll,
    state,
    subscription,
)
from tests.unit.cli.doctoring.an_organisation import HUB, MANAGEMENT, PAYMENTS, REGIONS, SANDBOX, settings, trail

DENIED = Unknown("Query answered AccessDeniedException")


def found(written=SETTINGS, **changes) -> list[Finding]:
    """What is not ok, but for the sum of all places."""
    told = examination(state(**changes), written)
    return [one for one in told if one.state != "ok" and " places in " not in one.says]


def only(written=SETTINGS, **changes) -> Finding:
    [one] = found(written, **changes)
    return one


def test_a_hub_that_is_well_is_said_to_be_well():
    assert found() == []
    [first, *_] = examination(state(), SETTINGS)
    assert first.says == "16 places in 4 accounts: 16 fast."


@pytest.mark.parametrize(
    "name",
    [
        "places",
        "lost",
        "health",
        "unsent",
        "last_sends",
        "rule",
        "schedules",
        "alarms",
        "subscriptions",
        "alarm_subscriptions",
        "trails",
    ],
)
def test_what_aws_refuses_to_say_is_never_taken_for_fine(name):
    told = found(**{name: DENIED})
    assert any(DENIED.why in one.says and one.state in ("unknown", "fail") for one in told)


def test_readers_queues_and_secrets_that_are_refused_are_unknown():
    assert only(readers={"rootwatch-monitor": DENIED}).state == "unknown"
    assert only(queues={"rootwatch-records": DENIED}).state == "unknown"
    assert only(secrets=(Secret("slack", "rootwatch/slack", DENIED),)).state == "unknown"


def test_a_blind_place_fails_and_says_since_when_and_how_to_make_it_anew():
    one = only(places=places((PAYMENTS, "us-east-1")))
    assert one.state == "fail"
    assert one.says == f"prod-payments ({PAYMENTS}) is blind in us-east-1, since 2026-11-24 11:00:00 UTC."
    assert f"Accounts={PAYMENTS}" in one.run
    assert exit_code([one]) == 1


def test_the_management_account_has_a_stack_set_of_its_own():
    one = only(places=places((MANAGEMENT, "us-east-1"), (PAYMENTS, "us-east-1")))
    assert f"rootwatch-management-member --accounts {MANAGEMENT}" in one.run
    assert one.run.count("--stack-set-name") == 4


def test_many_accounts_that_are_blind_in_the_same_regions_are_one_finding():
    rolls = [roll(f"{number:012d}") for number in range(1, 501)]
    silent = [(one.account, region) for one in rolls[:300] for region in REGIONS]
    one = only(places=places(*silent, rolls=rolls))
    assert "and 295 more are blind" in one.says
    assert (one.run, "one cause" in one.do) == ("", True)


def test_what_is_suspended_or_declared_is_well():
    written = settings(heartbeat={"secret": "rootwatch/heartbeat"}, coverage={"backstop_only": ["us-west-2"]})
    closed = roll(SANDBOX, status="SUSPENDED")
    rolls = [closed, *(roll(account) for account in (MANAGEMENT, HUB, PAYMENTS))]
    assert found(written, places=places((SANDBOX, "us-east-1"), rolls=rolls)) == []


def test_rules_that_differ_are_told_with_what_differs():
    differing = ("the rule rootwatch-root-use lets other events through than the deployed one",)
    place = msgspec.structs.replace(roll(PAYMENTS).places["us-east-1"], differs=differing, compared_at=NOON)
    changed = roll(PAYMENTS, places={**roll(PAYMENTS).places, "us-east-1": place})
    one = only(places=places(rolls=[changed, roll(HUB)]))
    assert one.state == "fail"
    assert differing[0] in one.says


def test_a_hub_that_never_asked_anybody_proves_nothing():
    assert [one.state for one in found(places=(), health=None)] == ["fail", "fail"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ran_at": NOON - timedelta(hours=1)}, "Coverage did not run"),
        ({"heard_at": NOON - timedelta(hours=3)}, "No canary was heard"),
        ({"trail": ("the trail main is stopped",)}, "The trail main is stopped"),
        ({"everything_silent": True}, "No account and no Region answers"),
    ],
)
def test_what_the_heartbeat_would_not_go_out_for_fails_here_too(change, words):
    one = only(health=msgspec.structs.replace(state().health, **change))
    assert (one.state, one.says.startswith(words)) == ("fail", True)


@pytest.mark.parametrize("rule", ["DISABLED", "ENABLED", Unknown("DescribeRule answered ResourceNotFoundException")])
def test_a_rule_on_the_hubs_bus_that_hears_less_fails(rule):
    one = only(rule=rule)
    assert (one.state, "--revert-drift" in one.run) == ("fail", True)


def test_readers_and_schedules_that_are_off_fail():
    assert only(readers={"rootwatch-monitor": "Disabled"}).state == "fail"
    assert only(schedules={"rootwatch-sweep": "DISABLED"}).state == "fail"
    assert only(schedules={"rootwatch-coverage": "ENABLED"}).state == "fail"


def test_dead_letters_and_old_messages_fail_and_fresh_ones_do_not():
    one = only(queues={"rootwatch-records": queue(dead=2)})
    assert "start-message-move-task" in one.run
    assert "for 20 minutes" in only(queues={"rootwatch-records": queue(waiting=3, age=1200.0)}).says
    assert found(queues={"rootwatch-records": queue(waiting=3, age=2.0)}) == []


def test_alarms_that_are_on_are_named_with_the_command_that_explains_them():
    assert "rootwatch-records-dead" in only(alarms=("rootwatch-records-dead",)).run


def test_without_a_heartbeat_nobody_outside_watches():
    assert only(settings()).run == '"heartbeat": {"secret": "rootwatch/heartbeat"}'


def test_a_trail_is_looked_at_where_there_are_credentials_for_it():
    assert found(trails=(trail(),)) == []
    assert only(trails=(trail(status={"IsLogging": False}),)).state == "fail"
    assert only(trails=()).state == "fail"


def test_subscriptions_that_wait_or_can_be_ended_by_a_link_are_told():
    waiting = subscription(arn="PendingConfirmation", confirmed=False, endpoint="ana@example.com", guarded=False)
    loose = subscription(arn=f"{TOPIC}:2", endpoint="ben@example.com", guarded=False)
    one, other = found(subscriptions=(waiting, loose, subscription()))
    assert (one.state, one.run) == ("fail", "rootwatch subscribe ana@example.com")
    assert (other.state, other.run) == ("warn", "rootwatch subscribe ben@example.com")
    assert only(alarm_subscriptions=(loose,)).run == "rootwatch subscribe --alarms ben@example.com"
    assert only(alarm_subscriptions=()).state == "warn"
    https = subscription(protocol="https", endpoint="events.example.com", guarded=False)
    assert found(subscriptions=(https,)) == []
    assert only(subscriptions=(subscription(guarded=DENIED),)).state == "unknown"


def test_a_channel_whose_last_send_failed_fails_and_one_that_never_sent_is_a_warning():
    sent = {last.channel: last for last in state().last_sends}
    failed = LastSend(channel="slack", state="failed", at=NOON, incident="x", reason="Slack: channel_not_found")
    one = only(last_sends=(*sent.values(), failed))
    assert (one.state, "channel_not_found" in one.says, one.run) == (
        "fail",
        True,
        "rootwatch test-alert --channel slack",
    )
    mended = msgspec.structs.replace(failed, at=NOON - timedelta(days=1))
    assert found(last_sends=(*sent.values(), mended)) == []
    assert only(last_sends=(sent["slack"], sent["sns"])).state == "warn"


def test_sends_that_nobody_sends_fail_and_those_that_wait_are_a_warning():
    due = Due(incident="x", channel="slack", seq=1, severity="high", due_at=NOON - timedelta(hours=1))
    assert only(unsent=(due,)).state == "fail"
    assert only(unsent=(msgspec.structs.replace(due, due_at=NOON),)).state == "warn"


def test_records_that_eventbridge_failed_to_bring_are_told():
    loss = Loss(3, NOON - timedelta(hours=2), NOON - timedelta(hours=1), "fast path of us-east-1")
    lost = FastPath(account=PAYMENTS, region="us-east-1", lost={"rootwatch-root-use": loss})
    one = only(lost=(lost,))
    assert (one.state, "3 records" in one.says) == ("warn", True)
    assert len(found(lost=(lost,) * 50)) == 21


def test_the_whole_matrix_has_a_line_for_each_place():
    lines = matrix.table(places((PAYMENTS, "us-east-1")), SETTINGS).splitlines()
    assert len(lines) == len(NAMES) * len(REGIONS)
    assert sum(" blind " in line for line in lines) == 1
    assert len(matrix.listed(places(), SETTINGS)) == len(lines)


def test_thousands_of_accounts_are_summed_up_in_a_screen():
    rolls = [roll(f"{number:012d}") for number in range(1, 5_001)]
    silent = [(f"{number:012d}", "us-east-1") for number in (7, 4_711)]
    told = examination(state(places=places(*silent, rolls=rolls)), SETTINGS)
    assert told[0].says == "20,000 places in 5,000 accounts: 19,998 fast, 2 blind."
    assert len(report.text(told, 100).splitlines()) < 40
