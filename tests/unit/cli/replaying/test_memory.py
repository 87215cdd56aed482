"""The table in memory, beyond the contract of every Store: what is due next, what can be forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.incident import Moment
from rootwatch.core.lifecycle import tick
from rootwatch_cli.replaying.agenda import Agenda
from rootwatch_cli.replaying.failures import Failures
from rootwatch_cli.replaying.memory import MemoryStore
from tests.support.records import ACCOUNT, NOON, OTHER, after, settings, sign_in, task_call
from tests.support.store_contract import *  # noqa: F403 # the contract's tests
from tests.support.store_contract import SENT, send_of, take


@pytest.fixture
def store():
    return MemoryStore()


def test_what_is_due_next_is_a_send_then_a_close(store):
    plan = take(store, sign_in())
    assert store.next_due(after(-1)) == NOON
    assert store.next_due(NOON) == after(30)
    for channel in ("pagerduty", "slack", "sns"):
        store.settle(store.claim(send_of(plan, channel), NOON, after(1)), SENT, NOON, None)
    assert store.next_due(NOON) == after(30)
    assert store.advance(*tick(store.incident(plan.incident.id), settings(), after(30)))
    assert store.next_due(NOON) == after(30), "the close is to be sent"


def test_what_is_taken_out_is_forgotten_whole(store):
    plan = take(store, task_call("ListAccessKeys", readOnly=True))
    incident = store.incident(plan.incident.id)
    assert store.advance(*tick(incident, settings(), after(40)))
    head, facts, notices = store.take_out(incident.id)
    assert (head.state, len(facts), [one.type for one in notices]) == ("closed", 1, ["opened", "closed"])
    assert store.incident(incident.id) is None
    assert store.facts(incident.id) == store.sends == []
    assert store.waiting(plan.waits_for) == []
    assert store.next_due(after(-1)) is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(0, 9)))), st.integers(-1, 9))
def test_an_agenda_names_the_earliest_of_the_times_that_hold(changes, since):
    agenda: Agenda[str] = Agenda()
    plain = {}
    for key, minute in changes:
        if minute is None:
            agenda.drop(key)
            plain.pop(key, None)
        else:
            agenda.put(key, after(minute))
            plain[key] = after(minute)
        later = [at for at in plain.values() if at > after(since)]
        assert agenda.next(after(since)) == min(later, default=None)
    assert {key: at for at, key in agenda.until(after(5))} == {k: at for k, at in plain.items() if at <= after(5)}


def failure(account, minute, number=0):
    return Moment(after(minute), "198.51.100.0/24", account, "failed-sign-in", f"{account}-{minute}-{number}")


def test_of_a_flood_of_failures_a_few_dozen_are_known_and_none_of_the_others_is_hidden():
    failures = Failures()
    for number in range(1000):
        failures.add(failure(ACCOUNT, 1, number))
    failures.add(failure(OTHER, 2))
    found = failures.around(ACCOUNT, after(5))
    assert len([moment for moment in found if moment.account == ACCOUNT]) == 32
    assert len([moment for moment in found if moment.account == OTHER]) == 1


def test_failures_are_forgotten_after_their_time():
    failures = Failures()
    failures.add(failure(ACCOUNT, 1))
    failures.forget_before(after(2000))
    assert failures.around(ACCOUNT, after(5)) == ()
