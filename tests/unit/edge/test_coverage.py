"""A run of coverage as the schedule makes it: told once whatever fails in between; one account never stops the rest."""

import time

import pytest
from botocore.exceptions import EndpointConnectionError

from rootwatch.core.comparison import Manifest, Rule
from rootwatch.core.health import ailments
from rootwatch.core.ports import StoreDownError
from rootwatch.core.trail_status import TrailSeen
from tests.support.coverage_store import WELL, Watched
from tests.support.records import ACCOUNT, OTHER, THIRD

NAMES = (ACCOUNT, OTHER, THIRD)
RULE = Rule(name="rootwatch-root-use", pattern={"source": ["aws.iam"]}, state="ENABLED", targets=())
STOPPED = TrailSeen(description=WELL.description, status={"IsLogging": False}, selectors=WELL.selectors)


def watched(**changes):
    one = Watched(*NAMES, **changes).go_on(hours=3)
    assert one.watched("slack") == []
    return one


def test_a_silent_account_pages_once_and_its_end_is_told_on_slack_and_resolves_nothing():
    one = watched()
    one.abroad.cut = {(ACCOUNT, region) for region in one.settings.regions}
    one.go_on(hours=3)
    assert one.alerts == [f"silence {ACCOUNT}"]
    one.abroad.cut = set()
    one.go_on(hours=2)
    assert one.alerts == [f"silence {ACCOUNT}"]
    assert [notice.type for notice in one.watched("slack")] == ["opened", "closed"]
    assert [notice.resolves for notice in one.watched("pagerduty")] == [()]


def test_a_silence_stands_for_days_without_closing_by_quiet():
    one = watched()
    one.abroad.cut = {(ACCOUNT, "us-east-1")}
    one.go_on(hours=50)
    assert [notice.type for notice in one.watched("slack")] == ["opened"]
    [head] = one.store.heads.values()
    assert head.state == "open"


@pytest.mark.parametrize(("hours", "pages"), [(3, 1), (50, 2)])
def test_a_silence_that_stands_for_long_does_not_keep_the_next_one_of_the_account_quiet(hours, pages):
    one = watched()
    one.abroad.cut = {(ACCOUNT, "ap-southeast-2")}
    one.go_on(hours=hours)
    one.abroad.cut |= {(ACCOUNT, "us-east-1")}
    one.go_on(hours=2)
    told = [notice.page for notice in one.watched("pagerduty")]
    assert len(told) == pages
    assert len(set(told)) == 1, "PagerDuty adds it to the alert; if somebody has resolved that, it pages"


def test_the_reason_why_a_canary_could_not_be_sent_is_told():
    one = watched()
    one.abroad.failing = {ACCOUNT: "AssumeRole: AccessDenied"}
    one.go_on(hours=2)
    [notice] = one.watched("slack")
    assert "a canary could not be sent: AssumeRole: AccessDenied" in notice.fact.why


def test_an_account_in_which_everything_breaks_stops_no_other():
    one = watched()
    one.abroad.failing = {ACCOUNT: RuntimeError("a fault of ours")}
    one.go_on(hours=2)
    assert one.alerts == [f"silence {ACCOUNT}"]
    assert all(one.table.rolls[number].places["us-east-1"].state == "fast" for number in (OTHER, THIRD))
    assert "an account could not be asked" in one.log.getvalue()


def test_a_table_that_goes_down_in_the_middle_of_telling_makes_nothing_be_told_twice_or_never():
    one = watched()
    one.abroad.cut = {(ACCOUNT, "us-east-1")}
    for number in range(40):
        one.table.down = number % 3 == 0
        keep, one.table.keep = one.table.keep, (lambda roll: False) if number % 3 == 1 else one.table.keep
        try:
            one.run()
        except StoreDownError:
            assert one.table.down
        one.table.keep = keep
        one.later(minutes=5)
    one.table.down = False
    one.go_on(hours=2)
    assert one.alerts == [f"silence {ACCOUNT}"]


def test_when_the_time_is_up_nobody_is_asked_and_all_are_in_the_next_run():
    one = watched()
    one.time_is_up = True
    assert [one.run()["CanariesSent"], one.later(hours=2) and one.run()["CanariesSent"]] == [0, 0]
    one.time_is_up = False
    assert one.run()["CanariesSent"] == 5 * len(one.settings.regions)


