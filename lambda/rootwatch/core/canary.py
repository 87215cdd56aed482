"""Canaries: real and harmless calls that we cause in every account and Region, to prove that we would hear root there.

One is ``sts:GetCallerIdentity``, read-only, called in the role ``rootwatch-canary`` with a nonce as the session's name.
Nobody can name that role in a record but AWS: what is believed of it are the issuer's ARN and the account whose record
it is. The nonce says that the call was ours.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

import re
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.record import Item, Record
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.root_use import not_from_cloudtrail
from rootwatch.core.settings import Settings
from rootwatch.core.watched import bare
from rootwatch.core.words import Path

ROLE_NAME: Final = "rootwatch-canary"
ROLE: Final = f"role/rootwatch/{ROLE_NAME}"  # as an ARN ends
SOURCE: Final = "sts.amazonaws.com"
ACTION: Final = "GetCallerIdentity"
_ISSUER: Final = re.compile(rf"arn:aws[a-z-]*:iam::([0-9]{{12}}):{ROLE}")
_SESSION: Final = re.compile(rf"arn:aws[a-z-]*:sts::([0-9]{{12}}):assumed-role/{ROLE_NAME}/([A-Za-z0-9_+=,.@-]+)")
_OLD: Final = timedelta(hours=2)  # an older one may be any that was sent; of these we keep no list


class Canary(msgspec.Struct, frozen=True, kw_only=True):
    """A call in the canary's role, whoever made it."""

    account: str
    region: str | None
    nonce: str
    path: Path


class Session(msgspec.Struct, frozen=True):
    """A session of the canary's role: in which account, and the name it was given."""

    account: str
    nonce: str


def canary_of(item: Item) -> Canary | None:
    """The canary that a record tells of; None for any other record. A record that names another account than its own
    is none: it is a forgery."""
    if not isinstance(item, Record) or not_from_cloudtrail(item) or item.identity is None:
        return None
    if (item.source, item.name, item.identity.type) != (SOURCE, ACTION, "AssumedRole"):
        return None
    session = session_of(item.identity.issuer_arn or "", item.identity.arn or "")
    if session is None or {session.account, item.recipient or item.account} != {item.account}:
        return None
    # Only EventBridge's envelope has a source: a log file's is its key.
    path: Path = "EventBridge" if item.envelope and item.envelope.source else "log file"
    return Canary(account=session.account, region=item.region, nonce=session.nonce, path=path)


def session_of(issuer: str, session: str) -> Session | None:
    """The session of the canary's role that these two ARNs name; None if they name another, or two accounts."""
    role, called = _ISSUER.fullmatch(issuer), _SESSION.fullmatch(session)
    return Session(called[1], called[2]) if role and called and role[1] == called[1] else None


def heard(canary: Canary, roll: Roll, before: Heard, now: datetime) -> Heard | None:
    """What is known of the place once this canary counts; None if it is not one of those last sent there."""
    sent = roll.sent(canary.nonce)
    return before.with_canary(sent, canary.path, now) if sent and canary.region in roll.places else None


def is_old(record: Record, now: datetime) -> bool:
    """Whether a canary's nonce may have been ours, though it is not among the last: log files can be read any time."""
    return record.time is None or now - record.time > _OLD


def forgery(record: Record, settings: Settings, now: datetime) -> Fact:
    """Somebody else called in the canary's role: in their own account, so that they can tell of themselves alone."""
    account = record.account
    guarded = account in settings.guarded_accounts
    return msgspec.structs.replace(
        bare(record, now),
        kind="tampering",
        harm="watch",
        severity="critical" if guarded else "high",
        title=f"{ROLE_NAME} used by somebody else",
        says=f"the account {account} has a session of the role {ROLE_NAME} that rootwatch did not start",
        means=(
            "Only rootwatch's hub may take this role, and it takes no other session. Somebody changed whom the role "
            "trusts, perhaps to let the watch look alive where it is cut. The call proved nothing to us."
        ),
        do_now=(
            f"Look at who may take the role {ROLE_NAME} in this account and who changed that, and compare the rules "
            "named rootwatch-* there with the deployed ones."
        ),
        technique="T1562.001",
        cause=f"{ROLE_NAME} used by somebody else",
        why=("a canary that was not ours",),
    )
