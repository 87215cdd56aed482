"""From a record and what is known to a plan: the one place where an incident opens, escalates or folds."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.catalogue import Catalogue
from rootwatch.core import incident as incidents
from rootwatch.core import tasks
from rootwatch.core.fact import Fact
from rootwatch.core.incident import FAILURE_MINUTES, GUESSING_SCOPE, Incident, Moment
from rootwatch.core.judge import judge
from rootwatch.core.notice import Notice, notice
from rootwatch.core.ports import Known, Needs, Plan
from rootwatch.core.record import Record, Unreadable, digest
from rootwatch.core.root_use import Finding, find
from rootwatch.core.settings import Settings
from rootwatch.core.verdict import weigh
from rootwatch.core.words import Disposition, Harm, NoticeType, RootUseKind, Severity, rank

GUESSED_ACCOUNTS: Final = 3
_GUESSES: Final[frozenset[RootUseKind]] = frozenset({"failed-sign-in", "recovery"})
_LOOK_FOR_FAILURES: Final[frozenset[RootUseKind]] = frozenset({"failed-sign-in", "recovery", "sign-in"})
UNKNOWN_ACCOUNT: Final = "unknown"

Item = Record | Unreadable


def needs(item: Item, now: datetime) -> Needs:
    """What must be loaded before ``decide`` can be asked."""
    finding = find(item)
    if finding.kind is None:
        return Needs(key=item.key)
    return Needs(
        key=item.key,
        scopes=tuple(dict.fromkeys([_own_scope(item), *([GUESSING_SCOPE] if finding.kind in _GUESSES else [])])),
        access_key=_session_key(item),
        failures_around=_time(item, now) if finding.kind in _LOOK_FOR_FAILURES else None,
    )


def decide(item: Item, known: Known, settings: Settings, catalogue: Catalogue, now: datetime) -> Plan:
    """The plan of one record: what to store and whom to tell. Pure: the same input gives the same plan."""
    finding = find(item)
    if finding.kind is None:
        return _not_root_use(item, finding)
    kind, behind = _joined(item, finding.kind, known, settings, catalogue)
    fact = judge(item, kind, catalogue, now)
    if kind == "privileged-task" and known.task:
        fact = _as_task(fact, known.task)
    else:
        fact = weigh(fact, known.windows, settings)
    scope = _scope(fact, item, known, settings, now)
    before = known.incidents.get(scope)
    current = before if before and not before.is_over(now, settings) else None
    failures = _failures_that_matter(fact, scope, known)
    plan = Plan(
        key=item.key,
        disposition="folded",
        reason=behind or finding.reason,
        kind=kind,
        fact=fact,
        replaces=before.id if before and current is None else None,
        failure=Moment.of(fact) if kind in _GUESSES else None,
    )
    return _told(plan, current or _new(fact, scope, item, known, now), failures, known, settings, now)


def _not_root_use(item: Item, finding: Finding) -> Plan:
    if isinstance(item, Unreadable):
        return Plan(key=item.key, disposition="unreadable", reason=finding.reason)
    if tasks.is_assume_root(item):
        task = tasks.task_of(item)
        return Plan(key=item.key, disposition="watch", reason="an AssumeRoot call", task=task)
    return Plan(key=item.key, disposition="ignored", reason=finding.reason)


def _joined(
    item: Item, kind: RootUseKind, known: Known, settings: Settings, catalogue: Catalogue
) -> tuple[RootUseKind, str | None]:
    """The kind once the AssumeRoot that may stand behind the call is looked at, and what was found."""
    if known.task is None or isinstance(item, Unreadable) or _session_key(item) is None:
        return kind, None
    act = catalogue.find(item.source, item.name, item.body)
    reason = tasks.why_not(known.task, item, act, settings)
    if reason:
        return kind, f"not a privileged task: {reason}"
    return "privileged-task", f"a privileged task: AssumeRoot with {known.task.policy} by {known.task.principal}"


def _as_task(fact: Fact, task: tasks.Task) -> Fact:
    """The task's severity in place of the catalogue's; never "without MFA": the colleague signed in elsewhere."""
    return msgspec.structs.replace(
        fact,
        severity=task.severity,
        verdict="privileged-task",
        verdict_why=f"AssumeRoot was called at {task.at:%H:%M:%SZ} from account {task.caller}",
        mfa="not-applicable",
        title=f"privileged task: {fact.says}",
        says=f"{fact.says}, as a privileged task ({task.policy}) by {task.principal}",
        do_now="Ask the principal named here whether this was theirs; it needs no more than that.",
        why=(),
    )


def _scope(fact: Fact, item: Item, known: Known, settings: Settings, now: datetime) -> str:
    """The incident that a fact belongs to: its account's, or the organisation's when many accounts are guessed at."""
    if fact.kind == "privileged-task":
        return f"task/{fact.access_key_id}"
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


def _failures_that_matter(fact: Fact, scope: str, known: Known) -> list[Moment]:
    if not fact.signed_in or scope == GUESSING_SCOPE:
        return []
    return [m for m in known.failures if m.account == fact.account and m.kind == "failed-sign-in"]


def _new(fact: Fact, scope: str, item: Item, known: Known, now: datetime) -> Incident:
    """A new incident. Its id comes from its opening record: a repeated attempt makes the same one."""
    guessing = scope == GUESSING_SCOPE
    whose = GUESSING_SCOPE if guessing else _own_scope(item)
    incident = incidents.opened(fact, scope, f"{whose}-{digest(item.key)[:12]}", now)
    account = known.account
    if guessing or account is None:
        return incident
    return msgspec.structs.replace(
        incident, account_name=account.name, account_path=account.path, account_owner=account.owner
    )


def _told(
    plan: Plan, before: Incident, failures: list[Moment], known: Known, settings: Settings, now: datetime
) -> Plan:
    """Folds the fact in and tells what must be told: an opening, a worse severity, a harm that pages."""
    assert plan.fact is not None
    after = incidents.fold(before, plan.fact, failures, now)
    unknown = known.account.unknown if known.account else ""
    told: list[Notice] = []
    opening = before.seen == 0
    disposition: Disposition = "opened" if opening else "folded"
    due: list[tuple[Harm, Severity] | None] = [*after.unpaged()]
    for page in due or [None]:
        if page is None and not opening and rank(after.severity) <= rank(before.severity):
            break
        word: NoticeType = "escalated" if told or not opening else "planned" if after.verdict == "planned" else "opened"
        after, one = notice(word, after, settings, now, fact=plan.fact, page=page, account_unknown=unknown)
        told.append(one)
        disposition = "opened" if opening else "escalated"
    after = msgspec.structs.replace(after, due_at=next_due(after, settings, now))
    return msgspec.structs.replace(plan, disposition=disposition, incident=after, notices=tuple(told))


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


def _session_key(item: Item) -> str | None:
    """The temporary access key of a call, by which an AssumeRoot is joined to it."""
    identity = item.identity if isinstance(item, Record) else None
    key = identity.access_key_id if identity else None
    return key if key and key.startswith("ASIA") else None


def _time(item: Item, now: datetime) -> datetime:
    return item.time if isinstance(item, Record) and item.time else now
