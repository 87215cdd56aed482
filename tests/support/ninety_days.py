"""Ninety days of an organisation with eight accounts, as its trail would have logged them: by code, always the same.

What happened: break-glass windows, one of them overstepped; a break-in on a Sunday night; colleagues' privileged tasks
on Mondays; failed sign-ins, guessing over several accounts; a root access key that a forgotten job uses every night.
"""

import gzip
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.records import ANA, BEN, HUB, MANAGEMENT, body, sign_in_body

Body = dict[str, Any]

FIRST = datetime(2026, 8, 26, tzinfo=UTC)
DAYS = 90
PAYMENTS, DATA, STAGING, SANDBOX, LEGACY, NETWORK = (
    "777788889999",
    "123456789012",
    "333344445555",
    "210987654321",
    "222233334444",
    "555566667777",
)
NAMES = {
    MANAGEMENT: "org-management",
    HUB: "security",
    PAYMENTS: "prod-payments",
    DATA: "prod-data",
    STAGING: "staging",
    SANDBOX: "sandbox",
    LEGACY: "legacy-billing",
    NETWORK: "network",
}
OFFICE, HOME, STRANGER, JOB = "203.0.113.24", "203.0.113.90", "198.51.100.77", "192.0.2.10"
COUNTRIES = {OFFICE: "DE", HOME: "NL", STRANGER: "BR", JOB: "US"}
KEY = "AKIAIOSFODNN7EXAMPLE"


