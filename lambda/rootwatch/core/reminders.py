"""What time alone tells of break-glass windows: that one ends soon while root is at work in it, and that one has ended.

What was told stands with the taggings that it follows from, and each telling has a key of its own: a crash between the
two tells nothing twice.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Reminder, Tags
from rootwatch.core.window import Window, is_open
from rootwatch.core.windows import declared
from rootwatch.core.words import pages

AHEAD: Final = timedelta(minutes=10)
LATE: Final = timedelta(hours=24)  # an end that is longer ago is no news any more
_TOP: Final = 5


class Use(msgspec.Struct, frozen=True):
    """An incident of the account, and its facts."""

    incident: Incident
    facts: Sequence[Fact]


def next_look(tags: Tags) -> datetime | None:
    """When these tags are to be looked at next; None when they have nothing more to tell by themselves."""
    since = tags.looked - LATE if tags.looked else None
    return min((at for at, one, _ in _moments(tags) if since is None or at >= since), default=None)


def due(tags: Tags, now: datetime) -> list[tuple[Reminder, Window]]:
    """What is to be told by now, oldest first."""
    return [(one, window) for at, one, window in _moments(tags) if now - LATE <= at <= now]


def looked(tags: Tags, now: datetime) -> Tags:
    """The tags once all that is due by now was told."""
    recent = [one for one in tags.reminded if one.until >= now - LATE]
    return msgspec.structs.replace(tags, reminded=(*recent, *(one for one, _ in due(tags, now))), looked=now)


def facts(tags: Tags, uses: Iterable[Use], settings: Settings, now: datetime) -> list[Fact]:
    """What is to be told by now, as facts. ``uses``: the account's incidents that may reach into its windows."""
    uses = list(uses)
    found = (_fact(one, window, tags, uses, settings, now) for one, window in due(tags, now))
    return [fact for fact in found if fact]


def _moments(tags: Tags) -> list[tuple[datetime, Reminder, Window]]:
    found: list[tuple[datetime, Reminder, Window]] = []
    for window in declared(tags)[0]:
        if window.until <= window.start:
            continue  # taken back before it began
        if window.start < window.until - AHEAD:
            found.append((window.until - AHEAD, Reminder("ending", window.until, window.ticket), window))
        found.append((window.until, Reminder("ended", window.until, window.ticket), window))
    return sorted((one for one in found if one[1] not in tags.reminded), key=lambda one: one[0])


def _fact(one: Reminder, window: Window, tags: Tags, uses: list[Use], settings: Settings, now: datetime) -> Fact | None:
    inside = [fact for use in uses for fact in use.facts if _was_inside(fact, window)]
    if one.what == "ended":
        return _ended(window, tags, inside, now)
    still_open = [use for use in uses if not use.incident.is_over(now, settings)]
    active = any(_was_inside(fact, window) for use in still_open for fact in use.facts)
    return _ending(window, inside, now) if active and now < window.until else None


def _was_inside(fact: Fact, window: Window) -> bool:
    """Whether root did it in this window, planned or not; a colleague's privileged task is no use of it."""
    return not fact.is_watch_event and fact.verdict in ("planned", "breakthrough") and is_open(window, fact.event_time)


def _ending(window: Window, inside: Sequence[Fact], now: datetime) -> Fact:
    last = max(fact.time for fact in inside)
    return Fact(
        key=digest("window ending", window.account, window.until, window.ticket),
        time=now,
        event_time=window.start,
        kind="window-ending",
        harm="watch",
        severity="low",
        title=f"root is still at work, window{_named(window)} ends at {window.until:%H:%MZ}",
        says=(
            f"The break-glass window{_named(window)} ends at {window.until:%Y-%m-%d %H:%MZ}, and root is still at work "
            f"in it: {_count(inside)}, the last at {last:%H:%MZ}"
        ),
        means="What root does after that pages.",
        do_now=(
            "Come to an end, or declare another window before this one ends: rootwatch break-glass open "
            f"{window.account} --for 1h --ticket {window.ticket or 'TICKET'}"
        ),
        account=window.account,
        ticket=window.ticket,
        cause=f"{window.until.isoformat()} {window.ticket}",
    )


def _ended(window: Window, tags: Tags, inside: Sequence[Fact], now: datetime) -> Fact:
    did = f"root did {_count(inside) if inside else 'nothing'}"
    paged = sum(fact.verdict == "breakthrough" and pages(fact.severity) for fact in inside)
    what = f": {_most(inside)}" if inside else ""
    against = f"; the window did not cover {paged} of them" if paged else ""
    return Fact(
        key=digest("window ended", window.account, window.until, window.ticket),
        time=now,
        event_time=window.start,
        kind="window-ended",
        harm="watch",
        severity="low",
        title=f"{did} in window{_named(window)}, ended at {window.until:%H:%MZ}",
        says=(
            f"The break-glass window{_named(window)}, from {window.start:%Y-%m-%d %H:%MZ} until "
            f"{window.until:%Y-%m-%d %H:%MZ}, has ended; {did} in it{what}{against}"
        ),
        means=_from_now_on(tags, now),
        do_now=_after_the_end(window, tags),
        account=window.account,
        ticket=window.ticket,
        cause=f"{window.until.isoformat()} {window.ticket}",
    )


def _from_now_on(tags: Tags, now: datetime) -> str:
    other = next((window for window in declared(tags)[0] if window.start <= now < window.until), None)
    if other:
        return f"Another window is open until {other.until:%Y-%m-%d %H:%MZ}{_ticket(other)}."
    return "Root use of this account pages again."


def _after_the_end(window: Window, tags: Tags) -> str:
    look = "See that this is what the ticket asked for." if window.ticket else "See that this was what was planned."
    last = tags.latest("window")
    if last is None or last.value is None or any(one.until > window.until for one in declared(tags)[0]):
        return look
    return f"{look} The tag is still there: rootwatch break-glass close {window.account} removes it."


def _ticket(window: Window) -> str:
    return f", {window.ticket}" if window.ticket else ""


def _named(window: Window) -> str:
    return f" {window.ticket}" if window.ticket else ""


def _count(inside: Sequence[Fact]) -> str:
    return f"{len(inside)} thing{'' if len(inside) == 1 else 's'}"


def _most(inside: Sequence[Fact]) -> str:
    """What was done most, in one line."""
    counts = sorted(Counter(fact.says for fact in inside).items(), key=lambda pair: (-pair[1], pair[0]))
    said = [f"{says[:120]}{f' x{count}' if count > 1 else ''}" for says, count in counts[:_TOP]]
    more = len(counts) - _TOP
    return ", ".join(said) + (f", and {more} more" if more > 0 else "")
