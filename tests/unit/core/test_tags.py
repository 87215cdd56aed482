"""Which records set or remove the break-glass tag, and whose are believed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.record import Record
from rootwatch.core.tags import Tagging, Tags, taggings_of
from tests.support.records import ACCOUNT, NOON, OTHER, body, record, settings

MANAGEMENT, HUB = "111122223333", "444455556666"
VALUE = "until=2026-11-24T18:00Z ticket=SEC-142"
ANA, BEN = (f"arn:aws:sts::{MANAGEMENT}:assumed-role/Ops/{name}" for name in ("ana", "ben"))
ROOT = f"arn:aws:iam::{MANAGEMENT}:root"


def tagging(name: str = "TagResource", account: str = MANAGEMENT, **changes: Any) -> Record:
    asked = {"tags": [{"key": "team", "value": "x"}, {"key": "break-glass", "value": VALUE}]}
    asked = asked if name == "TagResource" else {"tagKeys": ["team", "break-glass"]}
    value = body(
        name,
        account=account,
        eventSource="organizations.amazonaws.com",
        requestParameters={"resourceId": ACCOUNT, **asked},
    )
    value["userIdentity"] |= {"type": "AssumedRole", "arn": ANA}
    return record(value | changes)


def test_a_tag_that_is_set_says_which_account_what_when_and_who():
    expected = Tagging(account=ACCOUNT, purpose="window", value=VALUE, at=NOON, by=ANA, by_root=False)
    assert taggings_of(tagging(), settings()) == (expected,)


def test_a_tag_that_is_removed_has_no_value():
    [removed] = taggings_of(tagging("UntagResource"), settings())
    assert removed.value is None


def test_the_hub_and_a_delegated_administrator_are_believed_too():
    assert taggings_of(tagging(account=HUB), settings()) != ()
    assert taggings_of(tagging(account=OTHER), settings(root_access_administrators=[OTHER])) != ()


@pytest.mark.parametrize(
    ("record_", "why"),
    [
        (tagging(account=OTHER), "a member's record is not believed"),
        (tagging(account=ACCOUNT), "nor is that of the account itself"),
        (tagging(errorCode="AccessDeniedException"), "it failed"),
        (tagging(eventSource="ec2.amazonaws.com"), "another service's TagResource"),
        (tagging(requestParameters={"resourceId": "ou-a1b2-12345678", "tags": []}), "no account is tagged"),
        (tagging(requestParameters={"resourceId": ACCOUNT, "tags": [{"key": "Break-Glass", "value": VALUE}]}), "case"),
        (
            tagging(requestParameters={"resourceId": ACCOUNT, "tags": [{"key": "break-glass", "value": None}]}),
            "no text",
        ),
        (tagging("UntagResource", requestParameters={"resourceId": ACCOUNT, "tagKeys": ["team"]}), "another key"),
        (tagging("CreateAccount"), "another action"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_touch_the_tag_or_is_not_believed_is_none(record_, why):
    assert taggings_of(record_, settings()) == ()


@pytest.mark.parametrize(
    "identity",
    [
        {"type": "Root", "accountId": MANAGEMENT},
        {"type": "FederatedUser", "sessionContext": {"sessionIssuer": {"type": "Root"}}},
    ],
    ids=["root", "root's federation session"],
)
def test_a_tag_that_root_set_says_so(identity):
    [made] = taggings_of(tagging(userIdentity=identity), settings())
    assert made.by_root


def test_the_tag_has_the_key_of_the_settings():
    assert taggings_of(tagging(), settings(break_glass_tag="emergency")) == ()


odd = st.none() | st.integers() | st.text() | st.lists(st.text() | st.none() | st.dictionaries(st.text(), st.text()))


@given(name=st.sampled_from(["TagResource", "UntagResource"]), resource=odd, tags=odd, request=odd)
def test_no_request_raises(name, resource, tags, request):
    for asked in (request, {"resourceId": ACCOUNT, "tags": tags, "tagKeys": tags}, {"resourceId": resource}):
        made = taggings_of(tagging(name, requestParameters=asked), settings())
        assert all(one.account == ACCOUNT for one in made)


def test_one_call_may_set_the_window_and_the_approval():
    tags = [{"key": "break-glass", "value": VALUE}, {"key": "break-glass-approval", "value": "SEC-142"}]
    made = taggings_of(tagging(requestParameters={"resourceId": ACCOUNT, "tags": tags}), settings())
    assert [one.purpose for one in made] == ["window", "approval"]


SAME_SECOND = [
    Tagging(account=ACCOUNT, purpose="approval", value="SEC-142", at=NOON, by=ANA),
    Tagging(account=ACCOUNT, purpose="approval", value="SEC-142", at=NOON, by=BEN),
    Tagging(account=ACCOUNT, purpose="window", value=VALUE, at=NOON, by=ANA),
    Tagging(account=ACCOUNT, purpose="window", value=VALUE, at=NOON, by=ROOT, by_root=True),
    Tagging(account=ACCOUNT, purpose="use", value="203.0.113.0/24", at=NOON, by="203.0.113.5"),
    Tagging(account=ACCOUNT, purpose="use", value="203.0.113.0/24", at=NOON, by="203.0.113.9"),
]


@given(st.permutations(SAME_SECOND))
def test_what_several_did_within_one_second_is_known_of_each_in_every_order(order):
    known = Tags(account=ACCOUNT)
    for one in order:
        known = known.with_more(one)
    assert len(known.taggings) == len(SAME_SECOND)
    assert known == Tags(account=ACCOUNT).with_more(*SAME_SECOND)
    assert known.with_more(*order) == known
    assert known.latest("window").by_root, "root came last: the noisy side"