def at(day: int, clock: str) -> datetime:
    """A time on one of the ninety days, the first of which is 1."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return FIRST + timedelta(days=day - 1, hours=hours, minutes=minutes, seconds=sum(seconds))


def records() -> Iterator[Body]:
    """Every record, in no particular order; eventIDs are numbered."""
    told = itertools.chain(
        _forgotten_key(), _mondays(), _planned(), _overstepped(), _break_in(), _slips(), _guessing(), _others()
    )
    for number, one in enumerate(told, 1):
        yield {**one, "eventID": f"90da9590-0000-4000-8000-{number:012d}"}


def log_files(bodies: Iterable[Body]) -> Iterator[tuple[str, bytes]]:
    """Log files by their keys, gzipped: one an account, Region and day, as an organisation trail writes many."""
    files: dict[tuple[str, str, str], list[Body]] = defaultdict(list)
    for one in bodies:
        files[one["recipientAccountId"], one["awsRegion"], one["eventTime"][:10]].append(one)
    for (account, region, day), found in sorted(files.items()):
        ordered = sorted(found, key=lambda one: (one["eventTime"], one["eventID"]))
        written = (datetime.fromisoformat(ordered[-1]["eventTime"]) + timedelta(minutes=5)).strftime("%Y%m%dT%H%MZ")
        name = f"{account}_CloudTrail_{region}_{written}_Ab12Cd34Ef56Gh78.json.gz"
        key = f"AWSLogs/o-exampleorgid/{account}/CloudTrail/{region}/{day.replace('-', '/')}/{name}"
        yield key, gzip.compress(json.dumps({"Records": ordered}).encode(), mtime=0)


def write(folder: Path, bodies: Iterable[Body] | None = None) -> Path:
    """The log files below this folder, and beside them what ``aws organizations list-accounts`` would say."""
    for key, content in log_files(records() if bodies is None else bodies):
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(content)
    accounts = [{"Id": number, "Name": name, "State": "ACTIVE"} for number, name in NAMES.items()]
    (folder / "accounts.json").write_text(json.dumps({"Accounts": accounts}, indent=1))
    return folder


def many(incidents: int, seed: int = 7) -> Iterator[Body]:
    """So many incidents over 50 accounts, of some three root events each: 1,500 of them take ninety days."""
    numbers = itertools.count(1)
    calls = ["CreateUser", "ListUsers", "StopLogging", "CreateAccessKey", "PutBucketPolicy", "DescribeInstances"]
    for number in range(incidents):
        mixed = (number * 2654435761 + seed) % 2**32
        account = f"3{number % 50:011d}"
        time = FIRST + timedelta(hours=70 * (number // 50), minutes=mixed % 4000)
        address = f"198.51.100.{mixed % 200}"
        yield _numbered(
            next(numbers),
            sign_in_body(time, account=account, mfa=("Yes", "No", None)[mixed % 3], sourceIPAddress=address),
        )
        for step in range(1, 2 + mixed % 4):
            name = calls[(mixed >> step) % len(calls)]
            yield _numbered(
                next(numbers),
                body(
                    name,
                    time + timedelta(minutes=step),
                    account=account,
                    sourceIPAddress=address,
                    awsRegion="eu-central-1",
                ),
            )


def _numbered(number: int, one: Body) -> Body:
    return {**one, "eventID": f"5000da75-0000-4000-8000-{number:012d}"}


def _forgotten_key() -> Iterator[Body]:
    """A job of 2019 that copies invoices: every working night, with the key of root, until it is found on day 76."""
    identity = {"type": "Root", "principalId": LEGACY, "arn": f"arn:aws:iam::{LEGACY}:root", "accountId": LEGACY}
    for day in range(1, 77):
        if at(day, "0:00").weekday() >= 5:
            continue
        for step, name in enumerate(("ListBuckets", "GetBucketLocation", "GetBucketAcl")):
            yield body(
                name,
                at(day, f"2:05:{step * 4}"),
                account=LEGACY,
                eventSource="s3.amazonaws.com",
                awsRegion="us-east-1",
                sourceIPAddress=JOB,
                userAgent="[aws-cli/1.16.14 Python/2.7.15]",
                readOnly=True,
                userIdentity={**identity, "accessKeyId": KEY},
            )


def _mondays() -> Iterator[Body]:
    """Every second Monday ana looks at the root credentials of four accounts; once ben unlocks a bucket."""
    for week, day in enumerate(range(6, DAYS + 1, 14)):
        for step, account in enumerate((PAYMENTS, DATA, STAGING, NETWORK)):
            time = at(day, f"9:{30 + 3 * step}")
            yield from _task(
                time,
                account,
                ANA,
                "IAMAuditRootUserCredentials",
                f"ASIAAUDIT{week:02d}{step:05d}EXAM",
                ("GetAccountSummary", "ListAccessKeys", "ListMFADevices"),
            )
    yield from _task(
        at(37, "13:20"), DATA, BEN, "S3UnlockBucketPolicy", "ASIAUNLOCK0000000EXA", ("DeleteBucketPolicy",)
    )


def _task(time: datetime, account: str, by: str, policy: str, key: str, calls: Iterable[str]) -> Iterator[Body]:
    caller = {"type": "AssumedRole", "arn": by, "accountId": MANAGEMENT}
    yield body(
        "AssumeRoot",
        time,
        account=MANAGEMENT,
        eventSource="sts.amazonaws.com",
        userIdentity=caller,
        sourceIPAddress=OFFICE,
        awsRegion="us-east-1",
        requestParameters={
            "targetPrincipal": account,
            "taskPolicyArn": {"arn": f"arn:aws:iam::aws:policy/root-task/{policy}"},
        },
        responseElements={
            "credentials": {
                "accessKeyId": key,
                "expiration": (time + timedelta(minutes=15)).strftime("%b %d, %Y, %I:%M:%S %p"),
            }
        },
    )
    session = {"creationDate": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "mfaAuthenticated": "false"}
    root = {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", "accountId": account}
    for step, name in enumerate(calls, 1):
        yield body(
            name,
            time + timedelta(seconds=9 * step),
            account=account,
            eventSource="s3.amazonaws.com" if "Bucket" in name else "iam.amazonaws.com",
            sourceIPAddress=OFFICE,
            readOnly="Bucket" not in name,
            userIdentity={**root, "accessKeyId": key, "sessionContext": {"attributes": session}},
        )


def _planned() -> Iterator[Body]:
    """Three times root is declared, and does what was declared."""
    for day, account, ticket in ((15, PAYMENTS, "SEC-142"), (42, DATA, "SEC-171"), (70, NETWORK, "SEC-188")):
        yield _tag(
            at(day, "13:50"), account, f"until={at(day, '16:00'):%Y-%m-%dT%H:%MZ} ticket={ticket} covers=contact", ANA
        )
        yield _tag(at(day, "13:55"), account, ticket, BEN, key="break-glass-approval")
        yield sign_in_body(at(day, "14:02"), account=account, sourceIPAddress=OFFICE)
        yield body(
            "GetAccountInformation",
            at(day, "14:04"),
            account=account,
            eventSource="account.amazonaws.com",
            sourceIPAddress=OFFICE,
            readOnly=True,
        )
        yield body(
            "PutAlternateContact",
            at(day, "14:09"),
            account=account,
            eventSource="account.amazonaws.com",
            sourceIPAddress=OFFICE,
        )
        yield _tag(at(day, "14:40"), account, None, ANA)


def _overstepped() -> Iterator[Body]:
    """A window that is used for more than a window can cover: root makes itself an access key."""
    yield _tag(at(56, "8:15"), SANDBOX, f"until={at(56, '10:00'):%Y-%m-%dT%H:%MZ} ticket=SEC-179", BEN)
    yield sign_in_body(at(56, "8:31"), account=SANDBOX, sourceIPAddress=HOME)
    yield body("CreateAccessKey", at(56, "8:38"), account=SANDBOX, sourceIPAddress=HOME)


def _break_in() -> Iterator[Body]:
    """Guessing, a password recovery, and then everything that a thief does first."""
    for minute in (1, 2, 2, 4):
        yield sign_in_body(at(54, f"3:0{minute}"), account=STAGING, ok=False, mfa="No", sourceIPAddress=STRANGER)
    yield _recovery(at(54, "3:07"), "PasswordRecoveryRequested")
    yield _recovery(at(54, "3:10"), "PasswordRecoveryCompleted")
    yield sign_in_body(at(54, "3:12"), account=STAGING, mfa="No", sourceIPAddress=STRANGER)
    steps = (
        ("ListUsers", "iam", True),
        ("CreateUser", "iam", False),
        ("AttachUserPolicy", "iam", False),
        ("CreateAccessKey", "iam", False),
        ("StopLogging", "cloudtrail", False),
        ("DeleteDetector", "guardduty", False),
        ("RunInstances", "ec2", False),
        ("RunInstances", "ec2", False),
    )
    for step, (name, service, reads) in enumerate(steps):
        changes: Body = {"requestParameters": {"userName": "backup-svc"}} if "User" in name and not reads else {}
        yield body(
            name,
            at(54, f"3:{14 + 2 * step}"),
            account=STAGING,
            eventSource=f"{service}.amazonaws.com",
            awsRegion="us-east-1" if service == "iam" else "eu-central-1",
            sourceIPAddress=STRANGER,
            readOnly=reads,
            **changes,
        )


def _recovery(time: datetime, name: str) -> Body:
    return body(
        name,
        time,
        account=STAGING,
        eventSource="signin.amazonaws.com",
        eventType="AwsConsoleSignIn",
        sourceIPAddress=STRANGER,
        responseElements={name: "Success"},
    )


def _slips() -> Iterator[Body]:
    """Somebody mistypes, and gets in with MFA a minute later; others only try."""
    for day, account in ((9, DATA), (33, NETWORK), (61, PAYMENTS)):
        yield sign_in_body(at(day, "10:11"), account=account, ok=False, mfa="No", sourceIPAddress=OFFICE)
    yield sign_in_body(at(33, "10:12"), account=NETWORK, sourceIPAddress=OFFICE)
    yield body(
        "DescribeVpcs",
        at(33, "10:15"),
        account=NETWORK,
        eventSource="ec2.amazonaws.com",
        awsRegion="eu-central-1",
        sourceIPAddress=OFFICE,
        readOnly=True,
    )
    yield sign_in_body(at(24, "23:48"), account=SANDBOX, mfa=None, sourceIPAddress=HOME)
    yield sign_in_body(at(66, "15:05"), account=MANAGEMENT, sourceIPAddress=OFFICE)
    yield body(
        "UpdatePaymentMethod",
        at(66, "15:12"),
        account=MANAGEMENT,
        eventSource="payments.amazonaws.com",
        sourceIPAddress=OFFICE,
    )


def _guessing() -> Iterator[Body]:
    """One address tries the root of four accounts."""
    for step, account in enumerate((PAYMENTS, DATA, NETWORK, SANDBOX, PAYMENTS)):
        yield sign_in_body(at(79, f"1:{20 + 4 * step}"), account=account, ok=False, mfa="No", sourceIPAddress=STRANGER)


def _others() -> Iterator[Body]:
    """What is no root use, and concerns the watch: a trail stopped by a role, and that role tidied up after."""
    eve = {"type": "AssumedRole", "arn": f"arn:aws:sts::{SANDBOX}:assumed-role/Developer/eve", "accountId": SANDBOX}
    for name, clock in (("StopLogging", "11:02"), ("StartLogging", "11:20")):
        yield body(
            name,
            at(28, clock),
            account=SANDBOX,
            eventSource="cloudtrail.amazonaws.com",
            awsRegion="eu-central-1",
            userIdentity=eve,
            sourceIPAddress=HOME,
        )


def _tag(time: datetime, account: str, value: str | None, by: str, key: str = "break-glass") -> Body:
    request: Body = {"tagKeys": [key]} if value is None else {"tags": [{"key": key, "value": value}]}
    return body(
        "UntagResource" if value is None else "TagResource",
        time,
        account=MANAGEMENT,
        eventSource="organizations.amazonaws.com",
        userIdentity={"type": "AssumedRole", "arn": by, "accountId": MANAGEMENT},
        sourceIPAddress=OFFICE,
        requestParameters={"resourceId": account, **request},
    )
