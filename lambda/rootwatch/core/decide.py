"""From a record and what is known to a plan: the one place where an incident opens, escalates or folds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.catalogue import Catalogue
from rootwatch.core import fields, tags, tasks, watch
from rootwatch.core import incident as incidents
from rootwatch.core.fact import Fact
from rootwatch.core.incident import FAILURE_MINUTES, GUESSING_SCOPE, Incident, Moment
from rootwatch.core.judge import judge
from rootwatch.core.network import names_aws
from rootwatch.core.notice import Notice, notice
from rootwatch.core.ports import Account, Due, Known, Needs, Plan
from rootwatch.core.record import Record, Unreadable, digest
from rootwatch.core.remember import accounts, remembered
from rootwatch.core.root_use import Finding, find, not_from_cloudtrail
from rootwatch.core.settings import Settings
from rootwatch.core.verdict import HOLD_FOR_TASK_SECONDS, weigh, with_use
from rootwatch.core.words import Disposition, Harm, NoticeType, RootUseKind, Severity, pages, rank

GUESSED_ACCOUNTS: Final = 3
UNKNOWN_ACCOUNT: Final = "unknown"
_GUESSES: Final[frozenset[RootUseKind]] = frozenset({"failed-sign-in", "recovery"})
_LOOK_FOR_FAILURES: Final[frozenset[RootUseKind]] = frozenset({"failed-sign-in", "recovery", "sign-in"})
_LONGEST_TASK: Final = timedelta(minutes=15)
_FIRST_DAY: Final = timedelta(days=1)

Item = Record | Unreadable


def needs(item: Item, settings: Settings, now: datetime) -> Needs:
    """What must be loaded before ``decide`` can be asked."""
    kind = find(item).kind
    tagged = tags.tagged_account(item, settings) if isinstance(item, Record) else None
    watched = watch.watch_fact(item, {}, settings, now)
    if watched and watch.is_forged(item):
        return Needs(key=watched.key, scopes=(watch.scope(watched),), account=watched.account)
    if kind is None:
        own = watched.account if watched else None
        return Needs(
            key=item.key,
            scopes=(watch.scope(watched),) if watched else (),
            tags_of=(tagged,) if tagged else (),
            seen_of=accounts(item, own, settings),
            account=own,
        )
    session_key = _session_key(item)
    scopes = [_own_scope(item)]
    if kind in _GUESSES:
        scopes.append(GUESSING_SCOPE)
    if session_key:
        scopes.append(_task_scope(session_key))
    return Needs(
        key=item.key,
        scopes=tuple(scopes),
        access_key=session_key,
        failures_around=_time(item, now) if kind in _LOOK_FOR_FAILURES else None,
        tags_of=tuple(sorted({account for account in (item.account, tagged) if account})),
        seen_of=accounts(item, item.account, settings),
        account=item.account,
    )


def decide(item: Item, known: Known, settings: Settings, catalogue: Catalogue, now: datetime) -> Plan:
    """The plan of one record: what to store and whom to tell. Pure: the same input gives the same plan."""
    plan = _decided(item, known, settings, catalogue, now)
    incident_id = plan.incident.id if plan.incident else None
    return msgspec.structs.replace(plan, seen=remembered(item, plan.fact, incident_id, known.seen, settings))


def _decided(item: Item, known: Known, settings: Settings, catalogue: Catalogue, now: datetime) -> Plan:
    watched = watch.watch_fact(item, known.tags, settings, now)
    if watched:
        return _watched(watched, item, known, settings, now)
    finding = find(item)
    if finding.kind is None:
        return _not_root_use(item, finding)
    fact, reason, uses = _weighed(_judged(item, finding.kind, known, catalogue, now), item, known, settings)
    scope = _scope(fact, item, known, settings, now)
    before = known.incidents.get(scope)
    current = before if before and not before.is_over(now, settings) else None
    plan = Plan(
        key=item.key,
        disposition="folded",
        reason=reason or finding.reason,
        kind=fact.kind,
        fact=fact,
        replaces=before.id if before and current is None else None,
        failure=Moment.of(fact) if fact.kind in _GUESSES else None,
        waits_for=_session_key(item) if fact.kind != "privileged-task" and known.task is None else None,
        tags=tuple(known.tags.values()),
        taggings=(*known.tags_read, *_taggings(item, settings), *uses),
    )
    return _told(plan, current or _new(fact, scope, known, now), known, settings, now)


def _judged(item: Item, kind: RootUseKind, known: Known, catalogue: Catalogue, now: datetime) -> Fact:
    return msgspec.structs.replace(judge(item, kind, catalogue, now), country=known.country)


def _not_root_use(item: Item, finding: Finding) -> Plan:
    if isinstance(item, Unreadable):
        return Plan(key=item.key, disposition="unreadable", reason=finding.reason)
    if tasks.is_assume_root(item) and not not_from_cloudtrail(item):
        return Plan(key=item.key, disposition="watch", reason="an AssumeRoot call", task=tasks.task_of(item))
    return Plan(key=item.key, disposition="ignored", reason=finding.reason)


def _watched(fact: Fact, item: Item, known: Known, settings: Settings, now: datetime) -> Plan:
    """A watch event has an incident of its own; a forged record has that and nothing else."""
    scope = watch.scope(fact)
    before = known.incidents.get(scope)
    current = before if before and not before.is_over(now, settings) else None
    forged = watch.is_forged(item)
    fact = msgspec.structs.replace(fact, country=None if forged else known.country)
    plan = Plan(
        key=fact.key,
        disposition="watch",
        reason=f"a watch event: {fact.kind}",
        kind=fact.kind,
        fact=fact,
        replaces=before.id if before and current is None else None,
        tags=() if forged else tuple(known.tags.values()),
        taggings=() if forged else _taggings(item, settings),
    )
    told = _told(plan, current or _new(fact, scope, known, now), known, settings, now)
    return msgspec.structs.replace(told, disposition="watch")


def _weighed(
    fact: Fact, item: Item, known: Known, settings: Settings
) -> tuple[Fact, str | None, tuple[tags.Tagging, ...]]:
    """The fact with its verdict once the AssumeRoot that may stand behind it is looked at; what was found of that; and
    what is to be kept of the use, if it is a window's first."""
    session_key = _session_key(item)
    reason = None
    if session_key and known.task:
        refusal = tasks.why_not(known.task, fact, settings)
        if refusal is None:
            behind = f"a privileged task: AssumeRoot with {known.task.policy} by {known.task.principal}"
            return tasks.as_task(fact, known.task), behind, ()
        reason = f"not a privileged task: {refusal}"
    account = fact.account or UNKNOWN_ACCOUNT
    fact = msgspec.structs.replace(fact, first_day=_on_first_day(fact, known.account))
    tagged, uses = with_use(fact, known.tags.get(account, tags.Tags(account=account)), settings)
    fact = weigh(fact, tagged, settings)
    if known.task is None and fact.verdict == "unplanned" and _may_be_a_task(item, fact):
        fact = msgspec.structs.replace(fact, hold=max(fact.hold, HOLD_FOR_TASK_SECONDS))
    return fact, reason, uses if account in known.tags else ()


