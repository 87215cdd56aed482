"""EventBridge is cut in one place: root's own record shows it first, then the canaries. It is one incident."""

from collections import Counter
from datetime import timedelta

import pytest

from rootwatch.core.ports import StoreDownError
from rootwatch.core.roll import Heard
from tests.support.coverage_store import Watched
from tests.support.records import ACCOUNT, OTHER, THIRD, assume_root, body

REGION = "us-east-1"
HUB = "123456789012"
# The digest is the quiet line about what was folded.
TOLD = [("opened", "fast-path-lost"), ("digest", "fast-path-lost")]


def cut(account=ACCOUNT, **changes):
    """An organisation in which EventBridge was cut in one place, and root's call there was told as lost."""
    one = Watched(OTHER, THIRD, ACCOUNT, **changes).go_on(hours=3)
    one.abroad.slow = {(account, REGION)}
    one.by_log_file(body("CreateUser", one.now, account=account))
    one.go_on(minutes=20)
    return one


def watch_notices(one, channel="slack"):
    return [(notice.type, notice.incident.scope.split("/")[1]) for notice in one.watched(channel)]


def test_a_silence_after_a_loss_opens_nothing_and_stands_in_the_incident_of_the_loss():
    one = cut()
    one.go_on(hours=4)
    assert watch_notices(one) == TOLD
    assert len(one.lost_pages) == len(one.alerts) == 1
    assert one.observed("silence") == []
    titles = [fact.title for fact in one.observed("fast-path-lost")]
    assert titles == ["fast path lost", "fast path lost for canaries too"]


def test_the_end_is_told_once_whichever_is_heard_first():
    one = cut()
    one.go_on(hours=2)
    one.abroad.slow = set()
    one.go_on(hours=2)  # canaries are heard first
    one.by_eventbridge(body("CreateUser", one.now))
    one.go_on(hours=3)
    assert watch_notices(one) == [*TOLD, ("closed", "fast-path-lost")]


def test_if_canaries_stay_silent_after_root_is_heard_again_that_is_told_by_itself():
    one = cut()
    one.go_on(hours=1)
    one.by_eventbridge(body("CreateUser", one.now))
    one.go_on(hours=2)
    assert watch_notices(one) == [*TOLD, ("closed", "fast-path-lost"), ("opened", "silence")]


def test_a_place_that_goes_blind_pages_though_its_fast_path_was_told_as_lost():
    one = cut()
    one.go_on(hours=1)
    one.abroad.cut, one.abroad.slow = {(ACCOUNT, REGION)}, set()
    one.go_on(hours=2)
    assert f"silence {ACCOUNT}" in one.alerts


def test_the_hub_s_own_account_is_not_paged_twice_either():
    one = cut(account=HUB)
    one.go_on(hours=3)
    assert len([notice for notice in one.watched("pagerduty") if notice.page]) == 1


def test_a_loss_of_another_rule_says_nothing_of_canaries():
    one = Watched(OTHER, THIRD, ACCOUNT).go_on(hours=3)
    one.by_log_file(assume_root(one.now, caller=ACCOUNT).body)
    one.go_on(minutes=20)
    one.abroad.slow = {(ACCOUNT, REGION)}
    one.go_on(hours=2)
    assert ("opened", "silence") in watch_notices(one)


def test_a_table_that_goes_down_in_the_middle_makes_nothing_be_told_twice_or_never():
    one = cut()
    for number in range(12):
        one.table.down = number % 2 == 0
        if one.table.down:
            with pytest.raises(StoreDownError):
                one.run()
        else:
            one.run()
        one.later(minutes=5)
    one.table.down = False
    one.go_on(hours=1)
    assert watch_notices(one) == TOLD
    assert len(one.observed("fast-path-lost")) == 2


def test_a_loss_that_is_booked_and_not_told_yet_does_not_swallow_the_silence():
    one = Watched(OTHER, THIRD, ACCOUNT).go_on(hours=3)
    one.abroad.slow = {(ACCOUNT, REGION)}
    one.by_log_file(body("CreateUser", one.now))
    tell, one.booking._tell = one.booking._tell, lambda pending, missing: None  # it ends right after booking
    one.later(minutes=16)
    one.booking._tell = tell
    one.go_on(minutes=30)
    assert watch_notices(one) == [("opened", "fast-path-lost")]


def test_what_is_heard_of_a_place_is_what_its_canaries_say():
    one = cut()
    one.go_on(hours=1)
    heard = one.table.heard[ACCOUNT, REGION]
    assert isinstance(heard, Heard)
    assert heard.log
    assert heard.fast is None or heard.fast < heard.log - timedelta(minutes=20)


def test_of_many_lost_places_the_rules_of_a_few_are_read_and_all_are_told(monkeypatch):
    lost = [f"3{number:011d}" for number in range(30)]
    one = Watched(OTHER, THIRD, *lost).go_on(hours=3)
    for account in lost:
        one.by_log_file(body("CreateUser", one.now, account=account))
    one.go_on(minutes=20)
    one.abroad.slow = {(account, REGION) for account in lost}
    looked = Counter()
    monkeypatch.setattr(one.coverage._comparing, "look_into", lambda *place: looked.update([one.now]) or ())
    for _ in range(3):  # it did not run for long: all are late at once
        one.later(hours=2)
        one.run()
    assert set(looked.values()) == {5}
    told = [fact for fact in one.observed("fast-path-lost") if fact.title == "fast path lost for canaries too"]
    assert {fact.account for fact in told} == set(lost)
