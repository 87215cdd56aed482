"""Users' credentials: what is said of them, and where the rotation of a key stands."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.posture import Disabled
from rootwatch.core.posture_report import Identity, Key
from rootwatch.core.posture_users import deletion, rotation, users
from rootwatch.core.sections import Posture
from tests.support.records import NOON

RULES = Posture()


def ago(days):
    return NOON - timedelta(days=days)


def key(slot=1, made=10, used=1, *, active=True):
    return Key(slot=slot, active=active, made=ago(made), used=None if used is None else ago(used))


def said(identity, before=()):
    found, _ = users([identity], before, RULES, NOON)
    return {finding.rule: finding.says for finding in found.findings}


@pytest.mark.parametrize(
    ("keys", "stage"),
    [
        ([], "none"),
        ([key(made=89)], "none"),
        ([key(made=90)], "due"),
        ([key(1, made=120), key(2, made=3, used=None)], "made"),
        ([key(1, made=120, used=0), key(2, made=3, used=0)], "rolling-out"),
        ([key(1, made=120, used=6), key(2, made=10, used=0)], "rolling-out"),
        ([key(1, made=120, used=8), key(2, made=10, used=0)], "rolled-out"),
        ([key(1, made=120, used=None), key(2, made=10, used=0)], "rolled-out"),
        ([key(2, made=120), key(1, made=3, used=None)], "made"),
        ([Key(slot=1, active=True), key(2, made=100)], "made"),
    ],
)
def test_each_stage_of_a_rotation_is_told_by_age_and_use(keys, stage):
    assert rotation(keys, RULES, NOON)[0] == stage
    assert rotation(keys[::-1], RULES, NOON)[0] == stage


@pytest.mark.parametrize(
    ("days", "stage", "words"),
    [
        (0, "disabled", "in 7 days"),
        (6, "disabled", "in 1 day"),
        (7, "deletable", "delete it"),
        (40, "deletable", "40 days"),
    ],
)
def test_a_disabled_key_is_due_for_deletion_after_seven_days(days, stage, words):
    off = key(active=False)
    found = deletion(off, ago(days), has_other=True, rules=RULES, now=NOON)
    assert found[0] == stage
    assert words in found[1]


def test_since_when_a_key_is_disabled_is_when_we_first_saw_it_so_and_a_deleted_one_is_forgotten():
    ana = Identity(user="ana", keys=(key(1, active=False), key(2)))
    _, first = users([ana], (), RULES, NOON)
    assert first == (Disabled("ana", 1, NOON),)
    found, later = users([ana], first, RULES, NOON + timedelta(days=8))
    assert later == first
    assert any("delete it" in finding.says and "8 days" in finding.says for finding in found.findings)
    assert users([Identity(user="ana", keys=(key(2),))], later, RULES, NOON)[1] == ()


def test_a_user_with_a_password_and_no_mfa_is_told_and_one_without_password_is_not():
    assert "user-mfa" in said(Identity(user="ana", password=True, mfa=False))
    assert "user-mfa" not in said(Identity(user="ci", password=False, mfa=False))
    assert "user-mfa" not in said(Identity(user="ana", password=True, mfa=None))


def test_a_password_is_unused_by_its_last_use_or_since_it_was_made():
    assert "45 days" in said(Identity(user="a", password=True, mfa=True, password_used=ago(45)))["user-unused"]
    never = said(Identity(user="a", password=True, mfa=True, password_changed=ago(400), created=ago(500)))
    assert never == {
        "user-password-age": "password not changed for 400 days",
        "user-unused": "password never used since it was made for 400 days",
    }
    assert said(Identity(user="a", password=True, mfa=True, password_used=ago(44), password_changed=ago(364))) == {}


def test_two_active_keys_and_a_key_that_nobody_uses_are_told():
    found = said(Identity(user="ci", keys=(key(1, made=50, used=None), key(2, made=5))))
    assert found == {
        "user-unused": "key 1 never used since it was made for 50 days",
        "user-one-key": "has two active keys",
    }


def test_of_very_many_users_the_counts_are_exact_and_the_findings_few():
    found, _ = users([Identity(user=f"u{n}", password=True, mfa=False) for n in range(5000)], (), RULES, NOON)
    assert (found.number, found.against) == (5000, {"user-mfa": 5000})
    assert len(found.findings) == 100


times = st.none() | st.integers(0, 3000).map(ago)
keys = st.builds(Key, slot=st.sampled_from([1, 2]), active=st.booleans(), made=times, used=times)
identities = st.builds(
    Identity, user=st.text(min_size=1, max_size=8), created=times, password=st.none() | st.booleans(),
    password_used=times, password_changed=times, mfa=st.none() | st.booleans(),
    keys=st.lists(keys, max_size=2, unique_by=lambda one: one.slot).map(tuple),
)  # fmt: skip


@given(st.lists(identities, max_size=6, unique_by=lambda one: one.user))
def test_each_count_is_of_the_users_that_are_named(found):
    told, _ = users(found, (), RULES, NOON)
    for rule, number in told.against.items():
        assert number == len({finding.user for finding in told.findings if finding.rule == rule})
    assert sum(told.against.values()) >= len({finding.rule for finding in told.findings})


@given(st.lists(keys, max_size=2, unique_by=lambda one: one.slot))
def test_the_stage_does_not_depend_on_the_order_of_the_keys(found):
    active = [one for one in found if one.active]
    assert rotation(active, RULES, NOON) == rotation(active[::-1], RULES, NOON)
