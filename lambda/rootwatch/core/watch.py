"""Watch events: what anybody but root does to root or to the watch, and who says so.

A record is believed for the account that its envelope names. What it says of another account counts only if it comes
from the management account or a delegated administrator.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.catalogue import watch as catalogue
from rootwatch.core import deployments, fields, principals, watch_tags
from rootwatch.core.comparison import Manifest
from rootwatch.core.fact import Fact
from rootwatch.core.incident import ORGANISATION_WIDE, WATCH_SCOPE
from rootwatch.core.record import Record, Unreadable, digest
from rootwatch.core.root_use import denied, failed, find, not_from_cloudtrail
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tags
from rootwatch.core.watched import bare
from rootwatch.core.words import Severity, pages, worst

ORGANISATION_CAUSE: Final = "the organisation's"  # begins the cause of what is observed of many accounts together
_UNNAMED: Final = "(not named)"
_AFTER_A_REFUSAL: Final = (
    "Nothing was changed. Ask them whether this was theirs; if nobody can say, treat their credentials as stolen."
)
# Several records tell of one account's coming or going: whoever sent them, they are one cause.
_SAME_CAUSE: Final[dict[str, str]] = {
    "account-joined": "account-joined",
    "account-closed": "account-closed",
    "account-left": "account-left",
    "account-removed": "account-left",
}


def watch_fact(item: Record | Unreadable, tags: Mapping[str, Tags], settings: Settings, now: datetime) -> Fact | None:
    """The fact of a watch event, None for anything else; root's own acts stay root use. Never raises.

    ``tags``: what is known of the break-glass tags of the account that the record may tag. ``now`` stands in for the
    time of a record that has none.
    """
    if not isinstance(item, Record) or not_from_cloudtrail(item):
        return None
    if is_forged(item):
        return _forgery(item, now)
    if find(item).kind is not None:
        return None
    return watch_tags.tag_fact(item, tags, settings, now) or _from_catalogue(item, settings, now)


def is_forged(item: Record | Unreadable) -> bool:
    """Whether a record names another recipient than the account it came from, as CloudTrail never does."""
    account = item.envelope.account if item.envelope else None
    return isinstance(item, Record) and None not in (account, item.recipient) and item.recipient != account


def scope(fact: Fact) -> str:
    """The incident that a watch event belongs to: what has the same cause folds, whatever caused it is not spelled out,
    since it may be long and is a stranger's text."""
    wide = fact.cause == principals.STACK_SETS or fact.cause.startswith(ORGANISATION_CAUSE)
    place = ORGANISATION_WIDE if wide else fact.account or "unknown"
    return f"{WATCH_SCOPE}{_SAME_CAUSE.get(fact.kind, fact.kind)}/{place}/{digest(fact.cause)[:16]}"


def settled(
    fact: Fact, item: Record | Unreadable, manifest: Manifest | None, settings: Settings, now: datetime
) -> Fact:
    """What looked like a part of a deployment, but writes at once what should not be deployed: tampering, then."""
    if fact.kind != "deployment" or not isinstance(item, Record):
        return fact
    reason = deployments.narrowing(item, manifest)
    tampering = _outside_of_deployment(item, settings, now) if reason else None
    if reason is None or tampering is None:
        return fact
    severity: Severity = "critical" if deployments.is_grave(fact) else worst(tampering.severity, "high")
    return msgspec.structs.replace(
        tampering, severity=severity, says=f"{tampering.says}: {reason}", why=(reason, *tampering.why)
    )


def scopes(fact: Fact, item: Record | Unreadable, settings: Settings, now: datetime) -> tuple[str, ...]:
    """The incidents that it may belong to: a change through CloudFormation may prove to be tampering."""
    of_deployment = fact.kind == "deployment" and isinstance(item, Record)
    other = _outside_of_deployment(item, settings, now) if of_deployment else None
    return (scope(fact), scope(other)) if other else (scope(fact),)


def _outside_of_deployment(item: Record | Unreadable, settings: Settings, now: datetime) -> Fact | None:
    row = catalogue.load().find(item.source, item.name, item.body) if isinstance(item, Record) else None
    if row is None or row.kind == "deployment" or not isinstance(item, Record):
        return None
    return _of_row(row, item, settings, now)


