"""From a record and what is known to a plan: what the record is, by what it is explained, where it belongs."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.catalogue import Catalogue
from rootwatch.core import canary, fields, tags, tasks, watch
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Moment
from rootwatch.core.judge import judge
from rootwatch.core.network import is_aws_itself
from rootwatch.core.ports import Account, Known, Plan
from rootwatch.core.record import Item, Record, Unreadable
from rootwatch.core.remember import remembered
from rootwatch.core.roll import Heard
from rootwatch.core.root_use import Finding, find, is_in_session, mark_key, not_from_cloudtrail
from rootwatch.core.scopes import GUESSES, UNKNOWN_ACCOUNT, scope_of, session_key
from rootwatch.core.settings import Settings
from rootwatch.core.telling import folded
from rootwatch.core.verdict import HOLD_FOR_TASK_SECONDS, weigh, with_use
from rootwatch.core.words import RootUseKind

_LONGEST_TASK: Final = timedelta(minutes=15)
_FIRST_DAY: Final = timedelta(days=1)


def decide(item: Item, known: Known, settings: Settings, catalogue: Catalogue, now: datetime) -> Plan:
    """The plan of one record: what to store and whom to tell. Pure: the same input gives the same plan."""
    plan = _decided(item, known, settings, catalogue, now)
    incident_id = plan.incident.id if plan.incident else None
    return msgspec.structs.replace(plan, seen=remembered(item, plan.fact, incident_id, known.seen, settings))


def _decided(item: Item, known: Known, settings: Settings, catalogue: Catalogue, now: datetime) -> Plan:
    watched = watch.watch_fact(item, known.tags, settings, now)
    if watched:
        watched = watch.settled(watched, item, known.manifest, settings, now)
        return _watched(watched, item, known, settings, now)
    sent = canary.canary_of(item)
    if sent and isinstance(item, Record):
        return _canary(sent, item, known, settings, now)
    finding = find(item)
    if finding.kind is None:
        return _not_root_use(item, finding, known)
    fact, reason, uses = _weighed(_judged(item, finding.kind, known, catalogue, now), item, known, settings)
    plan = Plan(
        key=item.key,
        disposition="folded",
        reason=reason or finding.reason,
        kind=fact.kind,
        fact=fact,
        failure=Moment.of(fact) if fact.kind in GUESSES else None,
        waits_for=session_key(item) if fact.kind != "privileged-task" and known.task is None else None,
        tags=tuple(known.tags.values()),
        taggings=(*known.tags_read, *_taggings(item, settings), *uses),
    )
    return folded(plan, scope_of(fact, item, known, settings, now), known, settings, now)


def _canary(sent: canary.Canary, record: Record, known: Known, settings: Settings, now: datetime) -> Plan:
    """A canary that is ours is noted and nothing else; one that is somebody else's is told of its own account."""
    if known.roll is None:
        return Plan(key=record.key, disposition="canary", reason="a canary of which nothing is known")
    region = sent.region or ""
    before = known.heard or Heard(account=sent.account, region=region)
    noted = canary.heard(sent, known.roll, before, now)
    if noted:
        return Plan(key=record.key, disposition="canary", reason=f"a canary, by {sent.path}", heard=noted)
    if canary.is_old(record, now):
        return Plan(key=record.key, disposition="canary", reason="an old canary")
    known = msgspec.structs.replace(known, account=Account(id=sent.account, name=known.roll.name or None))
    return _watched(canary.forgery(record, settings, now), record, known, settings, now)


def _judged(item: Item, kind: RootUseKind, known: Known, catalogue: Catalogue, now: datetime) -> Fact:
    return msgspec.structs.replace(judge(item, kind, catalogue, now), country=known.country)


def _not_root_use(item: Item, finding: Finding, known: Known) -> Plan:
    if isinstance(item, Unreadable):
        return Plan(key=mark_key(item), disposition="unreadable", reason=finding.reason)
    if tasks.is_assume_root(item) and not not_from_cloudtrail(item):
        return _assumed_root(item, known)
    return Plan(key=mark_key(item), disposition="ignored", reason=finding.reason)


