"""Folding: an incident and one more fact give another incident.

What is true of it (harms, severity, reasons) is the same for every order in which its facts arrive: each is a maximum
or a set over the facts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import FAILURE_MINUTES, Incident, Moment
from rootwatch.core.progress import Progress
from rootwatch.core.window import NEVER_COVERED, worst_verdict
from rootwatch.core.words import Harm, Severity, pages, worst

_FAILURES_THAT_ALARM: Final = 3
_ROOT_RULE: Final = "rule:rootwatch-root-use"
_TOP: Final = 12  # of each facet: HEAD stays small
_MOMENTS: Final = 32  # of each kind that the story rules look at


def fold(incident: Incident, fact: Fact, failures_before: Iterable[Moment], now: datetime) -> Incident:
    """The incident with one more fact in it. ``failures_before`` are failed sign-ins that other incidents hold."""
    moment = Moment.of(fact)
    failures_before = list(failures_before)
    guessed = [m.account for m in failures_before if incident.is_guessing and incident.seen == 0]
    incident = msgspec.structs.replace(
        incident,
        processed_at=max(incident.processed_at, now),
        first=min(incident.first, fact.time),
        last=max(incident.last, fact.time),
        seen=incident.seen + 1,
        untold=incident.untold + 1,
        actions=_count(incident.actions, fact.says),
        fresh=_count(incident.fresh, fact.says),
        coverable=incident.coverable and fact.window == "yes" and fact.kind not in NEVER_COVERED,
        regions=_count(incident.regions, fact.region),
        addresses=_count(incident.addresses, fact.address),
        accounts=_count(incident.accounts, fact.account, *guessed),
        sign_ins=_kept(incident.sign_ins, moment if fact.signed_in else None),
        failures=_kept(incident.failures, moment if fact.kind == "failed-sign-in" else None, *failures_before),
        recoveries=_kept(incident.recoveries, moment if fact.kind == "recovery" else None),
    )
    if fact.kind == "deployment":
        grown = (incident.progress or Progress()).with_part(by=fact.began_by, grave=fact.part == _ROOT_RULE)
        incident = msgspec.structs.replace(incident, progress=grown)
    return _weighed(incident, [fact])


def reweighed(incident: Incident, facts: Iterable[Fact]) -> Incident:
    """The incident when its facts, all of them, have been weighed again: verdict, harms and reasons made anew."""
    facts = list(facts)
    root = [fact for fact in facts if fact.verdict != "privileged-task"]
    failed = (Moment.of(fact) for fact in root if fact.kind == "failed-sign-in")
    sign_ins = (Moment.of(fact) for fact in root if fact.signed_in)
    recoveries = (Moment.of(fact) for fact in root if fact.kind == "recovery")
    # The rules look at every moment here, not only at the latest that HEAD keeps, and at those of an incident that this
    # one continues: nothing is lowered by forgetting.
    blank = msgspec.structs.replace(
        incident,
        harms={},
        why=(),
        verdict=worst_verdict(*(fact.verdict for fact in facts)),
        sign_ins=_all(incident.sign_ins, sign_ins),
        failures=_all(incident.failures, failed),
        recoveries=_all(incident.recoveries, recoveries),
    )
    kept = {name: _kept((), *getattr(blank, name)) for name in ("sign_ins", "failures", "recoveries")}
    return msgspec.structs.replace(_weighed(blank, facts), **kept)


def _weighed(incident: Incident, facts: list[Fact]) -> Incident:
    for fact in facts:
        incident = msgspec.structs.replace(incident, verdict=worst_verdict(incident.verdict, fact.verdict))
        incident = _raised(incident, fact.harm, fact.severity, fact.why)
    for harm, severity, why in _story(incident):
        incident = _raised(incident, harm, severity, why)
    return incident


def _story(incident: Incident) -> list[tuple[Harm, Severity, tuple[str, ...]]]:
    """What several facts mean together."""
    found: list[tuple[Harm, Severity, tuple[str, ...]]] = []
    if incident.is_guessing:
        found.append(("access", "high", ("sign-ins failed in several accounts of the organisation",)))
        return found
    for sign_in in incident.sign_ins:
        found += [("access", "critical", (why,)) for why in _after_failures(sign_in, incident.failures)]
    if len({m.network for m in incident.sign_ins if m.network}) > 1:
        found.append(("access", "critical", ("sign-ins came from more than one network",)))
    if len(incident.recoveries) > 1:
        found.append(("credentials", "high", ("password recovery was asked for more than once",)))
    return found


def _after_failures(sign_in: Moment, failures: tuple[Moment, ...]) -> Iterator[str]:
    """Every reason that holds: were only the first said, it would depend on the order of arrival."""
    since = sign_in.time - timedelta(minutes=FAILURE_MINUTES)
    before = [f for f in failures if since <= f.time <= sign_in.time]
    if any(f.network != sign_in.network for f in before):
        yield "the sign-in followed a failed one from another network"
    if len(before) >= _FAILURES_THAT_ALARM:
        yield f"the sign-in followed {_FAILURES_THAT_ALARM} failed ones or more within {FAILURE_MINUTES} minutes"


def _raised(incident: Incident, harm: Harm, severity: Severity, why: tuple[str, ...]) -> Incident:
    harms = {**incident.harms, harm: worst(severity, incident.harms.get(harm, "low"))}
    reasons = tuple(sorted({*incident.why, *why})) if pages(severity) else incident.why
    return msgspec.structs.replace(incident, harms=harms, why=reasons)


def _count(counts: Mapping[str, int], *values: str | None) -> dict[str, int]:
    """One more of each of these values; past the top dozen, values are counted together."""
    counted = dict(counts)
    for value in values:
        if value is not None:
            name = value if value in counted or len(counted) < _TOP else "others"
            counted[name] = counted.get(name, 0) + 1
    return counted


def _all(known: Iterable[Moment], more: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple({moment.key: moment for moment in (*known, *more)}.values())


def _kept(moments: tuple[Moment, ...], *more: Moment | None) -> tuple[Moment, ...]:
    """The set of both, the latest kept where they are too many: the same for every order of arrival."""
    both = {m.key: m for m in (*moments, *(m for m in more if m))}
    if len(both) == len(moments):
        return moments
    return tuple(sorted(both.values(), key=lambda m: (m.time, m.key))[-_MOMENTS:])
