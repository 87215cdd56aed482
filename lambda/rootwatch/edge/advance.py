"""Giving an incident what time alone gives it: a digest or its close."""

from datetime import datetime

from rootwatch.core import storm_notices
from rootwatch.core.lifecycle import tick
from rootwatch.core.ports import Due, Store
from rootwatch.core.settings import Settings
from rootwatch.edge.delivery import Delivery


def advance(due: Due, store: Store, delivery: Delivery, settings: Settings, now: datetime) -> None:
    """Stores and sends it, if its time has come. Somebody else was first: the next sweep looks again."""
    incident = store.incident(due.incident)
    if incident is None:
        return
    if incident.is_storm:
        moved = storm_notices.tick(incident, store.pagings(incident.first, now), settings, now)
    else:
        moved = tick(incident, settings, now)
    if moved and store.advance(*moved):
        delivery.deliver_all(moved[1])
