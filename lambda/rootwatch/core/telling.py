"""What is told of an incident that a fact was folded into: an opening, a worse severity, a harm that pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from rootwatch.core import storm as storms
from rootwatch.core.fact import Fact
from rootwatch.core.folding import fold
from rootwatch.core.incident import (
    GUESSING_SCOPE,
    ORGANISATION_WIDE,
    Incident,
    Moment,
    is_wide,
    opened,
    page_stands,
)
from rootwatch.core.notice import Notice, notice
from rootwatch.core.ports import Due, Known, Plan
from rootwatch.core.record import digest
from rootwatch.core.scopes import UNKNOWN_ACCOUNT
from rootwatch.core.settings import Settings
from rootwatch.core.storm import Paging
from rootwatch.core.words import Disposition, Harm, NoticeType, Severity, pages, rank


def folded(plan: Plan, scope: str, known: Known, settings: Settings, now: datetime) -> Plan:
    """The plan with its fact folded into the scope's open incident, or a new one, and with what is told of it."""
    assert plan.fact is not None
    there = known.incidents.get(scope)
    fact = plan.fact
    over = there is not None and there.is_over(now, settings)
    spent = there is not None and not over and there.has_spent_pages(fact)
    before = there if there and not over and not spent else _new(fact, scope, known, now)
    before = before.continuing(there) if there and spent else before
    opening = before.seen == 0
    after = fold(before, fact, _failures_that_matter(fact, before, known), now)
    unknown = known.account.unknown if known.account else ""
    seen = known.seen.get(fact.account or "")
    storm = storms.standing(known.incidents, settings, now)
    told: list[Notice] = []
    listed: list[Paging] = []
    disposition: Disposition = "opened" if opening else "folded"
    due: list[tuple[Harm, Severity] | None] = [*(pages_due(after, [fact], now) or _too_old(after, fact, settings, now))]
    for page in due or [None]:
        is_worse = rank(after.severity) > rank(before.severity)
        if page is None and not (opening or is_worse or _names_another(before, after)):
            break
        hold = fact.hold if page == (fact.harm, fact.severity) else 0
        joins = storm if page and storms.may_join(after, page[1], hold, settings) else None
        if page and not hold and (joins or not before.has_paged) and storms.counts(after):
            listed.append(storms.paging(after, page[1], fact.title, joins, now))
        after, one = notice(
            _word(after, opening=opening and not told),
            after,
            settings,
            now,
            fact=fact,
            page=page,
            hold=hold,
            account_unknown=unknown,
            before=seen.before(fact, before.id) if seen and not before.is_watch else None,
            joins=joins,
        )
        told.append(one)
        disposition = "opened" if opening else "escalated"
    withdraws = overtaken(before, after, now)
    after = msgspec.structs.replace(after, due_at=next_due(after, settings, now))
    return msgspec.structs.replace(
        plan,
        disposition=disposition,
        incident=after,
        replaces=there.id if there and (over or spent) else None,
        notices=tuple(told),
        withdraws=withdraws,
        paging=listed[0] if listed else None,  # the worst of them
    )


def _names_another(before: Incident, after: Incident) -> bool:
    """Whether it is a deployment, and somebody else is known now to have begun it."""
    return after.progress is not None and after.progress.people != (before.progress or after.progress).people


def pages_due(incident: Incident, facts: Sequence[Fact], now: datetime) -> list[tuple[Harm, Severity]]:
    """The harms that must page now: never paged as badly, or held back until a fact came that nothing may explain."""
    due = incident.unpaged()
    for fact in facts:
        held = incident.held.get(fact.harm)
        waits = held is not None and now < held.until
        if waits and not fact.hold and pages(fact.severity) and all(harm != fact.harm for harm, _ in due):
            due.append((fact.harm, incident.harms[fact.harm]))
    return due


def _too_old(incident: Incident, fact: Fact, settings: Settings, now: datetime) -> list[tuple[Harm, Severity]]:
    """Of what stands, and may for months, the page that is too old to stand for this fact. It has the same dedup_key:
    PagerDuty adds it to the alert, and pages only if somebody has resolved that."""
    if not (incident.is_standing and incident.paged_at and pages(fact.severity)):
        return []
    old = now - incident.paged_at >= page_stands(settings)
    return [(fact.harm, incident.harms[fact.harm])] if old else []


def overtaken(before: Incident, after: Incident, now: datetime) -> tuple[Due, ...]:
    """The held pages in whose place another one went out: they are withdrawn while they still can be."""
    return tuple(
        Due(incident=before.id, channel="pagerduty", seq=held.seq, severity=held.severity)
        for harm, held in before.held.items()
        if now < held.until and after.held.get(harm) != held
    )


def next_due(incident: Incident, settings: Settings, now: datetime) -> datetime:
    """When the sweep looks at it next: a digest if something is untold, else its close."""
    if incident.progress and not incident.paged:
        return incident.progress.deadline(incident.opened_at, incident.processed_at)
    end = incident.ends_at(settings)
    if not incident.untold:
        return end
    digest_at = now + timedelta(minutes=settings.digest_minutes)
    earlier = incident.due_at if incident.due_at > now else digest_at
    return min(end, digest_at, earlier)


def _word(incident: Incident, *, opening: bool) -> NoticeType:
    if not opening:
        return "escalated"
    return "planned" if incident.verdict == "planned" else "opened"


def _new(fact: Fact, scope: str, known: Known, now: datetime) -> Incident:
    """A new incident. Its id comes from its opening record: a repeated attempt makes the same one."""
    guessing = scope == GUESSING_SCOPE
    nobody = ORGANISATION_WIDE if is_wide(scope) else UNKNOWN_ACCOUNT
    whose = GUESSING_SCOPE if guessing else fact.account or nobody
    incident = opened(fact, scope, f"{whose}-{digest(fact.key)[:12]}", now)
    account = known.account
    if incident.account is None or account is None:
        return incident
    return msgspec.structs.replace(
        incident, account_name=account.name, account_path=account.path, account_owner=account.owner
    )


def _failures_that_matter(fact: Fact, incident: Incident, known: Known) -> list[Moment]:
    if incident.is_guessing:
        return [m for m in known.failures if m.key != fact.key]
    if not fact.signed_in:
        return []
    return [m for m in known.failures if m.account == fact.account and m.kind == "failed-sign-in"]
