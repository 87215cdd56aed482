"""Accounts that come, change and go: each comes under watch, and none leaves without being told."""

from datetime import timedelta

import msgspec
import pytest

from rootwatch.core.membership import (
    WAITS_FOR_ITS_RECORD,
    Listed,
    NotBelievableError,
    enrolled,
    is_missing,
    listed,
    missing,
)
from rootwatch.core.roll import Roll
from rootwatch.core.seen import Seen
from rootwatch.core.watch import watch_fact
from tests.support.records import ACCOUNT, NOON, OTHER, settings
from tests.support.watch import done

SETTINGS = settings()
PAYER = Listed(id=SETTINGS.management_account, name="payer", status="ACTIVE")


def account(number=ACCOUNT, status="ACTIVE"):
    return Listed(id=number, name="prod-payments", status=status)


def rolls(*accounts, now=NOON):
    return {roll.account: roll for roll in enrolled({}, [PAYER, *accounts], SETTINGS, now)}


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ({"State": "ACTIVE"}, "ACTIVE"),
        ({"Status": "SUSPENDED"}, "SUSPENDED"),
        ({"State": "CLOSED", "Status": "SUSPENDED"}, "CLOSED"),
        ({}, "ACTIVE"),
    ],
)
def test_state_is_read_and_before_it_was_there_status(shown, status):
    assert listed({"Id": ACCOUNT, "Name": "a", **shown}) == Listed(id=ACCOUNT, name="a", status=status)


@pytest.mark.parametrize(
    ("paths", "asked"),
    [
        (["o-exampleorgid/r-abcd/ou-abcd-11111111/111122223333/"], True),
        (["o-exampleorgid/r-wxyz/ou-wxyz-11111111/111122223333/"], False),
        ([], True),
        (None, True),
        ([None, 5], True),
    ],
)
def test_an_account_outside_of_the_watched_units_is_not_asked_and_one_whose_place_is_unknown_is(paths, asked):
    one = listed({"Id": ACCOUNT, "Name": "a", "State": "ACTIVE", "Paths": paths})
    assert rolls(one)[ACCOUNT].dormant is not asked


def test_the_accounts_that_can_silence_us_are_asked_wherever_they_are():
    above = frozenset({"r-wxyz"})
    hub = Listed(id=SETTINGS.hub_account, name="hub", status="ACTIVE", above=above)
    assert not rolls(hub)[SETTINGS.hub_account].dormant


def test_an_account_without_an_id_is_none():
    assert listed({"Name": "odd"}) is None


def test_a_new_account_has_a_place_in_each_region():
    roll = rolls(account())[ACCOUNT]
    assert set(roll.places) == set(SETTINGS.regions)
    assert {place.state for place in roll.places.values()} == {"new"}


def test_the_same_list_again_changes_nothing():
    known = rolls(account())
    assert enrolled(known, [PAYER, account()], SETTINGS, NOON + timedelta(hours=1)) == ()


def test_a_region_that_is_added_is_new_and_one_that_is_taken_out_is_gone():
    known = rolls(account())
    fewer = settings(regions=["eu-central-1", "eu-west-1"])
    [roll] = [one for one in enrolled(known, [PAYER, account()], fewer, NOON) if one.account == ACCOUNT]
    assert set(roll.places) == {"eu-central-1", "eu-west-1"}


def test_a_list_without_the_management_account_is_not_believed():
    with pytest.raises(NotBelievableError):
        enrolled(rolls(account()), [account()], SETTINGS, NOON)


@pytest.mark.parametrize("status", ["SUSPENDED", "PENDING_CLOSURE", "CLOSED"])
def test_a_suspended_account_is_dormant(status):
    assert rolls(account(status=status))[ACCOUNT].dormant
    assert not rolls(account())[ACCOUNT].dormant


def gone(seen=None, status="ACTIVE", after=WAITS_FOR_ITS_RECORD):
    known = rolls(account(status=status))
    [roll] = [one for one in enrolled(known, [PAYER], SETTINGS, NOON) if one.account == ACCOUNT]
    assert roll.dormant
    now = NOON + after
    return missing(roll, seen, now) if is_missing(roll, now) else "too soon"


def test_an_account_that_is_gone_without_a_record_is_critical():
    fact = gone()
    assert (fact.account, fact.severity, fact.kind) == (ACCOUNT, "critical", "account-missing")


def test_its_record_may_take_as_long_as_a_log_file():
    assert gone(after=timedelta(minutes=19)) == "too soon"


@pytest.mark.parametrize("kind", ["account-left", "account-removed", "account-closed"])
def test_a_leaving_that_was_told_is_not_told_again(kind):
    assert gone(Seen(account=ACCOUNT).with_trace(kind, "it left", NOON)) is None


def test_another_trace_does_not_explain_it():
    assert gone(Seen(account=ACCOUNT).with_trace("assume-root", "AssumeRoot", NOON)) is not None


def test_a_leaving_from_which_it_came_back_long_ago_does_not_explain_it():
    assert gone(Seen(account=ACCOUNT).with_trace("account-left", "it left", NOON - timedelta(days=30))) is not None


def test_a_leaving_that_was_refused_does_not_explain_it():
    tried = done("LeaveOrganization", "organizations", errorCode="AccessDenied")
    assert gone(Seen(account=ACCOUNT).with_fact(watch_fact(tried, {}, SETTINGS, NOON), "one")) is not None
    left = done("LeaveOrganization", "organizations")
    assert gone(Seen(account=ACCOUNT).with_fact(watch_fact(left, {}, SETTINGS, NOON), "one")) is None


def test_a_leaving_explains_it_however_long_nobody_looked_after_it():
    roll = Roll(account=ACCOUNT, since=NOON - timedelta(days=90), gone=NOON).asked("nonce", NOON - timedelta(days=4))
    seen = Seen(account=ACCOUNT).with_trace("account-left", "it left", NOON - timedelta(days=3))
    assert missing(roll, seen, NOON + timedelta(hours=1)) is None


def test_an_account_that_was_closed_long_ago_ends_quietly():
    assert gone(status="SUSPENDED") is None


def test_an_account_that_comes_back_is_asked_again():
    known = rolls(account(), account(OTHER))
    [away] = enrolled(known, [PAYER, account(OTHER)], SETTINGS, NOON)
    told = msgspec.structs.replace(away, gone_told=True)
    [back] = enrolled({**known, ACCOUNT: told}, [PAYER, account(), account(OTHER)], SETTINGS, NOON)
    assert (back.gone, back.gone_told, back.dormant) == (None, False, False)


def test_a_roll_that_is_gone_keeps_the_time_at_which_it_went():
    known = {**rolls(), ACCOUNT: Roll(account=ACCOUNT, since=NOON, gone=NOON)}
    assert enrolled(known, [PAYER], SETTINGS, NOON + timedelta(hours=5)) == ()
