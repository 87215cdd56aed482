"""A storm: more incidents page within ten minutes than one person can take. Then highs join one critical page.

A storm must not be of use to whoever wants silence: criticals page as ever, and so do highs of the management account,
of the hub, and of what concerns no single account; what joins is told by its own notice and is in the storm's list.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core.incident import STORM_SCOPE, STORM_WINDOW, Incident
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity

PAGES_AT_ONCE: Final = 20  # that one person can take in ten minutes; one more is a storm


class Paging(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That an incident paged for the first time, or joined a storm: an entry of the list that a storm is made of."""

    at: datetime
    incident: str
    severity: Severity
    line: str  # whose account, and what it was
    joined: str = ""  # the storm's id; "" for a page of its own


def is_stormy(pagings: Iterable[Paging], now: datetime) -> bool:
    """Whether more than twenty incidents paged, or joined, within the ten minutes before ``now``."""
    return len({one.incident for one in pagings if now - one.at < STORM_WINDOW}) > PAGES_AT_ONCE


def standing(incidents: dict[str, Incident], settings: Settings, now: datetime) -> Incident | None:
    """The storm that incidents may join now: it has paged, and is not over."""
    there = incidents.get(STORM_SCOPE)
    return None if there is None or there.is_over(now, settings) or not there.paged else there


def may_join(incident: Incident, severity: Severity, hold: int, settings: Settings) -> bool:
    """Whether a page may go out as part of the storm's. One that is held may once its hold is over: until then it may
    prove to be none."""
    about_one = incident.account is not None and incident.account not in settings.guarded_accounts
    return severity == "high" and not hold and about_one and counts(incident)


def counts(incident: Incident) -> bool:
    """Whether its page makes a storm and is in its list: the storm itself, a lost send and a rehearsal are not."""
    return not (incident.is_storm or incident.is_failed_send or incident.is_rehearsal)


def paging(incident: Incident, severity: Severity, title: str, joined: Incident | None, now: datetime) -> Paging:
    """The entry of an incident that pages now, or joins."""
    whose = incident.account or "several accounts"
    if incident.account and incident.account_name:
        whose = f"{incident.account_name} ({incident.account})"
    line = f"{severity.upper()} {whose}: {title}"[:200]
    return Paging(at=now, incident=incident.id, severity=severity, line=line, joined=joined.id if joined else "")


def of_storm(storm: Incident, pagings: Iterable[Paging], settings: Settings) -> list[Paging]:
    """The entries of this storm, newest first: what came until its end, and what was joining it just then."""
    end = storm.ends_at(settings)
    mine = [one for one in pagings if one.joined == storm.id or storm.first <= one.at < end]
    return sorted(mine, key=lambda one: (one.at, one.incident), reverse=True)


def tally(pagings: Sequence[Paging]) -> dict[str, int]:
    """How many paged by themselves, and how many joined."""
    joined = sum(1 for one in pagings if one.joined)
    counted = {PAGED: len(pagings) - joined, JOINED: joined}
    return {name: count for name, count in counted.items() if count}


PAGED: Final = "paged by itself"
JOINED: Final = "joined the storm"
