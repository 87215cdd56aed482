"""What an account's tags declare, over time: windows, and values that are none with the reason why."""

from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

import msgspec

from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.window import NotAWindowError, Window, inside, parse

_WEEK: Final = timedelta(days=7)


class NoWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A value of the tag that declares nothing."""

    since: datetime
    ended: datetime | None
    why: str


def declared(tags: Tags) -> tuple[list[Window], list[NoWindow]]:
    """Every window that these tags ever declared, and every value that was none.

    A tag that is removed or overwritten ends its window then. The same value set again changes nothing.
    """
    windows: list[Window] = []
    refused: list[NoWindow] = []
    values = _changes_of_value(tags)
    for tagging, following in zip_longest(values, values[1:]):
        ended = following.at if following else None
        if tagging.value is None:
            continue
        try:
            window = parse(
                tagging.account, tagging.value, set_at=tagging.at, set_by=tagging.by, by_root=tagging.by_root
            )
        except NotAWindowError as error:
            refused.append(NoWindow(since=tagging.at, ended=ended, why=str(error)))
            continue
        until = min(window.until, ended) if ended else window.until
        windows.append(msgspec.structs.replace(window, until=until, proved=tagging.proved))
    return windows, refused


def approval(window: Window, tags: Tags, at: datetime) -> Tagging | None:
    """The approval of the window's ticket that stood then, by another principal, proved by its own record; or None.

    Records know whole seconds: one that was removed within this very second still stood, like a window that was.
    """
    known = [one for one in tags.taggings if one.purpose == "approval" and one.at <= at]
    standing = [one for one in known if one.at < at][-1:] + [one for one in known if one.at == at]
    return next((one for one in reversed(standing) if _approves(one, window)), None)


def declared_time(tags: Tags, until: datetime) -> timedelta:
    """For how long windows of the account are or were open in the seven days before ``until``."""
    since = until - _WEEK
    spans = (min(window.until, until) - max(window.start, since) for window in declared(tags)[0])
    return sum((span for span in spans if span > timedelta()), timedelta())


def owner(window: Window, tags: Tags) -> Tagging | None:
    """The first use of a window, as far as we know: who came first owns it."""
    uses = (
        one
        for one in tags.taggings
        if one.purpose == "use"
        and window.start <= one.at <= window.until
        and (not window.nets or inside(one.by, window.nets))
    )
    return min(uses, key=lambda one: (one.at, one.value or ""), default=None)


def standing(tags: Tags) -> Tagging | None:
    """The setting or removal that the tag is as it is by; what only says the same again is not it. None: none known."""
    return next(reversed(_changes_of_value(tags)), None)


def _approves(one: Tagging, window: Window) -> bool:
    proved = window.proved and one.proved and not one.by_root
    return proved and bool(window.ticket) and one.value == window.ticket and one.by not in (None, window.set_by)


def _changes_of_value(tags: Tags) -> list[Tagging]:
    kept: list[Tagging] = []
    for tagging in tags.taggings:
        if tagging.purpose != "window":
            continue
        # A value that root set declares nothing; a person who sets it again does. Who reads it there sets nothing.
        same = bool(kept) and kept[-1].value == tagging.value
        if not same or (tagging.proved and kept[-1].by_root != tagging.by_root):
            kept.append(tagging)
    return kept
