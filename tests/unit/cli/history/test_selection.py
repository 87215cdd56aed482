"""What a selection takes: accounts, Regions, times; what is not known is never left out."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch_cli.history.selection import Selection, moment
from tests.support.records import NOON, OTHER, after, body, record, sign_in

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def key(account: str = "111122223333", region: str = "us-east-1", day: str = "2026/11/24") -> str:
    return f"AWSLogs/o-exampleorgid/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_x.json.gz"


@pytest.mark.parametrize(
    ("text", "side", "expected"),
    [
        ("90d", "since", NOW - timedelta(days=90)),
        ("12h", "until", NOW - timedelta(hours=12)),
        ("15m", "since", NOW - timedelta(minutes=15)),
        ("2026-11-24", "since", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11-24", "until", datetime(2026, 11, 25, tzinfo=UTC)),
        ("2026-11-24T12:00Z", "until", NOON),
        ("2026-11-24T13:00+01:00", "since", NOON),
        ("2026-11-24 12:00", "since", NOON),
    ],
)
def test_a_time_is_a_day_a_timestamp_or_so_long_ago(text, side, expected):
    assert moment(text, NOW, side) == expected


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "90", "d", "-3d", "99999d99", "2026-13-01", "99999d", "9" * 100, "0001-01-01", "9999-12-30"],
)
def test_any_other_time_is_refused_with_what_to_write(text):
    if text == "99999d":
        assert moment(text, NOW, "since").year == 1753
        return
    with pytest.raises(ValueError, match="write 2026-11-24"):
        moment(text, NOW, "since")


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_a_time(text):
    with suppress(ValueError):
        assert moment(text, NOW, "until").tzinfo is UTC


def test_since_is_taken_and_until_is_not():
    selection = Selection(since=NOON, until=after(10))
    taken = [selection.takes(sign_in(after(minutes))) for minutes in (-1, 0, 9, 10)]
    assert taken == [False, True, True, False]


def test_a_record_that_does_not_say_where_or_when_is_taken():
    selection = Selection(accounts=frozenset({OTHER}), regions=frozenset({"eu-central-1"}), since=NOON)
    bare = record({"userIdentity": {"type": "Root"}, "eventName": "ConsoleLogin"})
    assert selection.takes(bare)
    assert not selection.takes(sign_in())
    assert not selection.takes(sign_in(account=OTHER))
    assert selection.takes(sign_in(account=OTHER, awsRegion="eu-central-1"))


def test_a_key_is_taken_by_its_account_region_and_day_and_one_that_says_nothing_always():
    selection = Selection(
        accounts=frozenset({"111122223333"}),
        regions=frozenset({"us-east-1"}),
        since=datetime(2026, 11, 10, tzinfo=UTC),
        until=datetime(2026, 11, 20, tzinfo=UTC),
    )
    assert selection.takes_key(key(day="2026/11/15"))
    assert not selection.takes_key(key(OTHER, day="2026/11/15"))
    assert not selection.takes_key(key(region="eu-central-1", day="2026/11/15"))
    assert selection.takes_key("some/folder/log.json.gz")
    days = [day for day in range(1, 31) if selection.takes_key(key(day=f"2026/11/{day:02}"))]
    # From what explains the first of them, a day before, to what is delivered late, two days after.
    assert (days[0], days[-1]) == (8, 22)


def test_of_accounts_that_explain_others_every_region_is_read_from_a_day_before():
    selection = Selection(
        accounts=frozenset({OTHER}),
        regions=frozenset({"us-east-1"}),
        since=NOON,
        explainers=frozenset({"999988887777"}),
    )
    assert selection.takes_key(key("999988887777", "eu-west-1"))
    early = record(body("AssumeRoot", after(-60), account="999988887777"))
    assert selection.explains(early)
    assert not selection.takes(early)
    assert not selection.explains(record(body("AssumeRoot", after(-60 * 25), account="999988887777")))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 # made aware below
    st.integers(0, 2 * 24 * 60),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.integers(1, 100_000),
)
def test_the_file_of_a_record_that_is_taken_is_never_left_out(happened, late, since, length):
    """However late it was delivered, up to two days."""
    happened, since = happened.replace(tzinfo=UTC), since.replace(tzinfo=UTC)
    selection = Selection(since=since, until=since + timedelta(minutes=length))
    delivered = happened + timedelta(minutes=late)
    if selection.takes(sign_in(happened)):
        assert selection.takes_key(key(day=f"{delivered:%Y/%m/%d}"))
