"""CloudTrail records for tests, complete and redacted, made by what they are."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from rootwatch.core.record import Record, from_body
from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import parse

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ACCOUNT = "777788889999"
OTHER = "123456789012"
THIRD = "333344445555"
_numbers = itertools.count(1)


def settings(**changes: Any) -> Settings:
    """Settings with all three channels, the management account 111122223333 and the hub 444455556666."""
    return parse(
        {
            "organization_id": "o-exampleorgid",
            "management_account": "111122223333",
            "hub_account": "444455556666",
            "hub_region": "eu-central-1",
            "organizational_units": ["r-abcd"],
            "regions": ["us-east-1", "eu-central-1", "ap-southeast-2"],
            "slack": {"secret": "rootwatch/slack", "channel": "C0123456789"},
            "pagerduty": {"secret": "rootwatch/pagerduty"},
            **changes,
        }
    )


def body(name: str, at: datetime = NOON, *, account: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """A record's JSON object: a root API call unless ``changes`` say otherwise."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root",
            "principalId": account,
            "arn": f"arn:aws:iam::{account}:root",
            "accountId": account,
            "accessKeyId": "",
        },
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.5",
        "userAgent": "Mozilla/5.0",
        "requestParameters": None,
        "responseElements": None,
        "eventID": f"00000000-0000-4000-8000-{next(_numbers):012d}",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        **changes,
    }


def sign_in_body(at: datetime = NOON, *, mfa: str | None = "Yes", ok: bool = True, **changes: Any) -> dict[str, Any]:
    """A ConsoleLogin of root; ``mfa`` None leaves MFAUsed out."""
    failure = {} if ok else {"errorMessage": "Failed authentication"}
    return body(
        "ConsoleLogin",
        at,
        eventSource="signin.amazonaws.com",
        eventType="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": "Success" if ok else "Failure"},
        additionalEventData={"MobileVersion": "No", **({"MFAUsed": mfa} if mfa else {})},
        **failure,
        **changes,
    )


def record(value: dict[str, Any]) -> Record:
    """The record of a JSON object."""
    made = from_body(value, None)
    assert isinstance(made, Record)
    return made


def sign_in(at: datetime = NOON, *, mfa: str | None = "Yes", **changes: Any) -> Record:
    """A successful sign-in."""
    return record(sign_in_body(at, mfa=mfa, **changes))


def failed_sign_in(at: datetime = NOON, **changes: Any) -> Record:
    """A failed sign-in."""
    return record(sign_in_body(at, ok=False, mfa="No", **changes))


def call(name: str, at: datetime = NOON, **changes: Any) -> Record:
    """A root API call."""
    return record(body(name, at, **changes))


def after(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


MANAGEMENT = "111122223333"
HUB = "444455556666"
ANA = "arn:aws:sts::111122223333:assumed-role/SecurityEngineer/ana"
BEN = "arn:aws:sts::111122223333:assumed-role/SecurityEngineer/ben"
SESSION_KEY = "ASIAIOSFODNN7EXAMPLE"


def tag(value: str | None, at: datetime = NOON, *, account: str = ACCOUNT, by: str = ANA, **changes: Any) -> Record:
    """The break-glass tag set on an account (or removed: None), in the management account."""
    key = changes.pop("key", "break-glass")
    request = {"tagKeys": [key]} if value is None else {"tags": [{"key": key, "value": value}]}
    return record(
        body(
            "UntagResource" if value is None else "TagResource",
            at,
            account=changes.pop("caller", MANAGEMENT),
            eventSource="organizations.amazonaws.com",
            userIdentity={"type": "AssumedRole", "arn": by, "accountId": MANAGEMENT, **changes.pop("identity", {})},
            requestParameters={"resourceId": account, **request},
            **changes,
        )
    )


def assume_root(
    at: datetime = NOON, policy: str = "IAMAuditRootUserCredentials", *, target: str = ACCOUNT, **changes: Any
) -> Record:
    """A successful AssumeRoot of ana in the management account."""
    caller = changes.pop("caller", MANAGEMENT)
    return record(
        body(
            "AssumeRoot",
            at,
            account=caller,
            eventSource="sts.amazonaws.com",
            userIdentity={"type": "AssumedRole", "arn": changes.pop("by", ANA), "accountId": caller},
            requestParameters={
                "targetPrincipal": target,
                "taskPolicyArn": {"arn": f"arn:aws:iam::aws:policy/root-task/{policy}"},
            },
            responseElements={
                "credentials": {
                    "accessKeyId": changes.pop("key", SESSION_KEY),
                    "expiration": (at + timedelta(minutes=15)).strftime("%b %d, %Y, %I:%M:%S %p"),
                }
            },
            **changes,
        )
    )


def task_call(
    name: str, at: datetime = NOON, *, account: str = ACCOUNT, key: str = SESSION_KEY, **changes: Any
) -> Record:
    """What CloudTrail logs of a call inside a privileged session: plain root, without MFA."""
    session = {"creationDate": changes.pop("began", NOON).strftime("%Y-%m-%dT%H:%M:%SZ"), "mfaAuthenticated": "false"}
    identity = {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {"attributes": session},
    }
    return record(body(name, at, account=account, userIdentity=identity, **changes))
