"""The demo's story, as data: what happens where, and what must be told of it. The expectations are written by hand from
the design's rules; nothing here asks the core."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rootwatch_local.embedded.organisation import Account
from rootwatch_local.world import DATA, HUB, MANAGEMENT, PAYMENTS, SANDBOX

OFFICE: Final = "203.0.113.24"
STRANGER: Final = "198.51.100.77"

Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a beat must make its readers see: new pages, Slack messages and e-mails."""

    pages: int = 0
    slack: int = 0
    mails: int = 0


@dataclass(frozen=True, kw_only=True)
class Beat:
    """One thing that happens. ``account`` and ``region`` are where a reader would place it.

    ``slack_down``: Slack fails meanwhile, and follows when it is back. ``one_by_one``: each record is taken in before
    the next one is made.
    """

    title: str
    account: Account
    region: str
    records: Callable[[], list[Body]]
    expected: Expected
    slack_down: bool = False
    one_by_one: bool = False
    note: str = ""


def story() -> list[Beat]:
    """The beats, in order. Every call makes new records."""
    key_made = _call(PAYMENTS, "us-east-1", "iam", "CreateAccessKey", STRANGER)
    return [
        Beat(
            title="Somebody guesses the root password of prod-payments, twice",
            account=PAYMENTS,
            region="us-east-1",
            records=lambda: [_sign_in(PAYMENTS, STRANGER, ok=False) for _ in range(2)],
            expected=Expected(slack=1, mails=1),
            note="one message, no page: failed sign-ins alone wake nobody",
        ),
        Beat(
            title="A sign-in succeeds there, without MFA",
            account=PAYMENTS,
            region="us-east-1",
            records=lambda: [_sign_in(PAYMENTS, STRANGER)],
            expected=Expected(pages=1, slack=1, mails=1),
            note="critical: it pages",
        ),
        Beat(
            title="It makes an access key for the root user",
            account=PAYMENTS,
            region="us-east-1",
            records=lambda: [key_made],
            expected=Expected(pages=1, slack=1, mails=1),
            note="a new harm in the same incident: a second page, in the same Slack thread",
        ),
        Beat(
            title="CloudTrail tells of that key again",
            account=PAYMENTS,
            region="us-east-1",
            records=lambda: [key_made],
            expected=Expected(),
            note="the same eventID: nothing is told twice",
        ),
        Beat(
            title="Root signs in to the management account, with MFA",
            account=MANAGEMENT,
            region="us-east-1",
            records=lambda: [_sign_in(MANAGEMENT, OFFICE, mfa="Yes")],
            expected=Expected(pages=1, slack=1, mails=1),
            note="most tools never see this account",
        ),
        Beat(
            title="Root of the sandbox only looks around, far from the hub",
            account=SANDBOX,
            region="ap-southeast-2",
            records=lambda: [
                _call(
                    SANDBOX, "ap-southeast-2", "ec2", "DescribeInstances", OFFICE, readOnly=True, requestParameters={}
                )
            ],
            expected=Expected(pages=1, slack=1, mails=1),
            note="a read-only call in another Region: EventBridge hides it from ordinary rules",
        ),
        Beat(
            title="Ana declares a break-glass window for prod-data",
            account=MANAGEMENT,
            region="us-east-1",
            records=lambda: [_tag(DATA)],
            expected=Expected(slack=1, mails=1),
            note="told quietly: who declared it, until when, with which ticket",
        ),
        Beat(
            title="Root signs in to prod-data inside the window",
            account=DATA,
            region="us-east-1",
            records=lambda: [_sign_in(DATA, OFFICE, mfa="Yes")],
            expected=Expected(slack=1, mails=1),
            note="planned: it is told and recorded, and pages nobody",
        ),
        Beat(
            title="A colleague audits the root credentials of the security account",
            account=HUB,
            region="us-east-1",
            records=lambda: [
                _assume_root(HUB, "ASIAIOSFODNN7AUDIT01"),
                *(_audit(HUB, name, "ASIAIOSFODNN7AUDIT01") for name in ("ListAccessKeys", "ListMFADevices")),
            ],
            one_by_one=True,
            expected=Expected(slack=1, mails=1),
            note="CloudTrail logs it as plain root; its AssumeRoot tells whose work it is",
        ),
        Beat(
            title="Another audit there, whose AssumeRoot arrives late",
            account=HUB,
            region="us-east-1",
            records=lambda: [
                _audit(HUB, "GetAccountSummary", "ASIAIOSFODNN7AUDIT02"),
                _assume_root(HUB, "ASIAIOSFODNN7AUDIT02"),
            ],
            one_by_one=True,
            expected=Expected(slack=2, mails=2),
            note="told at once, its page held for seconds, then taken back",
        ),
        Beat(
            title="Root stops a trail inside the window, while Slack is down",
            account=DATA,
            region="eu-central-1",
            records=lambda: [
                _call(DATA, "eu-central-1", "cloudtrail", "StopLogging", STRANGER, requestParameters={"name": "main"})
            ],
            expected=Expected(pages=1, slack=1, mails=1),
            slack_down=True,
            note="no window covers that: it pages; e-mail at once, Slack as soon as it is back",
        ),
        Beat(
            title="IAM user “root” of the security account signs in",
            account=HUB,
            region="us-east-1",
            records=lambda: [_user_called_root()],
            expected=Expected(),
            note="not the root user: nothing is told",
        ),
    ]


