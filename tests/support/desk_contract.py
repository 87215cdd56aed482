"""What every Store keeps of windows and of an account's incidents, as tests: imported where there is a ``store``."""

import itertools
from datetime import timedelta

from rootwatch.core import reminders
from tests.support.records import NOON, after, sign_in, tag
from tests.support.store_contract import plan_of, take

WINDOW = "until=2026-11-24T14:00Z ticket=SEC-142"
_accounts = (f"6{number:011d}" for number in itertools.count())


def declared(store, value=WINDOW, at=NOON):
    """An account on which a window was declared."""
    account = next(_accounts)
    take(store, tag(value, at, account=account), at)
    return account


def test_an_account_is_due_when_its_window_has_something_to_tell(store):
    account = declared(store)
    assert account not in store.windows_due(after(109.9), 1000)
    assert account in store.windows_due(after(110), 1000)


def test_once_looked_at_it_is_due_for_the_next_that_there_is(store):
    account = declared(store)
    assert store.looked(reminders.looked(store.tags(account), after(110)))
    assert account not in store.windows_due(after(119.9), 1000)
    assert account in store.windows_due(after(120), 1000)
    assert store.looked(reminders.looked(store.tags(account), after(120)))
    assert account not in store.windows_due(after(10_000), 1000)


def test_a_removed_tag_makes_it_due_at_once(store):
    account = declared(store)
    take(store, tag(None, after(30), account=account), after(30))
    assert account in store.windows_due(after(30), 1000)


def test_a_value_that_is_no_window_makes_nothing_due(store):
    assert declared(store, "until=tomorrow") not in store.windows_due(after(100_000), 1000)


def test_who_looked_at_tags_that_changed_meanwhile_stores_nothing(store):
    account = declared(store)
    read = store.tags(account)
    take(store, tag("until=2026-11-24T15:00Z", after(1), account=account), after(1))
    assert not store.looked(reminders.looked(read, after(120)))
    assert store.tags(account).reminded == ()


def test_a_record_that_was_decided_on_before_the_look_is_decided_again(store):
    account = declared(store)
    plan = plan_of(store, sign_in(after(5), account=account), after(5))
    assert store.looked(reminders.looked(store.tags(account), after(110)))
    assert store.commit(plan, after(5)) == "conflict"
    take(store, sign_in(after(5), account=account), after(5))
    assert store.tags(account).reminded != ()


def test_an_account_s_incidents_are_found_newest_first_up_to_a_time(store):
    account, other = next(_accounts), next(_accounts)
    first = take(store, sign_in(account=account))
    second = take(store, sign_in(after(31), account=account), after(31))
    take(store, sign_in(account=other))
    assert [head.id for head in store.incidents_of(account, after(31))] == [second.incident.id, first.incident.id]
    assert [head.id for head in store.incidents_of(account, after(30))] == [first.incident.id]
    assert store.incidents_of(account, NOON - timedelta(seconds=1)) == []


def test_an_incident_that_goes_on_stays_one_and_is_shown_as_it_stands(store):
    account = next(_accounts)
    take(store, sign_in(account=account))
    take(store, sign_in(after(5), account=account), after(5))
    [head] = store.incidents_of(account, after(5))
    assert head.seen == 2