def test_while_organizations_does_not_answer_the_last_list_stands():
    one = watched()
    one.listing = EndpointConnectionError(endpoint_url="https://organizations.us-east-1.amazonaws.com")
    one.go_on(hours=5)
    assert one.watched("slack") == []
    assert set(one.table.rolls) == set(one.accounts)


def test_an_account_that_vanishes_is_told_once_after_its_record_had_its_time():
    one = watched()
    one.accounts.remove(ACCOUNT)
    one.go_on(hours=26)
    assert one.alerts == [f"account-missing {ACCOUNT}"]


def test_a_new_account_is_under_watch_within_the_hour():
    one = watched()
    one.accounts.append("210987654321")
    one.go_on(hours=1)
    assert set(one.table.rolls["210987654321"].places) == set(one.settings.regions)
    assert one.table.rolls["210987654321"].asks


def test_a_stopped_trail_is_told_once_and_so_is_its_end():
    one = watched()
    one.abroad.trails_there = [STOPPED]
    one.go_on(hours=1)
    assert one.alerts == [f"trail-trouble {one.settings.management_account}"]
    assert one.table.stored.trail == ("the trail main is stopped",)
    one.abroad.trails_there = [WELL]
    one.go_on(hours=1)
    assert [notice.type for notice in one.watched("slack")] == ["opened", "closed"]
    assert one.table.stored.trail == ()


def test_a_trail_that_leaves_out_a_service_as_aws_offers_it_is_told_and_the_switch_is_pressed_all_the_same():
    one = watched()
    all_but_kms = {"ReadWriteType": "All", "ExcludeManagementEventSources": ["kms.amazonaws.com"]}
    selectors = {"EventSelectors": [all_but_kms]}
    one.abroad.trails_there = [TrailSeen(description=WELL.description, status=WELL.status, selectors=selectors)]
    one.go_on(hours=1)
    assert [notice.fact.severity for notice in one.watched("slack")] == ["medium"]
    assert ailments(one.table.stored, None, None, one.now) == ()


def test_each_place_is_compared_within_a_day_and_a_deviation_is_told_once():
    one = Watched(*NAMES, manifest=Manifest(rules=(RULE,)))
    one.abroad.rules_there = {(a, r): {RULE.name: RULE} for a in one.accounts for r in one.settings.regions}
    one.go_on(hours=3)
    one.abroad.rules_there[ACCOUNT, "us-east-1"] = {RULE.name: None}
    one.go_on(hours=24)
    assert one.alerts == [f"rule-deviation {ACCOUNT}"]
    one.abroad.rules_there[ACCOUNT, "us-east-1"] = {RULE.name: RULE}
    one.go_on(minutes=15)
    assert [notice.type for notice in one.watched("slack")] == ["opened", "closed"]


def test_while_a_new_manifest_is_on_its_way_differences_are_not_told():
    one = Watched(*NAMES, manifest=Manifest(rules=(RULE,)))
    one.go_on(minutes=55)
    assert one.alerts == []
    one.go_on(minutes=60)
    assert "rule-deviation None" in one.alerts


def test_the_log_holds_no_nonce():
    one = watched()
    nonces = {ask.nonce for roll in one.table.rolls.values() for ask in roll.asks}
    assert nonces
    assert not any(nonce in one.log.getvalue() for nonce in nonces)


@pytest.mark.parametrize("accounts", [5000])
def test_a_run_over_very_many_accounts_takes_seconds_and_asks_a_twelfth_of_them(accounts):
    regions = [f"{place}-{number}" for place in ("eu-west", "us-east", "ap-south", "sa-east") for number in range(1, 5)]
    one = Watched(*(f"{number:012d}" for number in range(1, accounts)), regions=[*regions, "eu-central-1"])
    one.run()
    one.later(minutes=5)
    began = time.perf_counter()
    counts = one.run()
    took = time.perf_counter() - began
    assert 0 < counts["CanariesSent"] <= accounts * 17 / 12 * 1.2
    assert took < 60
