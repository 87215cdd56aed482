"""A storm in words: how many incidents page at once, how many joined, and the list of them."""

from typing import TYPE_CHECKING, Final

from rootwatch.core.incident import LONGEST_STORM, STORM_HOLD, STORM_WINDOW
from rootwatch.core.notice import Notice
from rootwatch.core.storm import JOINED, PAGED, PAGES_AT_ONCE
from rootwatch.render.clean import clean, moment

if TYPE_CHECKING:
    from rootwatch.render.story import Story

_TITLE: Final = 160
LOOK: Final = "The messages of the incidents themselves, in Slack and by SNS: each names its own records."
_MINUTES: Final = STORM_WINDOW.seconds // 60
_MEANWHILE: Final = "High alerts page by themselves again."


def headline(notice: Notice) -> str:
    """``STORM: 21 incidents page within ten minutes``."""
    incident = notice.incident
    match notice.type:
        case "digest":
            return f"STORM, {incident.untold} more: {incident.seen} pages and alerts so far"
        case "closed":
            return f"Closed: STORM, {incident.seen} pages and alerts"
    return f"STORM: {clean(notice.fact.title if notice.fact else incident.title, _TITLE)}"


def happened(notice: Notice) -> str:
    """How many there are, and what that means for what is paged."""
    incident, fact = notice.incident, notice.fact
    if fact:
        return f"{clean(fact.says, 500)}. {fact.means}"
    paged, joined = incident.actions.get(PAGED, 0), incident.actions.get(JOINED, 0)
    counts = f"{paged} paged by themselves, {joined} joined the storm's page"
    if notice.type == "closed":
        calmed = incident.processed_at + STORM_HOLD <= incident.opened_at + LONGEST_STORM
        why = (
            f"there have not been more than {PAGES_AT_ONCE} within {_MINUTES} minutes any more"
            if calmed
            else "an hour is over; if it goes on, it pages anew"
        )
        return f"Closed, because {why}. {_MEANWHILE} That is no all-clear. Since {moment(incident.first)}: {counts}."
    return f"{incident.untold} more since the last notice. Since {moment(incident.first)}: {counts}."


def shown(told: "Story", most: int) -> list[str]:
    """So many lines of the list, and how many more there are, with where they are told: nothing is left out unsaid."""
    lines = list(told.listed[:most])
    more = len(told.listed) - len(lines) + told.unlisted
    return lines + ([f"and {more} more: each has its own message in Slack and by SNS"] if more else [])