def _assumed_root(record: Record, known: Known) -> Plan:
    """The task that calls are joined to, with what is known of its caller; it is told with the first call."""
    task, caller = tasks.task_of(record), known.caller
    if task and caller:
        task, caller = tasks.known_by(task, caller)
    return Plan(key=record.key, disposition="watch", reason="an AssumeRoot call", task=task, caller=caller)


def _watched(fact: Fact, item: Item, known: Known, settings: Settings, now: datetime) -> Plan:
    """A watch event has an incident of its own; a forged record has that and nothing else."""
    forged = watch.is_forged(item)
    fact = msgspec.structs.replace(fact, country=None if forged else known.country)
    plan = Plan(
        key=fact.key,
        disposition="watch",
        reason=f"a watch event: {fact.kind}",
        kind=fact.kind,
        fact=fact,
        tags=() if forged else tuple(known.tags.values()),
        taggings=() if forged else _taggings(item, settings),
    )
    return msgspec.structs.replace(folded(plan, watch.scope(fact), known, settings, now), disposition="watch")


def _weighed(
    fact: Fact, item: Item, known: Known, settings: Settings
) -> tuple[Fact, str | None, tuple[tags.Tagging, ...]]:
    """The fact with its verdict once the AssumeRoot that may stand behind it is looked at; what was found of that; and
    what is to be kept of the use, if it is a window's first."""
    key = session_key(item)
    reason = None
    if key and known.task:
        refusal = tasks.why_not(known.task, fact, settings)
        if refusal is None:
            behind = f"a privileged task: AssumeRoot with {known.task.policy} by {known.task.principal}"
            return tasks.as_task(fact, known.task), behind, ()
        reason = f"not a privileged task: {refusal}"
    account = fact.account or UNKNOWN_ACCOUNT
    asked = isinstance(item, Record) and is_in_session(item)
    first_day = _on_first_day(fact, known.account) and not asked
    fact = msgspec.structs.replace(fact, first_day=first_day)
    tagged, uses = with_use(fact, known.tags.get(account, tags.Tags(account=account)), settings)
    fact = weigh(fact, tagged, settings)
    if known.task is None and fact.verdict == "unplanned" and _may_be_a_task(item, fact):
        # In a colleague's session mfaAuthenticated is "false" whatever stood behind it: not known until it is joined.
        fact = msgspec.structs.replace(fact, hold=max(fact.hold, HOLD_FOR_TASK_SECONDS), mfa="unknown")
    return fact, reason, uses if account in known.tags else ()


def _on_first_day(fact: Fact, account: Account | None) -> bool:
    """Whether AWS itself acted, less than a day after the account joined, as Organizations confirms.

    A service that does what it is asked to is not AWS itself: root makes stacks that make administrators. Nor is what
    is done in somebody's session.
    """
    if account is None or account.joined is None or fact.event_time is None:
        return False
    age = fact.event_time - account.joined
    return timedelta() <= age < _FIRST_DAY and is_aws_itself(fact.invoked_by, fact.address)


def _taggings(item: Item, settings: Settings) -> tuple[tags.Tagging, ...]:
    """What a record does to break-glass tags; by root too, lest a tag that root set be taken for a colleague's."""
    return tags.taggings_of(item, settings) if isinstance(item, Record) else ()


def _may_be_a_task(item: Item, fact: Fact) -> bool:
    """Whether an AssumeRoot that has not arrived yet may explain this call: only what an audit reads, or AWS's hint."""
    identity = item.identity if isinstance(item, Record) else None
    if not isinstance(item, Record) or identity is None or session_key(item) is None:
        return False
    if fields.truth(item.body.get("sessionCredentialFromConsole")) or identity.sign_in_session:
        return False
    young = (
        item.time is not None
        and identity.session_created is not None
        and timedelta() <= item.time - identity.session_created <= _LONGEST_TASK
    )
    return young and (fact.central == tasks.AUDIT or identity.assumed_root is True)
