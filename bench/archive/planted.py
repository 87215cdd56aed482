"""The records that concern us, each with what it is: the needles, and the truth about them.

What they are is said here by hand, and by nothing of the code that is measured.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from bench.archive.fillers import Fillers
from bench.archive.layout import Place

Body = dict[str, Any]
Where = Literal["anywhere", "global", "management"]  # global: us-east-1; management: there, in the management account


class Planted(msgspec.Struct, frozen=True):
    """One kind of record to plant. ``make`` gives its JSON text; ``kind`` is None where it only looks like ours."""

    kind: str | None
    where: Where
    make: Callable[[Place, Fillers], str]


def record(place: Place, fill: Fillers, source: str, name: str, identity: object, **more: object) -> Body:
    """A record's JSON object: a call that changes something, unless ``more`` says otherwise."""
    return {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": f"{place.time:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": place.region,
        "sourceIPAddress": fill.address(),
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "requestParameters": None,
        "responseElements": None,
        "requestID": fill.uuid(),
        "eventID": fill.uuid(),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": place.account,
        "eventCategory": "Management",
        **more,
    }


def text(body: Body) -> str:
    """As CloudTrail writes it: no spaces."""
    return json.dumps(body, separators=(",", ":"))


def root(place: Place, **more: object) -> Body:
    """The root user of the place's account."""
    account = place.account
    arn = f"arn:aws:iam::{account}:root"
    return {"type": "Root", "principalId": account, "arn": arn, "accountId": account, "accessKeyId": "", **more}


def engineer(place: Place) -> Body:
    """Somebody of the security team, in a session of a role."""
    account = place.account
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/SecurityEngineer", "userName": "SecurityEngineer"}
    arn = f"arn:aws:sts::{account}:assumed-role/SecurityEngineer/ana"
    return {"type": "AssumedRole", "arn": arn, "accountId": account, "sessionContext": {"sessionIssuer": issuer}}


def _sign_in(place: Place, fill: Fillers) -> str:
    return text(_page(place, fill, "ConsoleLogin", "Success", additionalEventData={"MFAUsed": "Yes"}))


def _failed_sign_in(place: Place, fill: Fillers) -> str:
    return text(_page(place, fill, "ConsoleLogin", "Failure", errorMessage="Failed authentication"))


def _console_action(place: Place, fill: Fillers) -> str:
    return text(_page(place, fill, "EmailUpdated", "Success"))


def _recovery(place: Place, fill: Fillers) -> str:
    return text(_page(place, fill, "PasswordRecoveryCompleted", "Success"))


def _page(place: Place, fill: Fillers, name: str, outcome: str, **more: object) -> Body:
    said = {"eventType": "AwsConsoleSignIn", "responseElements": {name: outcome}, **more}
    return record(place, fill, "signin", name, root(place), **said)


def _api_call(place: Place, fill: Fillers) -> str:
    session = {"attributes": {"creationDate": f"{place.time:%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": "true"}}
    who = root(place, accessKeyId=fill.key(), sessionContext=session)
    return text(record(place, fill, "iam", "CreateAccessKey", who, sessionCredentialFromConsole="true"))


def _through_a_service(place: Place, fill: Fillers) -> str:
    who = root(place, invokedBy="cloudformation.amazonaws.com")
    return text(record(place, fill, "s3", "DeleteBucket", who, requestParameters={"bucketName": "example"}))


def _by_access_key(place: Place, fill: Fillers) -> str:
    who = root(place, accessKeyId="AKIAIOSFODNN7EXAMPLE")
    return text(record(place, fill, "ec2", "DescribeInstances", who, readOnly=True))


def _federated(place: Place, fill: Fillers) -> str:
    arn = f"arn:aws:sts::{place.account}:federated-user/ben"
    who = {"type": "FederatedUser", "arn": arn, "sessionContext": {"sessionIssuer": root(place)}}
    return text(record(place, fill, "s3", "ListBuckets", who, readOnly=True))


def _with_spaces(place: Place, fill: Fillers) -> str:
    return json.dumps(record(place, fill, "iam", "UpdateAccountPasswordPolicy", root(place)), indent=1)


def _in_escapes(place: Place, fill: Fillers) -> str:
    written = text(record(place, fill, "iam", "ListUsers", root(place), readOnly=True))
    return written.replace('"type":"Root"', r'"typ\u0065":"\u0052o\u006Ft"')


def _unreadable(place: Place, fill: Fillers) -> str:
    return text(record(place, fill, "iam", "GetAccountSummary", ["Root", place.account]))


def _assume_root(place: Place, fill: Fillers) -> str:
    policy = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    asked = {"targetPrincipal": "777788889999", "taskPolicyArn": {"arn": policy}}
    given = {"credentials": {"accessKeyId": fill.key(), "expiration": f"{place.time:%b %d, %Y, %I:%M:%S %p}"}}
    who = engineer(place)
    return text(record(place, fill, "sts", "AssumeRoot", who, requestParameters=asked, responseElements=given))


def _canary(place: Place, fill: Fillers) -> str:
    account = place.account
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/rootwatch/rootwatch-canary"}
    arn = f"arn:aws:sts::{account}:assumed-role/rootwatch-canary/{fill.hex(32)}"
    who = {"type": "AssumedRole", "arn": arn, "accountId": account, "sessionContext": {"sessionIssuer": issuer}}
    return text(record(place, fill, "sts", "GetCallerIdentity", who, readOnly=True))


def _by_engineer(source: str, name: str, asked: Mapping[str, object]) -> Callable[[Place, Fillers], str]:
    def make(place: Place, fill: Fillers) -> str:
        return text(record(place, fill, source, name, engineer(place), requestParameters=asked))

    return make


_TAG: Final = {"key": "break-glass", "value": "until=2026-11-24T18:00Z ticket=SEC-142"}
_NEW_EMAIL: Final = {"accountId": "777788889999", "primaryEmail": "aws@example.com"}

ROOT_USE: Final[Sequence[Planted]] = (
    Planted("sign-in", "global", _sign_in),
    Planted("api-call", "anywhere", _api_call),
    Planted("access-key-call", "anywhere", _by_access_key),
    Planted("federated", "anywhere", _federated),
    Planted("recovery", "global", _recovery),
    Planted("failed-sign-in", "global", _failed_sign_in),
    Planted("api-call", "anywhere", _through_a_service),
    Planted("console-action", "global", _console_action),
    Planted("api-call", "anywhere", _with_spaces),
    Planted("api-call", "anywhere", _in_escapes),
    Planted("unreadable", "anywhere", _unreadable),
)
WATCH: Final[Sequence[Planted]] = (
    Planted("assume-root", "management", _assume_root),
    Planted("tampering", "anywhere", _by_engineer("cloudtrail", "StopLogging", {"name": "organisation"})),
    Planted(
        "tag",
        "management",
        _by_engineer("organizations", "TagResource", {"resourceId": "777788889999", "tags": [_TAG]}),
    ),
    Planted(
        "tampering", "anywhere", _by_engineer("events", "PutRule", {"name": "rootwatch-root-use", "state": "ENABLED"})
    ),
    Planted("tampering", "anywhere", _by_engineer("events", "DisableRule", {"name": "rootwatch-watch"})),
    Planted("canary", "anywhere", _canary),
    Planted("root-access-switched", "management", _by_engineer("iam", "EnableOrganizationsRootSessions", {})),
    Planted(
        "tag",
        "management",
        _by_engineer("organizations", "UntagResource", {"resourceId": "777788889999", "tagKeys": ["break-glass"]}),
    ),
    Planted("root-email-changed", "management", _by_engineer("account", "StartPrimaryEmailUpdate", _NEW_EMAIL)),
)
