"""Is it root use, and of which kind?

The root user is ``userIdentity.type == "Root"``, or a session whose issuer is Root; never a user called root.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import re
from typing import Final

import msgspec

from rootwatch.core import fields
from rootwatch.core.network import is_aws_itself, names_aws
from rootwatch.core.record import Record, Unreadable, digest, mentions_root
from rootwatch.core.words import RootUseKind

_SIGN_IN: Final = "signin.amazonaws.com"
RECOVERY: Final = frozenset({"PasswordRecoveryRequested", "PasswordRecoveryCompleted"})
_CLOUDTRAIL_SOURCE: Final = re.compile(r"aws\.[a-z0-9-]+")
_DENIED: Final = re.compile(r"denied|unauthorized|notauthorized|forbidden|authfailure", re.IGNORECASE)


class Finding(msgspec.Struct, frozen=True):
    """What a record is to us: root use of a kind, or None and the reason why it is not."""

    kind: RootUseKind | None
    reason: str


def find(item: Record | Unreadable) -> Finding:
    """Judges one item by itself; whether an AssumeRoot stands behind it is joined later."""
    refusal = not_from_cloudtrail(item)
    if refusal:
        return Finding(None, refusal)
    if isinstance(item, Unreadable):
        if item.mentions_root:
            return Finding("unreadable", f"it mentions root and can't be read: {item.reason}")
        return Finding(None, f"it can't be read and does not mention root: {item.reason}")
    return _find_in_record(item)


def not_from_cloudtrail(item: Record | Unreadable) -> str | None:
    """Why an EventBridge event is not believed: anybody can name a source ``aws.partner/…``, or replay an archive."""
    envelope = item.envelope
    if envelope is None or envelope.source is None:
        return None
    if not _CLOUDTRAIL_SOURCE.fullmatch(envelope.source):
        return "its source is not an AWS service"
    if envelope.replay_name is not None:
        return "it is an archive's replay of an old event"
    return None


def mark_key(item: Record | Unreadable) -> str:
    """The key by which an item is marked as taken in. What is not believed marks itself alone: else who replays an
    archive would have the genuine record taken for a duplicate."""
    if not_from_cloudtrail(item) is None or item.envelope is None:
        return item.key
    return digest("not from CloudTrail", item.envelope.account, item.envelope.source, item.key)


def denied(record: Record) -> bool:
    """Whether AWS refused the call for want of permission."""
    return bool(_DENIED.search(record.error_code or ""))


def failed(record: Record) -> bool:
    """Whether the act did not happen: the sign-in page's own word, else an error (that page's have no errorCode)."""
    said = _outcome(record)
    if said in ("success", "failure"):
        return said == "failure"
    from_page = record.error_message is not None and record.source in (_SIGN_IN, None)
    return record.error_code is not None or from_page


def _find_in_record(record: Record) -> Finding:
    identity = record.identity
    if identity is None:
        return _without_identity(record)
    if identity.type == "Root":
        return _used_by_root(record)
    if identity.issuer_type == "Root":
        return Finding("federated", "a federation session that root issued")
    if identity.type is None and mentions_root(identity.arn):
        return Finding("unreadable", "its userIdentity has no type, and the ARN of a root user")
    if identity.issuer_type is None and mentions_root(identity.issuer_arn):
        return Finding("unreadable", "its session's issuer has no type, and the ARN of a root user")
    for said in (identity.type, identity.issuer_type):
        if said is not None and said.lower() == "root":
            return Finding("unreadable", f"Root is spelled {said} in its userIdentity")
    return Finding(None, f"userIdentity.type is {identity.type}" if identity.type else "userIdentity has no type")


def _without_identity(record: Record) -> Finding:
    if record.name in RECOVERY:
        return Finding("recovery", "it has no userIdentity, and only root can recover its password")
    return Finding(None, "it has no userIdentity")


def _used_by_root(record: Record) -> Finding:
    service_made = _set_aside(record)
    if service_made:
        return Finding(None, service_made)
    return Finding(_kind(record), "userIdentity.type is Root")


def _set_aside(record: Record) -> str | None:
    """What services do in root's name and no person chose. Denied calls are kept, and so is what changes anything."""
    if record.type == "AwsServiceEvent":
        return "a service tells of itself: AwsServiceEvent"
    if denied(record):
        return None
    invoked_by = record.identity.invoked_by if record.identity else None
    by_service = names_aws(invoked_by)
    if record.name == "CreateServiceLinkedRole" and (by_service or names_aws(record.address)):
        return "AWS made a service-linked role by itself"
    # The sign-in service stands for the person at the console, not for itself.
    for_a_person = invoked_by == _SIGN_IN or (is_aws_itself(invoked_by) and is_in_session(record))
    if by_service and not for_a_person and record.read_only is True:
        return f"a read-only call that {invoked_by} made"
    return None


def is_in_session(record: Record) -> bool:
    """Whether credentials of somebody's stand behind a call. The console's own calls for whoever is signed in name
    ``AWS Internal`` as services do, changing ones too.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html (its record of
    CreateEventSourceMapping)
    """
    identity = record.identity
    if fields.truth(record.body.get("sessionCredentialFromConsole")):
        return True
    return identity is not None and bool(identity.access_key_id or identity.session_created or identity.sign_in_session)


def _kind(record: Record) -> RootUseKind:
    identity = record.identity
    if identity and (identity.access_key_id or "").startswith("AKIA"):
        return "access-key-call"
    if record.name in ("ConsoleLogin", "CheckMfa") and record.source in (_SIGN_IN, None):
        if failed(record):
            return "failed-sign-in"
        return "sign-in" if record.name == "ConsoleLogin" else "console-action"
    if record.name in RECOVERY:
        return "recovery"
    if (record.type or "").lower() in ("awsconsoleaction", "awsconsolesignin"):
        return "console-action"
    return "api-call"


def _outcome(record: Record) -> str | None:
    """``responseElements.<eventName>`` of the sign-in page's events, in lower case: success, failure or None."""
    said = fields.text(fields.inside(record.body.get("responseElements"), record.name or ""), 32)
    return said.lower() if said else None