def _on_first_day(fact: Fact, account: Account | None) -> bool:
    """Whether AWS itself acted, less than a day after the account joined, as Organizations confirms."""
    if account is None or account.joined is None or fact.event_time is None:
        return False
    age = fact.event_time - account.joined
    return timedelta() <= age < _FIRST_DAY and (names_aws(fact.invoked_by) or names_aws(fact.address))


def _taggings(item: Item, settings: Settings) -> tuple[tags.Tagging, ...]:
    """What a record does to break-glass tags; by root too, lest a tag that root set be taken for a colleague's."""
    return tags.taggings_of(item, settings) if isinstance(item, Record) else ()


def _may_be_a_task(item: Item, fact: Fact) -> bool:
    """Whether an AssumeRoot that has not arrived yet may explain this call: only what an audit reads, or AWS's hint."""
    identity = item.identity if isinstance(item, Record) else None
    if not isinstance(item, Record) or identity is None or _session_key(item) is None:
        return False
    if fields.truth(item.body.get("sessionCredentialFromConsole")) or identity.sign_in_session:
        return False
    young = (
        item.time is not None
        and identity.session_created is not None
        and timedelta() <= item.time - identity.session_created <= _LONGEST_TASK
    )
    return young and (fact.central == tasks.AUDIT or identity.assumed_root is True)


def _scope(fact: Fact, item: Item, known: Known, settings: Settings, now: datetime) -> str:
    """The incident that a fact belongs to: its account's, or the organisation's when many accounts are guessed at."""
    if fact.kind == "privileged-task" and fact.access_key_id:
        return _task_scope(fact.access_key_id)
    own = _own_scope(item)
    if fact.kind not in _GUESSES:
        return own
    since = timedelta(minutes=FAILURE_MINUTES)
    guessed = {m.account for m in known.failures if abs(m.time - fact.time) <= since} | {fact.account}
    guessing = known.incidents.get(GUESSING_SCOPE)
    under_way = guessing is not None and not guessing.is_over(now, settings)
    own_incident = known.incidents.get(own)
    own_open = own_incident is not None and not own_incident.is_over(now, settings)
    if under_way:
        return own if own_open else GUESSING_SCOPE
    return GUESSING_SCOPE if len(guessed) >= GUESSED_ACCOUNTS else own


