"""Law 5: for any order of the records that reach one incident, what is true of it is the same, and nobody is paged
twice for the same thing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.record import Unreadable
from tests.support.journal import Journal
from tests.support.records import ACCOUNT, NOON, after, call, failed_sign_in, sign_in

_minutes = st.integers(0, 40)
_addresses = st.sampled_from(
    ["203.0.113.5", "203.0.113.77", "198.51.100.7", "2001:db8::1", "cloudformation.amazonaws.com"]
)
_names = st.sampled_from(
    ["CreateAccessKey", "DeactivateMFADevice", "CreateUser", "RunInstances", "ListUsers", "StopLogging"]
)
_RECOVERY = {"eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn"}

_items = st.one_of(
    st.builds(
        lambda at, mfa, address: sign_in(after(at), mfa=mfa, sourceIPAddress=address),
        _minutes,
        st.sampled_from(["Yes", "No", None]),
        _addresses,
    ),
    st.builds(lambda at, address: failed_sign_in(after(at), sourceIPAddress=address), _minutes, _addresses),
    st.builds(lambda at, name, address: call(name, after(at), sourceIPAddress=address), _minutes, _names, _addresses),
    st.builds(lambda at: call("PasswordRecoveryRequested", after(at), **_RECOVERY), _minutes),
    st.builds(
        lambda number: Unreadable(key=f"x{number}", reason="cut short", mentions_root=True, account=ACCOUNT),
        st.integers(0, 10**6),
    ),
)


@st.composite
def _two_orders(draw):
    items = draw(st.lists(_items, min_size=1, max_size=12, unique_by=lambda item: item.key))
    return items, draw(st.permutations(items))


def _played(items):
    journal = Journal()
    for second, item in enumerate(items):
        journal.take(item, NOON + timedelta(seconds=second))
    return journal


@given(_two_orders())
def test_what_is_true_of_an_incident_is_the_same_in_every_order(orders):
    first, second = (_played(order) for order in orders)
    [one], [other] = list(first.store.heads.values()), list(second.store.heads.values())
    for name in ("harms", "severity", "verdict", "why", "seen", "actions", "addresses"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.paged == other.paged
    assert _facts(first) == _facts(second)


@given(st.lists(_items, max_size=15), st.randoms(use_true_random=False))
def test_nothing_pages_twice_whatever_comes_again(items, random):
    received = items + random.choices(items, k=len(items)) if items else []
    random.shuffle(received)
    journal = _played(received)
    assert len(journal.pages) == len(set(journal.pages))


@given(st.lists(_items, min_size=1, max_size=12, unique_by=lambda item: item.key))
def test_each_distinct_record_gets_one_disposition(items):
    journal = _played([*items, *items])
    assert set(journal.store.marks) == {item.key for item in items}
    assert sum(len(facts) for facts in journal.store.story.values()) == len(items)


@given(st.lists(_items, min_size=1, max_size=12, unique_by=lambda item: item.key))
def test_every_harm_that_is_high_or_worse_has_been_paged_at_that_severity(items):
    journal = _played(items)
    [head] = journal.store.heads.values()
    bad = {harm: severity for harm, severity in head.harms.items() if severity in ("high", "critical")}
    assert head.paged == bad


def _facts(journal):
    return {
        (fact.key, fact.kind, fact.harm, fact.severity, fact.verdict)
        for facts in journal.store.story.values()
        for fact in facts.values()
    }
