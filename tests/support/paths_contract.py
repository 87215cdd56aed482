"""What every table keeps of the fast path, as tests: imported where there are fixtures ``store`` and ``paths``."""

import itertools
from datetime import timedelta

import msgspec

from rootwatch.core.fast_path import FastPath, Place
from rootwatch.core.paths import received
from rootwatch.core.record import Envelope, from_body
from tests.support.records import NOON, after, settings, sign_in_body
from tests.support.store_contract import plan_of

RULE = "rootwatch-root-use"
_accounts = (f"4{number:011d}" for number in itertools.count())


def awaited(store, at=NOON, now=None):
    """A sign-in that a log file showed first, taken in: what is awaited of EventBridge."""
    account = next(_accounts)
    item = from_body(sign_in_body(at, account=account), Envelope(account=account, region="us-east-1", source=None))
    now = now or at + timedelta(minutes=5)
    plan = received(plan_of(store, item, now), item, settings(), now, timedelta())
    assert store.commit(plan, now) == "committed"
    return plan.pending


def missed(paths, pending):
    """Its place once it is booked as lost."""
    before = paths.of(Place(pending.account, pending.region))
    assert paths.book(pending.key, "lost", before.with_missed(pending, "a cause"))
    return paths.of(before.place)


def test_of_an_unknown_place_nothing_is_known(paths):
    assert paths.of(Place("500000000000", "us-east-1")) == FastPath(account="500000000000", region="us-east-1")
    assert paths.watched(Place("500000000000", "us-east-1")) is None
    assert paths.awaited("nobody") is None
    assert paths.arrived("nobody") is False
    paths.told("nobody")


def test_an_awaited_record_is_due_when_its_grace_is_over(store, paths):
    pending = awaited(store)
    assert pending.key not in paths.due(after(14.9), 1000)
    assert pending.key in paths.due(after(15), 1000)
    assert paths.awaited(pending.key).pending == pending
    assert paths.awaited(pending.key).booked is None


def test_what_arrives_is_awaited_no_more(store, paths):
    pending = awaited(store)
    assert paths.arrived(pending.key)
    assert not paths.arrived(pending.key)
    assert paths.awaited(pending.key) is None
    assert pending.key not in paths.due(after(600), 1000)
    assert not paths.book(pending.key, "lost", paths.of(Place(pending.account, pending.region)))


def test_what_is_booked_stays_due_until_it_is_told(store, paths):
    pending = awaited(store)
    path = missed(paths, pending)
    assert path.lost[RULE].records == 1
    assert paths.awaited(pending.key).booked == "lost"
    assert pending.key in paths.due(after(600), 1000)
    assert not paths.arrived(pending.key), "too late"
    paths.told(pending.key)
    assert paths.awaited(pending.key) is None
    assert pending.key not in paths.due(after(600), 1000)


def test_a_record_is_booked_once_whoever_tries(store, paths):
    pending = awaited(store)
    before = paths.of(Place(pending.account, pending.region))
    after_it = before.with_missed(pending, "a cause")
    assert paths.book(pending.key, "lost", after_it)
    assert not paths.book(pending.key, "lost", after_it)
    assert paths.of(before.place).lost[RULE].records == 1


def test_what_is_told_of_an_awaited_record_leaves_it_awaited(store, paths):
    pending = awaited(store)
    paths.told(pending.key)
    assert paths.awaited(pending.key).booked is None


def test_a_place_that_changed_meanwhile_is_not_overwritten(store, paths):
    pending = awaited(store)
    stale = paths.of(Place(pending.account, pending.region))
    assert paths.store(stale.with_heard(RULE, NOON))
    assert not paths.store(stale.with_heard(RULE, after(1)))
    assert not paths.book(pending.key, "lost", stale.with_missed(pending, "a cause"))
    assert paths.awaited(pending.key).booked is None
    assert paths.of(stale.place).heard == {RULE: NOON}


def test_where_it_is_lost_is_listed_until_it_is_heard_again(store, paths):
    later, earlier = awaited(store, after(2)), awaited(store, after(1))
    places = [missed(paths, pending).place for pending in (later, earlier)]
    listed = [path.place for path in paths.lost() if path.place in places]
    assert listed == places[::-1], "the longest lost first"
    path = paths.of(places[0])
    assert paths.store(path.with_heard(RULE, after(9)))
    assert places[0] not in [path.place for path in paths.lost()]


def test_of_those_that_are_lost_some_were_so_around_a_time(store, paths):
    place = missed(paths, awaited(store, after(9_000))).place
    assert [path.place for path in paths.lost_around(after(9_050))] == [place]
    assert [path.place for path in paths.lost_around(after(8_950))] == [place]
    assert place not in [path.place for path in paths.lost_around(after(9_070))]


def test_a_place_with_news_is_due_until_they_are_told(store, paths):
    path = missed(paths, awaited(store))
    assert path.place not in paths.due(after(600), 1000)
    assert paths.store(path.with_heard(RULE, after(9)))
    assert path.place in paths.due(after(600), 1000)
    heard = paths.of(path.place)
    assert [one.rule for one in heard.regained] == [RULE]
    assert paths.store(msgspec.structs.replace(heard, regained=()))
    assert path.place not in paths.due(after(600), 1000)