def _failures_that_matter(fact: Fact, incident: Incident, known: Known) -> list[Moment]:
    if incident.is_guessing:
        return [m for m in known.failures if m.key != fact.key]
    if not fact.signed_in:
        return []
    return [m for m in known.failures if m.account == fact.account and m.kind == "failed-sign-in"]


def _new(fact: Fact, scope: str, known: Known, now: datetime) -> Incident:
    """A new incident. Its id comes from its opening record: a repeated attempt makes the same one."""
    guessing = scope == GUESSING_SCOPE
    whose = GUESSING_SCOPE if guessing else fact.account or UNKNOWN_ACCOUNT
    incident = incidents.opened(fact, scope, f"{whose}-{digest(fact.key)[:12]}", now)
    account = known.account
    if incident.account is None or account is None:
        return incident
    return msgspec.structs.replace(
        incident, account_name=account.name, account_path=account.path, account_owner=account.owner
    )


def _told(plan: Plan, before: Incident, known: Known, settings: Settings, now: datetime) -> Plan:
    """Folds the fact in and tells what must be told: an opening, a worse severity, a harm that pages."""
    assert plan.fact is not None
    fact, opening = plan.fact, before.seen == 0
    after = incidents.fold(before, fact, _failures_that_matter(fact, before, known), now)
    unknown = known.account.unknown if known.account else ""
    seen = known.seen.get(fact.account or "")
    told: list[Notice] = []
    disposition: Disposition = "opened" if opening else "folded"
    due: list[tuple[Harm, Severity] | None] = [*pages_due(after, [fact], now)]
    for page in due or [None]:
        if page is None and not opening and rank(after.severity) <= rank(before.severity):
            break
        after, one = notice(
            _word(after, opening=opening and not told),
            after,
            settings,
            now,
            fact=fact,
            page=page,
            hold=fact.hold if page == (fact.harm, fact.severity) else 0,
            account_unknown=unknown,
            before=seen.before(fact, before.id) if seen and not before.is_watch else None,
        )
        told.append(one)
        disposition = "opened" if opening else "escalated"
    withdraws = overtaken(before, after, now)
    after = msgspec.structs.replace(after, due_at=next_due(after, settings, now))
    return msgspec.structs.replace(
        plan, disposition=disposition, incident=after, notices=tuple(told), withdraws=withdraws
    )


def _word(incident: Incident, *, opening: bool) -> NoticeType:
    if not opening:
        return "escalated"
    return "planned" if incident.verdict == "planned" else "opened"


def pages_due(incident: Incident, facts: Sequence[Fact], now: datetime) -> list[tuple[Harm, Severity]]:
    """The harms that must page now: never paged as badly, or held back until a fact came that nothing may explain."""
    due = incident.unpaged()
    for fact in facts:
        held = incident.held.get(fact.harm)
        waits = held is not None and now < held.until
        if waits and not fact.hold and pages(fact.severity) and all(harm != fact.harm for harm, _ in due):
            due.append((fact.harm, incident.harms[fact.harm]))
    return due


def overtaken(before: Incident, after: Incident, now: datetime) -> tuple[Due, ...]:
    """The held pages in whose place another one went out: they are withdrawn while they still can be."""
    return tuple(
        Due(incident=before.id, channel="pagerduty", seq=held.seq, severity=held.severity)
        for harm, held in before.held.items()
        if now < held.until and after.held.get(harm) != held
    )


def next_due(incident: Incident, settings: Settings, now: datetime) -> datetime:
    """When the sweep looks at it next: a digest if something is untold, else its close."""
    end = incident.ends_at(settings)
    if not incident.untold:
        return end
    digest_at = now + timedelta(minutes=settings.digest_minutes)
    earlier = incident.due_at if incident.due_at > now else digest_at
    return min(end, digest_at, earlier)


def _own_scope(item: Item) -> str:
    return item.account or UNKNOWN_ACCOUNT


def _task_scope(access_key_id: str) -> str:
    return f"task/{access_key_id}"


def _session_key(item: Item) -> str | None:
    """The temporary access key of a call, by which an AssumeRoot is joined to it."""
    identity = item.identity if isinstance(item, Record) else None
    key = identity.access_key_id if identity else None
    return key if key and key.startswith("ASIA") else None


def _time(item: Item, now: datetime) -> datetime:
    return item.time if isinstance(item, Record) and item.time else now
