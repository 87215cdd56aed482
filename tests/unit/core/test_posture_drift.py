"""Drift over any days: what is told, and that it is over, take turns; what is not known tells nothing."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.posture import Posture, RootState
from rootwatch.core.posture_drift import drift
from rootwatch.core.posture_report import Key
from tests.support.records import ACCOUNT, NOON, settings

SETTINGS = settings()
KEYS = [Key(slot=slot, active=active, made=NOON - timedelta(days=made)) for slot in (1, 2) for active in (True, False)
        for made in (1, 2)]  # fmt: skip
roots = st.builds(
    RootState,
    mfa=st.none() | st.booleans(),
    password=st.none() | st.booleans(),
    keys=st.none() | st.lists(st.sampled_from(KEYS), max_size=2, unique_by=lambda key: key.slot).map(tuple),
)
days = st.lists(st.tuples(roots, st.integers(0, 9).map(lambda number: number == 0)), min_size=1, max_size=12)
blank = RootState()


def lived(found, *, is_new=False):
    """Every fact that is told over these days, a day apart: the trouble, whether it began, the fact; and the end."""
    posture = Posture(account=ACCOUNT, since=NOON, is_new=is_new)
    told = []
    for number, (root, gone) in enumerate(found):
        now = NOON + timedelta(days=number)
        read = msgspec.structs.replace(posture, root=root, looked_at=now, gone=now if gone else None)
        one = drift(read, SETTINGS, now)
        told += [(fact.cause, False, fact) for fact in one.over] + [(fact.cause, True, fact) for fact in one.began]
        posture = msgspec.structs.replace(one.posture, version=posture.version + 1)
    return told, posture


@given(days, st.booleans())
def test_what_begins_and_what_is_over_take_turns_and_what_stands_is_what_was_told_last(found, is_new):
    told, posture = lived(found, is_new=is_new)
    standing = set()
    for trouble, begins, _ in told:
        if begins:
            assert trouble == "key" or trouble not in standing  # another key folds into what stands
            standing.add(trouble)
        else:
            assert trouble in standing
            standing.remove(trouble)
    assert standing == set(posture.told)


@given(days, st.booleans())
def test_no_observation_has_the_key_of_another(found, is_new):
    told, _ = lived(found, is_new=is_new)
    keys = [fact.key for _, _, fact in told]
    assert len(keys) == len(set(keys))


@given(days, st.booleans(), st.data())
def test_days_on_which_nothing_could_be_read_change_nothing_that_is_told(found, is_new, data):
    where = data.draw(st.integers(0, len(found)))
    with_gap = [*found[:where], (blank, False), *found[where:]]
    # A new account's grace goes on meanwhile.
    plain = [(trouble, begins) for trouble, begins, _ in lived(found)[0]]
    assert [(trouble, begins) for trouble, begins, _ in lived(with_gap)[0]] == plain


@given(days)
def test_looking_twice_on_a_day_tells_nothing_more(found):
    once, _ = lived(found)
    twice, _ = lived([day for day in found for _ in range(2)])
    assert [(trouble, begins) for trouble, begins, _ in twice] == [(trouble, begins) for trouble, begins, _ in once]


@given(roots)
def test_the_first_look_at_an_account_that_was_there_tells_nothing(root):
    assert lived([(root, False)])[0] == []
