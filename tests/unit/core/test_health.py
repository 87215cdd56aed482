"""The heartbeat says that all is well only while everything is."""

from datetime import timedelta

import msgspec
import pytest

from rootwatch.core.health import Health, ailments
from tests.support.records import NOON


def minutes(number):
    return timedelta(minutes=number)


WELL = Health(since=NOON - timedelta(days=9), ran_at=NOON - minutes(4), heard_at=NOON - minutes(9), trail_at=NOON)


def test_all_is_well():
    assert ailments(WELL, None, None, NOON) == ()
    assert ailments(WELL, NOON - minutes(14), minutes(9), NOON) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ran_at": NOON - minutes(17)}, "coverage did not run since"),
        ({"heard_at": NOON - minutes(91)}, "no canary was heard since"),
        ({"heard_at": None}, "no canary was heard since"),
        ({"everything_silent": True}, "no account and no Region answers"),
        ({"trail_at": NOON - minutes(31)}, "the trail's status was not read since"),
        ({"trail": ("the trail main is stopped",)}, "the trail main is stopped"),
    ],
)
def test_each_part_of_coverage_that_is_bad_is_named(changes, words):
    [said] = ailments(msgspec.structs.replace(WELL, **changes), None, None, NOON)
    assert words in said


def test_the_outbox_and_the_queue_are_named():
    assert "unsent since" in ailments(WELL, NOON - minutes(16), None, NOON)[0]
    assert "waits in the queue for 11 minutes" in ailments(WELL, None, minutes(11), NOON)[0]


def test_everything_that_is_bad_is_named():
    bad = msgspec.structs.replace(WELL, ran_at=NOON - minutes(60), everything_silent=True)
    assert len(ailments(bad, NOON - minutes(60), minutes(60), NOON)) == 4


def test_before_the_first_run_there_is_no_heartbeat_and_after_it_the_canaries_have_their_time():
    assert ailments(None, None, None, NOON) == ("coverage never ran",)
    assert ailments(Health(since=NOON - minutes(5), ran_at=NOON), None, None, NOON) == ()