@dataclass
class Total:
    """What was expected and received over the whole story."""

    expected: Expected = field(default_factory=Expected)
    received: Expected = field(default_factory=Expected)


def _body(account: Account, region: str, source: str, name: str, address: str, **changes: Any) -> Body:
    """A record as CloudTrail writes it (event version 1.11)."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root",
            "principalId": account.id,
            "arn": f"arn:aws:iam::{account.id}:root",
            "accountId": account.id,
            "accessKeyId": "",
        },
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": address,
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "requestParameters": None,
        "responseElements": None,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account.id,
        "eventCategory": "Management",
        **changes,
    }


def _sign_in(account: Account, address: str, *, mfa: str = "No", ok: bool = True) -> Body:
    failure: Mapping[str, str] = {} if ok else {"errorMessage": "Failed authentication"}
    return _body(
        account,
        "us-east-1",
        "signin",
        "ConsoleLogin",
        address,
        eventType="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": "Success" if ok else "Failure"},
        additionalEventData={
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
        **failure,
    )


def _call(account: Account, region: str, source: str, name: str, address: str, **changes: Any) -> Body:
    identity = {
        "type": "Root",
        "principalId": account.id,
        "arn": f"arn:aws:iam::{account.id}:root",
        "accountId": account.id,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {
            "attributes": {
                "creationDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "mfaAuthenticated": "false",
            }
        },
    }
    return _body(
        account, region, source, name, address, userIdentity=identity, sessionCredentialFromConsole="true", **changes
    )


def _tag(account: Account) -> Body:
    until = datetime.now(UTC) + timedelta(hours=2)
    value = f"until={until:%Y-%m-%dT%H:%MZ} ticket=SEC-142 by=ana@example.com"
    request = {"resourceId": account.id, "tags": [{"key": "break-glass", "value": value}]}
    return _colleague("organizations", "TagResource", requestParameters=request)


def _assume_root(target: Account, key: str) -> Body:
    expires = datetime.now(UTC) + timedelta(minutes=15)
    return _colleague(
        "sts",
        "AssumeRoot",
        requestParameters={
            "targetPrincipal": target.id,
            "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
        },
        responseElements={
            "credentials": {"accessKeyId": key, "expiration": expires.strftime("%b %d, %Y, %I:%M:%S %p")}
        },
    )


def _colleague(source: str, name: str, **changes: Any) -> Body:
    """What ana does in the management account, with a role of hers."""
    identity = {
        "type": "AssumedRole",
        "principalId": "AROACKCEVSQ6C2EXAMPLE:ana",
        "arn": f"arn:aws:sts::{MANAGEMENT.id}:assumed-role/SecurityEngineer/ana",
        "accountId": MANAGEMENT.id,
    }
    return _body(MANAGEMENT, "us-east-1", source, name, OFFICE, userIdentity=identity, **changes)


def _audit(account: Account, name: str, key: str) -> Body:
    """A call inside a privileged session, as CloudTrail logs it in the account."""
    call = _call(account, "us-east-1", "iam", name, OFFICE, readOnly=True)
    del call["sessionCredentialFromConsole"]
    return {**call, "userIdentity": {**call["userIdentity"], "accessKeyId": key}}


def _user_called_root() -> Body:
    identity = {
        "type": "IAMUser",
        "principalId": "AIDACKCEVSQ6C2EXAMPLE",
        "arn": f"arn:aws:iam::{HUB.id}:user/root",
        "accountId": HUB.id,
        "userName": "root",
    }
    return {**_sign_in(HUB, OFFICE, mfa="Yes"), "userIdentity": identity}
