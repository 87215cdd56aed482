"""One CloudTrail record as the core sees it.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core import fields

_KEY: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
# JSON inside of JSON puts backslashes before the quotation mark, one, three, seven, and may spell letters as escapes.
_SAYS_ROOT: Final = re.compile(r'"Root\\*"|:root\b|\\u0052|\\u006[fF]|\\u0074')
_CLOUDTRAIL_FIELDS: Final = frozenset(
    {"eventName", "eventSource", "eventID", "eventType", "eventVersion", "userIdentity"}
)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """``userIdentity``, read tolerantly: what is absent or of another type is None."""

    type: str | None
    account: str | None
    arn: str | None
    access_key_id: str | None
    user_name: str | None
    invoked_by: str | None
    mfa_authenticated: bool | None
    session_created: datetime | None
    sign_in_session: str | None
    issuer_type: str | None
    issuer_arn: str | None
    assumed_root: bool | None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What carried the record: EventBridge's envelope, or the key of a log file. Its account is the truth."""

    account: str | None
    region: str | None
    source: str | None
    replay_name: str | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudTrail record. ``body`` is all of it, for the catalogue's patterns alone: never stored, never logged."""

    key: str
    event_id: str | None
    time: datetime | None
    account: str | None
    recipient: str | None
    region: str | None
    source: str | None
    name: str | None
    type: str | None
    read_only: bool | None
    identity: Identity | None
    address: str | None
    user_agent: str | None
    error_code: str | None
    error_message: str | None
    envelope: Envelope | None
    body: Mapping[str, object]


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """Something that stood where a record should stand. ``mentions_root`` decides whether it is told."""

    key: str
    reason: str
    mentions_root: bool
    envelope: Envelope | None = None
    event_id: str | None = None
    account: str | None = None
    region: str | None = None


Item = Record | Unreadable


def looks_like_a_record(value: object) -> bool:
    """Whether an object has any of the fields by which a CloudTrail record is known.

    Lambda's own events have them too: what came from ``aws:sqs``, ``aws:s3``, ``aws:sns`` carries or tells of records.
    """
    if not isinstance(value, Mapping) or _CLOUDTRAIL_FIELDS.isdisjoint(value):
        return False
    source = value.get("eventSource")
    return not (isinstance(source, str) and source.startswith("aws:"))


def digest(*parts: object) -> str:
    """32 hexadecimal characters that stand for these parts, whatever they hold and however deep."""
    found = hashlib.sha256()
    stack: list[object] = [parts]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            found.update(b"{%d" % len(item))
            stack += [part for pair in item.items() for part in pair]
        elif isinstance(item, list | tuple):
            found.update(b"[%d" % len(item))
            stack += item
        else:
            # Hexadecimal: Python refuses to write an integer of more than 4,300 digits in any other way.
            text = f"{item:x}" if isinstance(item, int) else str(item)
            found.update(f"{type(item).__name__} {len(text)} {text}".encode("utf-8", "surrogatepass"))
    return found.hexdigest()[:32]


def from_body(body: Mapping[str, object], envelope: Envelope | None) -> Record | Unreadable:
    """Reads one record; a record whose ``userIdentity`` can't be read is Unreadable."""
    identity = body.get("userIdentity")
    event_id = fields.text(body.get("eventID"), 128)
    if not _can_be_read(identity):
        return Unreadable(
            key=_key(body, envelope),
            reason="its userIdentity is not what CloudTrail writes",
            mentions_root=mentions_root(identity),
            envelope=envelope,
            event_id=event_id,
            account=_account(body, envelope),
            region=_region(body, envelope),
        )
    return Record(
        key=_key(body, envelope),
        event_id=event_id,
        time=fields.moment(body.get("eventTime")),
        account=_account(body, envelope),
        recipient=fields.account_id(body.get("recipientAccountId")),
        region=_region(body, envelope),
        source=fields.text(body.get("eventSource"), 128),
        name=fields.text(body.get("eventName"), 128),
        type=fields.text(body.get("eventType"), 64),
        read_only=fields.truth(body.get("readOnly")),
        identity=_identity(identity) if isinstance(identity, Mapping) else None,
        address=fields.text(body.get("sourceIPAddress"), 128),
        user_agent=fields.text(body.get("userAgent"), 256),
        error_code=fields.text(body.get("errorCode"), 128),
        error_message=fields.text(body.get("errorMessage"), 256),
        envelope=envelope,
        body=body,
    )


def mentions_root(value: object) -> bool:
    """Whether any text in this value says Root, or holds what looks like the ARN of a root user."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            stack += [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple):
            stack += item
        elif isinstance(item, str) and (item.strip().lower() == "root" or says_root(item)):
            return True
    return False


def says_root(text: str) -> bool:
    """Whether a text, such as JSON that can't be read, may say Root: quoted, as an ARN's end, or spelled in escapes."""
    return _SAYS_ROOT.search(text) is not None


def _can_be_read(identity: object) -> bool:
    """Whether ``userIdentity`` is absent, or an object that says who acted, its session's issuer included."""
    if not isinstance(identity, Mapping):
        return identity is None
    kind, session = identity.get("type"), identity.get("sessionContext")
    if kind == "Root":
        return True
    if not isinstance(kind, str | None):
        return False
    issuer = fields.inside(session, "sessionIssuer")
    issued = fields.inside(issuer, "type")
    odd = [part for part in (session, issuer) if not isinstance(part, Mapping)]
    return not mentions_root([*odd, issued if not isinstance(issued, str) else None])


def _identity(value: Mapping[str, object]) -> Identity:
    session = fields.mapping(value.get("sessionContext"))
    return Identity(
        type=fields.text(value.get("type"), 64),
        account=fields.account_id(value.get("accountId")) or fields.account_of_arn(value.get("arn")),
        arn=fields.text(value.get("arn")),
        access_key_id=fields.text(value.get("accessKeyId"), 128),
        user_name=fields.text(value.get("userName"), 128),
        invoked_by=fields.text(value.get("invokedBy"), 128),
        mfa_authenticated=fields.truth(fields.inside(session, "attributes", "mfaAuthenticated")),
        session_created=fields.moment(fields.inside(session, "attributes", "creationDate")),
        sign_in_session=fields.text(session.get("signInSessionArn"), 256),
        issuer_type=fields.text(fields.inside(session, "sessionIssuer", "type"), 64),
        issuer_arn=fields.text(fields.inside(session, "sessionIssuer", "arn")),
        assumed_root=fields.truth(session.get("assumedRoot")),
    )


def _account(body: Mapping[str, object], envelope: Envelope | None) -> str | None:
    identity = body.get("userIdentity")
    return (
        (envelope.account if envelope else None)
        or fields.account_id(body.get("recipientAccountId"))
        or fields.account_id(fields.inside(identity, "accountId"))
        or fields.account_of_arn(fields.inside(identity, "arn"))
    )


def _region(body: Mapping[str, object], envelope: Envelope | None) -> str | None:
    return fields.text(body.get("awsRegion"), 64) or (envelope.region if envelope else None)


def _key(body: Mapping[str, object], envelope: Envelope | None) -> str:
    """What makes a record the same record on every path: its eventID, else the facts that no other record shares."""
    event_id = fields.text(body.get("eventID"), 128)
    if event_id and _KEY.fullmatch(event_id):
        return event_id
    names = ("eventID", "eventTime", "eventSource", "eventName", "requestID", "sourceIPAddress")
    access_key = fields.inside(body.get("userIdentity"), "accessKeyId")
    return digest(_account(body, envelope), _region(body, envelope), *(body.get(name) for name in names), access_key)
