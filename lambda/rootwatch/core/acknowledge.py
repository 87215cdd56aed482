"""After the fact: a window declared on an account whose root has paged already.

It acknowledges the pages only if every act so far could have been planned, where it came from included, and a person
declared it whom its own record proves. Nothing is resolved by a tag.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tags
from rootwatch.core.window import NEVER_COVERED, Window, inside
from rootwatch.core.windows import declared


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """A window that came after the pages. ``why_not`` is why it acknowledges nothing; None when it does."""

    at: datetime
    sentence: str
    why_not: str | None


def declaration(
    incident: Incident, facts: Sequence[Fact], tags: Tags, settings: Settings, now: datetime
) -> Declaration | None:
    """The window that is open now and was declared after the incident's pages, if it was not told of before."""
    if not incident.paged or incident.state == "closed" or incident.verdict in ("planned", "privileged-task"):
        return None
    windows, _ = declared(tags)
    paged_facts = [fact for fact in facts if fact.verdict in ("unplanned", "breakthrough")]
    came_after = [
        window
        for window in windows
        if window.proved
        and window.start <= now < window.until
        and (incident.declared_at is None or window.start > incident.declared_at)
        and any(fact.time < window.start for fact in paged_facts)
    ]
    if not came_after:
        return None
    window = came_after[-1]
    why_not = _why_not(window, facts, settings)
    return Declaration(at=window.start, sentence=_sentence(window, why_not), why_not=why_not)


def _why_not(window: Window, facts: Sequence[Fact], settings: Settings) -> str | None:
    if window.set_by is None:
        return "its record does not say who set it"
    if window.account in settings.guarded_accounts:
        return "the management and hub accounts are never acknowledged by a tag"
    uncovered = next((f for f in facts if f.window != "yes" or f.kind in NEVER_COVERED), None)
    if uncovered:
        return f"no window could cover that root {uncovered.says}"
    return _why_not_from_there(window, [f for f in facts if f.verdict not in ("privileged-task", "expected")])


def _why_not_from_there(window: Window, facts: Sequence[Fact]) -> str | None:
    """Where root acted from, held against the rules of windows: inside of ``net=``, and all from one network."""
    outside = next((f for f in facts if window.nets and not inside(f.address, window.nets)), None)
    if outside:
        return f"root {outside.says} from outside of the window's net="
    if len({f.network for f in facts if f.network}) > 1:
        return "root acted from more than one network, and a window belongs to one"
    return None


def _sentence(window: Window, why_not: str | None) -> str:
    who = window.set_by or "somebody"
    ticket = f", ticket {window.ticket}" if window.ticket else ""
    said = f"{who} declared a break-glass window until {window.until:%H:%M} UTC{ticket}, after these pages."
    if why_not is None:
        return f"{said} They are acknowledged; resolving them is a person's."
    return f"{said} It acknowledges nothing, since {why_not}; new acts that it can cover will not page."
