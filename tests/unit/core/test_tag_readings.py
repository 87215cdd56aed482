"""What the slow pass tells: a value that is no window and whose record never came; tags that expired, once a week."""

from datetime import timedelta

import pytest

from rootwatch.core import tag_readings
from rootwatch.core.tag_state import state_of_tags, state_of_value
from rootwatch.core.tags import Tagging, Tags
from tests.support.records import ACCOUNT, ANA, NOON, OTHER, THIRD, after

WINDOW = "until=2026-11-24T14:00Z ticket=SEC-142"
DAY = timedelta(days=1)


def tags(value, at=NOON, *, proved=False, **changes):
    tagging = Tagging(account=ACCOUNT, purpose="window", value=value, at=at, proved=proved, **changes)
    return Tags(account=ACCOUNT).with_more(tagging)


@pytest.mark.parametrize(
    ("value", "now", "state"),
    [
        (WINDOW, NOON, "open"),
        (WINDOW, after(120), "expired"),
        (WINDOW + " from=2026-11-24T13:00Z", NOON, "to come"),
        ("until=tomorrow", NOON, "malformed"),
        ("until=2026-11-25T01:00Z", NOON, "malformed"),
        ("until=2026-11-25T01:00Z", after(61), "open"),
        ("", NOON, "malformed"),
    ],
)
def test_the_state_of_a_value_that_was_just_read(value, now, state):
    assert state_of_value(ACCOUNT, value, now).state == state


def test_the_table_knows_when_a_value_was_set_and_by_whom():
    long = tags("until=2026-11-25T01:00Z", by=ANA, proved=True)
    assert state_of_tags(long, after(61)).state == "malformed", "thirteen hours from its setting on"
    assert state_of_tags(tags(WINDOW, by=ANA, proved=True), NOON).window.set_by == ANA
    assert "root itself" in state_of_tags(tags(WINDOW, by_root=True, proved=True), NOON).why
    assert state_of_tags(Tags(account=ACCOUNT), NOON) is None
    assert state_of_tags(tags(None), NOON) is None


def test_a_value_that_is_no_window_and_whose_record_never_came_is_told_with_why():
    fact = tag_readings.without_record(tags("until=tomorrow"), "until=tomorrow", after(20))
    assert (fact.kind, fact.severity, fact.account) == ("tag-without-record", "medium", ACCOUNT)
    assert "no until= that can be read" in fact.says
    assert "rootwatch break-glass close 777788889999" in fact.do_now
    again = tag_readings.without_record(tags("until=tomorrow"), "until=tomorrow", after(50))
    assert again.key == fact.key, "the same at every pass: a duplicate"


def test_a_reading_before_its_record_came_changes_neither_who_set_the_value_nor_that_it_is_known():
    set_by_ana = Tagging(account=ACCOUNT, purpose="window", value="until=tomorrow", at=NOON, by=ANA)
    known = tags("until=tomorrow", after(1)).with_more(set_by_ana)
    assert tag_readings.without_record(known, "until=tomorrow", after(60)) is None
    by_root = Tagging(account=ACCOUNT, purpose="window", value=WINDOW, at=NOON, by_root=True)
    assert "root itself" in state_of_tags(tags(WINDOW, after(1)).with_more(by_root), after(2)).why


@pytest.mark.parametrize(
    ("known", "read", "now"),
    [
        (tags("until=tomorrow"), "until=tomorrow", after(19)),
        (tags("until=tomorrow", proved=True), "until=tomorrow", after(60)),
        (tags("until=tomorrow"), WINDOW, after(60)),
        (tags("until=tomorrow"), None, after(60)),
        (tags(WINDOW), WINDOW, after(60)),
        (tags(WINDOW), WINDOW, after(600)),
        (Tags(account=ACCOUNT), "until=tomorrow", after(60)),
    ],
    ids=["its record may come", "its record told it", "another by now", "gone by now", "a window", "expired", "new"],
)
def test_anything_else_is_not_told(known, read, now):
    assert tag_readings.without_record(known, read, now) is None


def test_tags_that_expired_more_than_a_day_ago_are_told_in_one_notice_for_a_week():
    now = NOON + 2 * DAY
    states = [state_of_value(one, WINDOW, now) for one in (OTHER, THIRD)]
    states += [state_of_value(ACCOUNT, "until=2026-11-26T11:00Z", now), state_of_value("000011112222", "x", now)]
    fact = tag_readings.expired(states, now)
    assert fact.title == "2 accounts carry an expired break-glass tag"
    assert f"{OTHER} (ended 2026-11-24), {THIRD} (ended 2026-11-24)" in fact.says
    assert "rootwatch break-glass sweep" in fact.do_now
    assert (fact.severity, fact.account) == ("low", None)
    assert tag_readings.expired(states, now + 3 * DAY).key == fact.key
    assert tag_readings.expired(states, now + 7 * DAY).key != fact.key


def test_of_very_many_a_dozen_are_named():
    now = NOON + 2 * DAY
    fact = tag_readings.expired((state_of_value(f"{number:012d}", WINDOW, now) for number in range(5000)), now)
    assert fact.title == "5000 accounts carry an expired break-glass tag"
    assert fact.says.endswith(", and 4988 more")
    assert len(fact.says) < 600


def test_without_any_there_is_nothing_to_tell():
    assert tag_readings.expired([state_of_value(ACCOUNT, WINDOW, after(130))], after(130)) is None
    assert tag_readings.expired([], NOON) is None
