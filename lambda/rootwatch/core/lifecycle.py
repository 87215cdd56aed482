"""What time alone does to an incident: a digest of what was folded, and its close by quiet."""

from datetime import datetime

import msgspec

from rootwatch.core.deployment_notices import overdue
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice, notice
from rootwatch.core.settings import Settings
from rootwatch.core.telling import next_due


def tick(incident: Incident, settings: Settings, now: datetime) -> tuple[Incident, tuple[Notice, ...]] | None:
    """The incident as it stands after ``now``, and what is told; None when its time has not come.

    A close tells PagerDuty nothing: only a person resolves.
    """
    if incident.state == "closed" or now < incident.due_at:
        return None
    if incident.progress and not incident.paged:
        return overdue(incident, settings, now)
    if incident.is_over(now, settings):
        if incident.is_watch and not incident.paged and not incident.untold:
            return msgspec.structs.replace(incident, state="closed"), ()  # one quiet line needs no second to end it
        closed, last = notice("closed", msgspec.structs.replace(incident, state="closed"), settings, now)
        return closed, (last,)
    told: tuple[Notice, ...] = ()
    if incident.untold:
        incident, digest = notice("digest", incident, settings, now)
        told = (digest,)
    return msgspec.structs.replace(incident, due_at=next_due(incident, settings, now)), told
