"""What is told of a storm: its opening, a digest a minute while it grows, its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import STORM_SCOPE, Incident
from rootwatch.core.notice import Notice, notice
from rootwatch.core.ports import Known, Needs, Plan
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.storm import JOINED, Paging, is_stormy, of_storm, tally
from rootwatch.core.telling import folded
from rootwatch.core.watch import ORGANISATION_CAUSE

_EVERY: Final = timedelta(minutes=1)
_LISTED: Final = 100  # a notice stays far below what an item takes
# Who read the storm as open just before its end may still be storing what joins it.
_GRACE: Final = timedelta(minutes=1)
_MEANS: Final = (
    "From now on a high alert about one account pages nobody by itself: it joins this list, and its own message in "
    "Slack and by SNS says so. Criticals page as ever, and so do highs of the management account and of the hub."
)
_DO_NOW: Final = (
    "Treat it as one attack on the whole organisation until something else is proved: look for what the accounts share "
    "(one person's work, a stolen mailbox, a deployment), and get help. Work through the list, the criticals first."
)


def needs(pagings: Sequence[Paging]) -> Needs:
    """What must be loaded before ``opening`` can be asked."""
    return Needs(key=_key(pagings), scopes=(STORM_SCOPE,))


def opening(pagings: Sequence[Paging], known: Known, settings: Settings, now: datetime) -> Plan | None:
    """The plan that opens a storm; None if there is none, if it is open already, or if nobody can be paged."""
    there = known.incidents.get(STORM_SCOPE)
    if (
        settings.pagerduty is None
        or not is_stormy(pagings, now)
        or (there is not None and not there.is_over(now, settings))
    ):
        return None
    many = len({one.incident for one in pagings})
    fact = Fact(
        key=_key(pagings),
        time=min(one.at for one in pagings),
        kind="storm",
        harm="watch",
        severity="critical",
        title=f"{many} incidents page within ten minutes",
        says=f"{many} incidents have paged within ten minutes",
        means=_MEANS,
        do_now=_DO_NOW,
        cause=f"{ORGANISATION_CAUSE} storm",
    )
    plan = Plan(key=fact.key, disposition="watch", reason="an observation: storm", kind="storm", fact=fact)
    plan = folded(plan, STORM_SCOPE, known, settings, now)
    assert plan.incident is not None
    listed = _newest_first(pagings)
    storm = _counted(plan.incident, listed, now)
    notices = tuple(
        _with_list(msgspec.structs.replace(one, incident=_counted(one.incident, listed, now)), listed)
        for one in plan.notices
    )
    storm = msgspec.structs.replace(storm, untold=0, due_at=now + _EVERY)
    return msgspec.structs.replace(plan, disposition="watch", incident=storm, notices=notices)


def tick(
    storm: Incident, pagings: Sequence[Paging], settings: Settings, now: datetime
) -> tuple[Incident, tuple[Notice, ...]] | None:
    """The storm as it stands after ``now``, and what is told; None when its time has not come.

    A digest in which something joined goes to PagerDuty too, under the storm's own dedup_key: it is added to the alert
    and pages nobody, unless somebody has resolved that: then it pages, since nothing else tells of what has joined.
    """
    if storm.state == "closed" or now < storm.due_at:
        return None
    was_over = storm.is_over(now, settings)
    listed = of_storm(storm, pagings, settings)
    after = _counted(storm, listed, now)
    told: list[Notice] = []
    if after.untold:
        joined = after.actions.get(JOINED, 0) > storm.actions.get(JOINED, 0)
        after, one = notice("digest", after, settings, now, page=("watch", "critical") if joined else None)
        told.append(_with_list(one, listed))
    if was_over and now >= storm.ends_at(settings) + _GRACE:
        after, one = notice("closed", msgspec.structs.replace(after, state="closed"), settings, now)
        told.append(_with_list(one, listed))
    elif not was_over and is_stormy(pagings, now):
        after = msgspec.structs.replace(after, processed_at=now)
    return msgspec.structs.replace(after, due_at=now + _EVERY), tuple(told)


def _counted(storm: Incident, listed: Sequence[Paging], now: datetime) -> Incident:
    last = max((one.at for one in listed), default=now)
    more = max(len(listed) - storm.seen, 0) if storm.seen else 0
    return msgspec.structs.replace(
        storm, seen=len(listed), untold=more, actions=tally(listed), last=max(storm.last, last)
    )


def _with_list(one: Notice, listed: Sequence[Paging]) -> Notice:
    lines = tuple(paging.line for paging in listed[:_LISTED])
    return msgspec.structs.replace(one, listed=lines, unlisted=len(listed) - len(lines))


def _newest_first(pagings: Sequence[Paging]) -> list[Paging]:
    return sorted(pagings, key=lambda one: (one.at, one.incident), reverse=True)


def _key(pagings: Sequence[Paging]) -> str:
    """The same for all who see the storm begin: its oldest page names it."""
    oldest = min(pagings, key=lambda one: (one.at, one.incident), default=None)
    return digest("storm", oldest.at.isoformat() if oldest else None, oldest.incident if oldest else None)
