"""What a storm is and what is told of it, over invented lists in any order."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.ports import Known
from rootwatch.core.storm import PAGES_AT_ONCE, Paging, is_stormy, tally
from rootwatch.core.storm_notices import opening, tick
from tests.support.records import NOON, settings

SETTINGS = settings()


def paging(number: int, seconds: float, joined: str = "") -> Paging:
    return Paging(
        at=NOON + timedelta(seconds=seconds),
        incident=f"i-{number}",
        severity="high",
        line=f"line {number}",
        joined=joined,
    )


LISTS = st.lists(st.tuples(st.integers(0, 60), st.floats(-1200, 0)), max_size=80).map(
    lambda pairs: [paging(number, seconds) for number, seconds in pairs]
)


@given(LISTS, st.randoms(use_true_random=False))
def test_a_storm_is_more_than_twenty_incidents_in_ten_minutes_whatever_their_order(pagings, chance):
    recent = {one.incident for one in pagings if one.at > NOON - timedelta(minutes=10)}
    shuffled = chance.sample(pagings, len(pagings))
    assert is_stormy(pagings, NOON) is is_stormy(shuffled, NOON) is (len(recent) > PAGES_AT_ONCE)


@given(LISTS, st.randoms(use_true_random=False))
def test_whoever_sees_it_begin_makes_the_same_incident(pagings, chance):
    one = opening(pagings, Known(), SETTINGS, NOON)
    other = opening(chance.sample(pagings, len(pagings)), Known(), SETTINGS, NOON)
    assert (one is None) is (other is None) is (not is_stormy(pagings, NOON))
    if one and other:
        assert (one.key, one.incident.id) == (other.key, other.incident.id)
        assert len(one.notices) == 1


@given(st.lists(st.lists(st.booleans(), max_size=60), min_size=1, max_size=8))
def test_each_entry_is_counted_once_and_told_by_some_notice(minutes):
    """``minutes``: what came in each, and whether it joined."""
    begun = [paging(number, -1) for number in range(21)]
    storm, listed, told = opening(begun, Known(), SETTINGS, NOON).incident, list(begun), 21
    for minute, came in enumerate(minutes, 1):
        for joins in came:
            listed.append(paging(1000 + len(listed), 60 * minute - 30, storm.id if joins else ""))
        now = NOON + timedelta(minutes=minute)
        before = storm
        storm, notices = tick(storm, listed, SETTINGS, now)
        assert len(notices) == bool(came)
        for notice in notices:
            told += notice.incident.untold
            assert len(notice.listed) + notice.unlisted == len(listed)
            assert (notice.page is not None) is any(came), "PagerDuty is told of what joined, and of nothing else"
        assert storm.seen == len(listed) == sum(tally(listed).values())
        assert storm.paged == before.paged
    assert told == len(listed)
