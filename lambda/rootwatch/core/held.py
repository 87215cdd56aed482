"""A page whose hold has ended: nothing explained it, so it is one like any other. It makes a storm, or joins one."""

from datetime import datetime

import msgspec

from rootwatch.core import storm as storms
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice, joins_note
from rootwatch.core.settings import Settings
from rootwatch.core.storm import Paging


def ended(
    told: Notice, storm: Incident | None, settings: Settings, hold_ended_at: datetime
) -> tuple[Notice, Paging | None]:
    """The notice as it goes out now, and its entry in the list that a storm is made of, if it has one. ``storm``: the
    one that incidents may join now. A try that is repeated makes the same entry."""
    incident, page = told.incident, told.page
    if page is None or not told.page_hold or not storms.counts(incident):
        return told, None
    joins = storm if storm and storms.may_join(incident, page.severity, 0, settings) else None
    if joins is None and incident.has_paged:
        return told, None  # it is in the list by another harm
    title = told.fact.title if told.fact else incident.title
    entry = storms.paging(incident, page.severity, title, joins, hold_ended_at)
    if joins is None:
        return told, entry
    return msgspec.structs.replace(told, page=None, page_hold=0, note=joins_note(joins)), entry
