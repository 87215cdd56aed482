"""A break-glass tag is read strictly: what can't be read is not a window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.window import LONGEST, NotAWindowError, Window, is_open, parse, worst_verdict
from tests.support.records import ACCOUNT

SIX = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
SET_AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def test_a_tag_says_until_when_why_who_where_and_what():
    value = "until=2026-11-24T18:00Z ticket=SEC-142 by=ana@example.com net=198.51.100.7/24 covers=mfa/contact please"
    assert parse(ACCOUNT, value, set_at=SET_AT, set_by="arn:x") == Window(
        account=ACCOUNT,
        start=SET_AT,
        until=SIX,
        ticket="SEC-142",
        by="ana@example.com",
        set_by="arn:x",
        nets=("198.51.100.0/24",),
        covers=("mfa", "contact"),
        claimed=SIX - LONGEST,
    )


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("", SET_AT),
        ("from=2026-11-24T16:00Z", SET_AT + timedelta(hours=1)),
        ("from=2026-11-24T12:00Z", SET_AT),
    ],
    ids=["without from=", "from= later than it was set", "from= before it was set"],
)
def test_a_window_begins_when_it_was_set_and_from_only_narrows(words, start):
    assert parse(ACCOUNT, f"until=2026-11-24T18:00Z {words}", set_at=SET_AT).start == start


def test_without_a_known_time_of_setting_a_window_is_the_longest_that_may_be():
    assert parse(ACCOUNT, "until=2026-11-24T18:00Z").start == SIX - LONGEST


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("", "no until="),
        ("null", "no until="),
        ("until", "no until="),
        ("until=", "no until="),
        ("until=tomorrow", "no until="),
        ("until=9999-12-31T23:59Z", "no until="),
        ("until=0001-01-01T00:00Z", "no until="),
        ("UNTIL=2026-11-24T18:00Z", "no until="),
        ("until=2026-11-24T18:00Z from=noon", "from= can't be read"),
        ("until=2026-11-24T18:00Z from=", "from= can't be read"),
        ("until=2026-11-24T18:00Z until=2026-11-24T19:00Z", "until= twice"),
        ("until=2026-11-24T15:00Z", "ended before it began"),
        ("until=2026-11-24T14:00Z", "ended before it began"),
        ("until=2026-11-25T03:01Z", "longer than 12 hours"),
        ("until=2026-11-24T18:00Z covers=key", "covers="),
        ("until=2026-11-24T18:00Z covers=mfa/key", "covers="),
        ("until=2026-11-24T18:00Z net=", "net= can't be read"),
        ("until=2026-11-24T18:00Z net=office", "net= can't be read"),
        ("until=2026-11-24T18:00Z net=198.51.100.0/33", "net= can't be read"),
        ("until=2026-11-24T18:00Z;", "characters that tags don't allow"),
        ("until=2026-11-24T18:00Z\n", "characters that tags don't allow"),
        ("until=2026-11-24T18:00Z " + "x" * 256, "characters that tags don't allow"),
    ],
)
def test_what_cannot_be_read_is_not_a_window_and_says_why(value, says):
    with pytest.raises(NotAWindowError, match=says):
        parse(ACCOUNT, value, set_at=SET_AT)


def test_twelve_hours_to_the_minute_are_a_window():
    assert parse(ACCOUNT, "until=2026-11-25T03:00Z", set_at=SET_AT).until - SET_AT == LONGEST


def test_root_can_declare_nothing():
    with pytest.raises(NotAWindowError, match="root itself"):
        parse(ACCOUNT, "until=2026-11-24T18:00Z", set_at=SET_AT, by_root=True)


@given(st.text() | st.from_regex(r"(until=\S{0,20}|from=\S{0,20}|net=\S{0,20}|covers=\S{0,9}| )*", fullmatch=True))
def test_any_text_is_a_window_of_at_most_twelve_hours_or_none(value):
    try:
        window = parse(ACCOUNT, value, set_at=SET_AT)
    except NotAWindowError:
        return
    assert timedelta() < window.until - window.start <= LONGEST


def test_a_window_holds_its_first_and_its_last_moment():
    window = parse(ACCOUNT, "until=2026-11-24T18:00Z", set_at=SET_AT)
    second = timedelta(seconds=1)
    moments = [SET_AT - second, SET_AT, SIX, SIX + second, None]
    assert [is_open(window, moment) for moment in moments] == [False, True, True, False, False]


def test_the_worst_verdict_is_the_one_that_needs_most_attention():
    assert worst_verdict("privileged-task", "planned", "breakthrough", "unplanned") == "breakthrough"
    assert worst_verdict("privileged-task", "expected", "planned") == "planned"