def _from_catalogue(record: Record, settings: Settings, now: datetime) -> Fact | None:
    row = catalogue.load().find(record.source, record.name, record.body)
    central = record.account in settings.may_tag
    if row is None or (row.central and not central):
        return None
    fact = _of_row(row, record, settings, now)
    if failed(record):
        return msgspec.structs.replace(fact, kind="tampering") if row.kind == "deployment" else fact
    if not deployments.may_be_of_deployment(row, record):
        return fact
    fact = deployments.of_deployment(fact, row, record)
    if principals.by_cloudformation(record.identity, record.address):
        return fact
    return deployments.began_by(fact, principals.name(record.identity, record.address))


def _of_row(row: catalogue.Row, record: Record, settings: Settings, now: datetime) -> Fact:
    central = record.account in settings.may_tag
    named = _account_concerned(record, row)
    account = (named if central else None) or record.account
    unproved = f" (it names the account {named})" if named not in (None, account) else ""
    who = principals.name(record.identity, record.address)
    return msgspec.structs.replace(
        bare(record, now),
        kind=row.kind,
        harm=row.harm,
        severity=_severity(record, row),
        title=f"{who} {_title(record, row)}",
        says=f"{who} {_says(record, row)}{unproved}",
        means=_means(record, row),
        do_now=_AFTER_A_REFUSAL if failed(record) else row.do_now,
        technique=row.technique,
        account=account,
        recorded_in=record.account if account != record.account else None,
        cause=_SAME_CAUSE.get(row.kind) or _cause(record, row),
    )


def _cause(record: Record, row: catalogue.Row) -> str:
    """Who it was; but whoever stops a trail first does not thereby hide what they do to rootwatch itself."""
    who = principals.cause(record.identity, record.address)
    return f"{who} on rootwatch" if row.ours and who != principals.STACK_SETS else who


def _severity(record: Record, row: catalogue.Row) -> Severity:
    """What AWS refused changed nothing: it is told at once, and wakes nobody."""
    return "medium" if failed(record) and pages(row.severity) else row.severity


def _means(record: Record, row: catalogue.Row) -> str:
    if not failed(record) or row.kind == "assume-root-refused":
        return row.means
    return f"Had it worked: {row.means[0].lower()}{row.means[1:]}"


def _says(record: Record, row: catalogue.Row) -> str:
    words = row.says
    if failed(record):
        words = f"tried to {row.tried}" + (" and was denied" if denied(record) else " and failed")
    through = principals.through(record.identity)
    return _filled(words, record, row) + (f", through {through}" if through else "")


def _title(record: Record, row: catalogue.Row) -> str:
    return _filled(f"failed to {row.tried}" if failed(record) else row.short or row.says, record, row)


def _filled(words: str, record: Record, row: catalogue.Row) -> str:
    thing = fields.text(row.part(record.body), 100) or _UNNAMED
    return words.replace("{name}", record.name or "").replace("{thing}", thing)


def _account_concerned(record: Record, row: catalogue.Row) -> str | None:
    for path in row.account:
        value = fields.inside(record.body, *path.split("."))
        found = fields.account_id(value) or fields.account_of_arn(value)
        if found:
            return found
    return _named_in(record.body.get("serviceEventDetails"), record.account) if row.account else None


def _named_in(details: object, but: str | None) -> str | None:
    """Any other account in the details of a service event, whose shape is not written down anywhere that we know of."""
    waiting = [details]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif fields.account_id(value) not in (None, but):
            return fields.account_id(value)
    return None


def _forgery(record: Record, now: datetime) -> Fact:
    """About the sender, who is all that is certain. Its key is its own: a forged eventID marks no genuine record."""
    sender = record.envelope.account if record.envelope else None
    return Fact(
        key=digest("forged", sender, record.key),
        time=now,
        kind="tampering",
        harm="watch",
        severity="high",
        title=f"forged record of the account {record.recipient}",
        says=f"the account {sender} sent a record that claims to be of the account {record.recipient}",
        means=(
            "CloudTrail writes no such record: somebody there can put events on the way to the hub, and wants us to "
            "believe something. Nothing was done for the account that it names."
        ),
        do_now=(
            "Treat the sending account as taken over: find who uses the role rootwatch-forwarding there, or put an "
            "event on the hub's bus. Ask nothing of the account that was named."
        ),
        technique="T1562.001",
        account=sender,
        region=record.envelope.region if record.envelope else None,
        cause="forged",
        why=("an account pretended to be another one",),
    )
