"""What is told of a deployment after its opening: that it is not confirmed in time, which pages; or its end."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from rootwatch.core.comparison import concerns_root
from rootwatch.core.deployment_check import Touched, Where
from rootwatch.core.deployments import CAUSE
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice, notice
from rootwatch.core.ports import Plan
from rootwatch.core.progress import Progress
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity

_NOBODY_LOOKED = "nobody has compared it with what should be deployed, which is rootwatch-coverage's to do"
_MEANS = "Who changes the watch by a stack of their own looks like this too. What differs may hear or tell less."
_DO_NOW = (
    "Ask who began it. Let it end or roll back if it is under way; else deploy rootwatch again, and look in CloudTrail "
    "for what was done meanwhile."
)
_AFTER_THE_END = "Nothing, if you know of this deployment. If not, ask who began it."


def overdue(incident: Incident, settings: Settings, now: datetime) -> tuple[Incident, tuple[Notice, ...]] | None:
    """The deployment as it stands when its time is up, and its page; None while there is time."""
    progress = incident.progress
    if progress is None or now < progress.deadline(incident.opened_at, incident.processed_at):
        return None
    wrong = (*progress.unconfirmed, *progress.missing) or (_NOBODY_LOOKED,)
    severity: Severity = "critical" if _is_grave(progress, wrong) else "high"
    more = f", and {progress.amiss - 1} more" if progress.amiss > 1 else ""
    fact = Fact(
        key=digest("deployment not confirmed", incident.id),
        time=now,
        event_time=incident.first,
        kind="deployment",
        harm="watch",
        severity=severity,
        title=f"deployment{by(progress)} is not confirmed: {wrong[0]}{more}",
        says=f"The deployment{by(progress)} is not known to be as it should be after 15 minutes: {wrong[0]}{more}",
        means=_MEANS,
        do_now=_DO_NOW,
        technique="T1562.001",
        cause=CAUSE,
        why=wrong,
    )
    raised = msgspec.structs.replace(incident, harms={**incident.harms, "watch": severity})
    paged, told = notice("escalated", raised, settings, now, fact=fact, page=("watch", severity))
    return msgspec.structs.replace(paged, due_at=paged.ends_at(settings)), (told,)


def ended(
    incident: Incident, changed: Touched, told_before: Collection[Where], settings: Settings, now: datetime
) -> Plan:
    """The plan that closes the deployment, all as it should be, and tells of it; it resolves nothing. ``told_before``:
    the places that differ and were told as deviations."""
    progress = incident.progress or Progress()
    but = f" but for {len(told_before)} told before" if told_before else ""
    what = f"{_count(changed)}, all as deployed{but}" if changed else "nothing of ours was changed by it"
    fact = Fact(
        key=digest("deployment confirmed", incident.id),
        time=now,
        event_time=incident.first,
        kind="deployment",
        harm="watch",
        severity="low",
        title=f"deployment{by(progress)}: {what}",
        says=f"The deployment{by(progress)} has ended: {what}",
        means="What it changed was compared with what should be deployed, after the last change.",
        do_now=_AFTER_THE_END,
        cause=CAUSE,
    )
    closed, told = notice("closed", msgspec.structs.replace(incident, state="closed"), settings, now, fact=fact)
    return Plan(
        key=fact.key,
        disposition="watch",
        reason="an observation: the deployment is confirmed",
        kind=fact.kind,
        incident=closed,
        fact=fact,
        notices=(told,),
    )


def by(progress: Progress) -> str:
    """Who began it, to follow "deployment"."""
    return f" by {' and '.join(progress.people)}" if progress.people else " by nobody we know of"


def _is_grave(progress: Progress, wrong: Sequence[str]) -> bool:
    """Whether the rule for root may be what is wrong: it differs, or was touched and nobody could look."""
    unseen = not progress.checked_at or any("could not be compared" in words for words in wrong)
    return concerns_root(wrong) or (progress.grave and unseen)


def _count(changed: Touched) -> str:
    places, parts = len({part.where for part in changed}), len(changed)
    return f"{places} place{'' if places == 1 else 's'} ({parts} part{'' if parts == 1 else 's'})"
