"""What was found, each record once: the same answer for any order in which it was read."""

from hypothesis import given
from hypothesis import strategies as st

from rootwatch.archive import Damage, Found
from rootwatch.core.record import Envelope, from_body
from rootwatch_cli.history.gathering import Gathered, judge_found
from rootwatch_cli.history.selection import Selection
from tests.support.records import MANAGEMENT, NOON, OTHER, after, assume_root, body, sign_in_body, tag, task_call

BODIES = [
    sign_in_body(after(3)),
    sign_in_body(after(3), mfa="No"),
    body("CreateUser", after(2), eventTime=None),
    task_call("ListAccessKeys", after(1)).body,
    assume_root().body,
    tag("until=2026-11-24T18:00Z ticket=SEC-142").body,
    {"userIdentity": {"type": "rooT"}, "eventID": "odd"},
]
FOUND = [Found(from_body(one, None), file) for one in BODIES for file in ("a.json", "b.json", "c.json")]


def answer(found: list[Found]) -> list[tuple]:
    judged = judge_found(Gathered([*found, Damage("x", 0, "y")]), (), Selection(), None, NOON)
    return [(one.file, one.item.key, one.plan.kind, one.plan.fact and one.plan.fact.verdict) for one in judged]


@given(st.permutations(FOUND))
def test_any_order_gives_the_same_answer_and_each_record_comes_once(found):
    told = answer(found)
    assert told == answer(FOUND)
    assert len(told) == len(BODIES)
    assert {file for file, *_ in told} == {"a.json"}


def test_a_forged_copy_does_not_take_the_place_of_the_genuine_record():
    genuine = sign_in_body()
    forged = from_body(genuine, Envelope(account=OTHER, region="us-east-1", source=None))
    told = answer([Found(forged, "a.json"), Found(from_body(genuine, None), "b.json")])
    assert sorted((file, kind) for file, _, kind, _ in told) == [("a.json", "tampering"), ("b.json", "sign-in")]


def test_what_only_explains_is_not_told():
    found = [Found(from_body(one, None), "a.json") for one in BODIES]
    selection = Selection(accounts=frozenset({"777788889999"}))
    told = judge_found(Gathered(found), (), selection, None, NOON)
    assert MANAGEMENT not in {one.item.account for one in told}
