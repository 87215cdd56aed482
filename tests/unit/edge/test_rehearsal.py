"""A rehearsal through the real delivery on the table in memory: told once, resolved once, closed without a word."""

import msgspec
import pytest

from rootwatch.core.ports import Outcome, StoreDownError
from rootwatch.edge.observer import Observer
from tests.support.monitor import Monitor
from tests.support.records import NOON, sign_in
from tests.unit.core.test_rehearsal import ASKED, RESOLVE


def rehearser(monitor: Monitor) -> Observer:
    return Observer(monitor.store, monitor.directory, monitor.delivery, monitor.settings, lambda: monitor.now)


def test_every_channel_hears_of_it_once_however_often_its_message_comes():
    monitor = Monitor()
    assert rehearser(monitor).rehearse(ASKED) is not None
    assert rehearser(monitor).rehearse(ASKED) is None
    assert {name: len(monitor.watched(name)) for name in monitor.channels} == {"pagerduty": 1, "slack": 1, "sns": 1}


def test_it_is_resolved_after_it_was_sent_and_in_that_order():
    monitor = Monitor()
    rehearser(monitor).rehearse(ASKED)
    rehearser(monitor).rehearse(RESOLVE)
    page, resolve = monitor.watched("pagerduty")
    assert resolve.resolves == (page.page.dedup_key,)
    assert len(monitor.watched("slack")) == 1


def test_a_resolve_waits_for_the_page_that_is_still_due():
    monitor = Monitor()
    monitor.channels["pagerduty"].script = [Outcome(state="retry", reason="PagerDuty answered 500")]
    rehearser(monitor).rehearse(ASKED)
    rehearser(monitor).rehearse(RESOLVE)
    refused = monitor.watched("pagerduty")
    assert [bool(one.page) for one in refused] == [True]
    monitor.delivery._resting.clear()  # as in the next invocation
    monitor.later(minutes=1).later(minutes=1)
    assert [bool(one.page) for one in monitor.watched("pagerduty")[1:]] == [True, False]


def test_it_closes_by_itself_and_nobody_is_told():
    monitor = Monitor()
    rehearser(monitor).rehearse(ASKED)
    monitor.later(minutes=31)
    [head] = monitor.store.heads.values()
    assert head.state == "closed"
    assert len(monitor.watched("slack")) == 1


def test_real_root_use_of_the_hub_account_at_the_same_time_is_an_incident_of_its_own():
    monitor = Monitor()
    rehearser(monitor).rehearse(ASKED)
    monitor.take(sign_in(NOON, account=monitor.settings.hub_account))
    assert monitor.incident.severity == "high"
    assert len(monitor.pages) == 1
    assert {head.id for head in monitor.store.heads.values()} > {"rehearsal-0a1b2c3d4e5f"}


def test_without_the_table_it_comes_again_and_nothing_is_sent():
    monitor = Monitor()
    monitor.store.down = True
    with pytest.raises(StoreDownError):
        rehearser(monitor).rehearse(ASKED)
    assert monitor.watched("slack") == []


def test_two_rehearsals_at_once_are_two():
    monitor = Monitor()
    rehearser(monitor).rehearse(ASKED)
    rehearser(monitor).rehearse(msgspec.structs.replace(ASKED, nonce="f5e4d3c2b1a0"))
    assert len({one.page.dedup_key for one in monitor.watched("pagerduty")}) == 2
