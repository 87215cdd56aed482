"""What sts:AssumeRoot says of itself, and which calls it stands behind."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.catalogue import load
from rootwatch.core.judge import judge
from rootwatch.core.record import Record
from rootwatch.core.tasks import Task, task_of, why_not
from tests.support.records import ACCOUNT, NOON, OTHER, after, body, call, record, settings

MANAGEMENT = "111122223333"
KEY = "ASIAIOSFODNN7EXAMPLE"


def assume_root(**changes: Any) -> Record:
    value = body(
        "AssumeRoot",
        account=MANAGEMENT,
        eventSource="sts.amazonaws.com",
        requestParameters={
            "targetPrincipal": ACCOUNT,
            "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"},
            "durationSeconds": 900,
        },
        responseElements={"credentials": {"accessKeyId": KEY, "expiration": "Nov 24, 2026, 12:15:00 PM"}},
    )
    value["userIdentity"] |= {"type": "AssumedRole", "arn": f"arn:aws:sts::{MANAGEMENT}:assumed-role/Ops/ana"}
    return record(value | changes)


def task(**changes: Any) -> Task:
    made = task_of(assume_root(**changes))
    assert made is not None
    return made


def refusal(one: Task, record_: Record, **changes: Any) -> str | None:
    return why_not(one, judge(record_, "api-call", load(), NOON), settings(**changes))


def unlock(at=NOON, name="DeleteBucketPolicy", account=ACCOUNT) -> Record:
    return call(name, at, account=account, eventSource="s3.amazonaws.com")


def test_a_task_says_who_may_act_where_for_what_until_when():
    made = task()
    assert (made.access_key_id, made.caller, made.target) == (KEY, MANAGEMENT, ACCOUNT)
    assert made.principal == f"arn:aws:sts::{MANAGEMENT}:assumed-role/Ops/ana"
    assert (made.policy, made.severity, made.expires) == ("S3UnlockBucketPolicy", "medium", after(15))


@pytest.mark.parametrize(
    ("expiration", "minutes"),
    [
        ("Nov 24, 2026, 12:10:00 PM", 10),
        ("Nov 24, 2026, 12:10:00\u202fPM", 10),
        ("2026-11-24T12:10:00Z", 10),
        ("Nov 25, 2026, 12:10:00 PM", 15),
        ("soon", 15),
        (None, 15),
        (["Nov"], 15),
    ],
)
def test_a_session_ends_as_stated_and_never_after_fifteen_minutes(expiration, minutes):
    made = task(responseElements={"credentials": {"accessKeyId": KEY, "expiration": expiration}})
    assert made.expires == after(minutes)


def test_without_a_stated_end_the_duration_asked_for_counts():
    request = {"targetPrincipal": ACCOUNT, "durationSeconds": 300}
    made = task(requestParameters=request, responseElements={"credentials": {"accessKeyId": KEY}})
    assert made.expires == after(5)


@pytest.mark.parametrize(
    "change",
    [
        {"errorCode": "AccessDenied"},
        {"responseElements": None},
        {"responseElements": {"credentials": {"accessKeyId": ""}}},
        {"eventTime": None},
        {"eventTime": "9999-12-31T23:59:59Z"},
        {"eventName": "AssumeRole"},
        {"eventSource": "iam.amazonaws.com"},
    ],
    ids=str,
)
def test_what_gave_nobody_a_session_is_no_task(change):
    assert task_of(assume_root(**change)) is None


def test_a_task_stands_behind_the_calls_that_its_policy_allows():
    assert refusal(task(), unlock(after(5))) is None


@pytest.mark.parametrize(
    ("one", "record_", "says"),
    [
        (task(), unlock(name="StopLogging"), "does not allow StopLogging"),
        (task(), unlock(account=OTHER), f"named the account {ACCOUNT}"),
        (task(), unlock(after(17)), "outside of the session's time"),
        (task(), unlock(after(-2)), "outside of the session's time"),
        (task(recipientAccountId=OTHER), unlock(), "neither the management account nor a delegated one"),
        (task(requestParameters={"targetPrincipal": ACCOUNT}), unlock(), "(none) does not allow"),
        (task(requestParameters={"targetPrincipal": ACCOUNT}), unlock(name="StopLogging"), "(none) does not allow"),
        (
            task(
                requestParameters={"targetPrincipal": ACCOUNT, "taskPolicyArn": "arn:aws:iam::aws:policy/root-task/New"}
            ),
            unlock(),
            "New does not allow",
        ),
    ],
)
def test_a_task_that_does_not_fit_stands_behind_nothing_and_says_why(one, record_, says):
    reason = refusal(one, record_)
    assert reason is not None
    assert says in reason


def test_a_task_for_nobody_stands_behind_no_call_of_an_unknown_account():
    nowhere = task(requestParameters={"taskPolicyArn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"})
    value = unlock().body | {"recipientAccountId": None, "userIdentity": {"type": "Root"}}
    assert refusal(nowhere, record(dict(value))) is not None


def test_a_delegated_administrator_may_begin_a_task():
    one = task(recipientAccountId=OTHER)
    assert refusal(one, unlock(), root_access_administrators=[OTHER]) is None


def test_a_clock_that_is_a_minute_off_is_forgiven():
    assert refusal(task(), unlock(NOON - timedelta(seconds=60))) is None
    assert refusal(task(), unlock(after(16))) is None


odd = st.none() | st.integers() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())


@given(request=odd, target=odd, policy=odd, seconds=odd, credentials=odd, expiration=odd)
def test_no_assume_root_raises(request, target, policy, seconds, credentials, expiration):
    parameters = {"targetPrincipal": target, "taskPolicyArn": policy, "durationSeconds": seconds}
    for asked in (request, parameters):
        for given_ in (credentials, {"accessKeyId": KEY, "expiration": expiration}):
            made = task_of(assume_root(requestParameters=asked, responseElements={"credentials": given_}))
            if made:
                assert made.expires - made.at <= timedelta(minutes=15)
                refusal(made, unlock())


@pytest.mark.parametrize("policy", ["IAMAuditRootUserCredentials", "IAMDeleteRootUserCredentials"])
def test_who_may_touch_roots_credentials_may_look_at_them(policy):
    request = {"targetPrincipal": ACCOUNT, "taskPolicyArn": f"arn:aws:iam::aws:policy/root-task/{policy}"}
    assert refusal(task(requestParameters=request), call("ListMFADevices")) is None


def test_who_may_look_at_roots_credentials_may_not_delete_them():
    request = {
        "targetPrincipal": ACCOUNT,
        "taskPolicyArn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    }
    assert refusal(task(requestParameters=request), call("DeleteAccessKey")) is not None
