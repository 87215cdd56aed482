"""Watch events through the real intake and delivery: who is asked for its name, what is told without the table."""

import pytest

from rootwatch.core.ports import Account
from rootwatch.edge.retrying import NotStoredError
from tests.support.monitor import Directory, Monitor
from tests.support.records import ACCOUNT, HUB, NOON, OTHER, after, assume_root, sign_in
from tests.support.watch import by_stack_sets, delete_rule, in_organizations, stop_logging
from tests.unit.core.test_watch_forgery import forged


class Named(Directory):
    """Names each account by its number, and keeps whom it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def account(self, account_id: str) -> Account:
        self.asked.append(account_id)
        return Account(id=account_id, name=f"account-{account_id[:4]}", owner="owner@example.com")


def test_the_account_concerned_is_named_and_not_the_one_that_recorded_it():
    monitor = Monitor(directory=Named())
    monitor.take(in_organizations("CloseAccount", parameters={"accountId": OTHER}))
    [head] = monitor.store.heads.values()
    assert (head.account, head.account_name, head.account_owner) == (OTHER, "account-1234", "owner@example.com")
    assert monitor.directory.asked == [OTHER]


def test_every_channel_hears_of_tampering_once():
    monitor = Monitor().take(stop_logging(), stop_logging())
    assert {name: len(monitor.watched(name)) for name in monitor.channels} == {"pagerduty": 1, "slack": 1, "sns": 1}


def test_a_duplicate_is_told_once():
    record = stop_logging()
    monitor = Monitor().take(record, record)
    [head] = monitor.store.heads.values()
    assert head.seen == 1


def test_tampering_is_told_without_the_table():
    monitor = Monitor()
    monitor.store.down = True
    with pytest.raises(NotStoredError):
        monitor.take(delete_rule())
    [one] = monitor.watched("pagerduty")
    assert one.duplicates_possible


def test_an_event_of_the_stack_sets_asks_for_one_account_and_names_several():
    monitor = Monitor(directory=Named()).take(delete_rule(**by_stack_sets(OTHER)), delete_rule(**by_stack_sets(HUB)))
    [head] = monitor.store.heads.values()
    assert (head.account, head.account_name) == (None, None)
    assert set(head.accounts) == {OTHER, HUB}


def test_a_watch_event_does_not_join_the_account_s_incident_of_root_use():
    monitor = Monitor().take(sign_in(), stop_logging(after(1)), sign_in(after(2)))
    assert monitor.incident.seen == 2
    assert len(monitor.watched("slack")) == 1


def test_a_forged_assume_root_explains_no_call_and_a_forged_sign_in_alerts_for_nobody():
    monitor = Monitor(directory=Named()).take(forged(assume_root()), forged(sign_in()))
    assert monitor.store.known_tasks == {}
    assert monitor.facts == []
    assert {head.account for head in monitor.store.heads.values()} == {"333344445555"}
    assert set(monitor.directory.asked) == {"333344445555"}
    assert ACCOUNT not in monitor.store.pointers


def test_a_paged_event_is_closed_aloud_and_resolves_nothing():
    monitor = Monitor().take(stop_logging(NOON)).later(minutes=31)
    closed = monitor.watched("slack")[-1]
    assert (closed.type, closed.resolves) == ("closed", ())
