"""The break-glass tags as watch events: who declared which window, why a value is none, what was removed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core import principals
from rootwatch.core.fact import Fact
from rootwatch.core.record import Record
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, Tags, taggings_of
from rootwatch.core.watched import bare
from rootwatch.core.window import NotAWindowError, Window, parse
from rootwatch.core.windows import declared_time, standing
from rootwatch.core.words import Severity

MUCH: Final = timedelta(hours=24)  # of windows in seven days
_QUIET: Final = (
    "Root use of this account inside the window is told and does not page. What no window can cover still pages."
)
_GUARDED: Final = (
    "For the management and hub accounts a window lowers critical to high, and no further until somebody else has "
    "approved it."
)


class _Told(msgspec.Struct, frozen=True):
    short: str
    says: str
    means: str
    do_now: str
    severity: Severity = "low"
    why: tuple[str, ...] = ()


def tag_fact(record: Record, tags: Mapping[str, Tags], settings: Settings, now: datetime) -> Fact | None:
    """The fact of a record that sets or removes a break-glass tag, None for any other. Never raises."""
    taggings = taggings_of(record, settings)
    if not taggings:
        return None
    # With both tags in one record, the window is what matters: nobody approves their own.
    one = min(taggings, key=lambda tagging: tagging.purpose != "window")
    known = tags.get(one.account, Tags(account=one.account))
    told = _removed(one) if one.value is None else _approval(one, known) if one.purpose == "approval" else None
    told = told or _window(one, known, settings)
    who = principals.name(record.identity, record.address)
    return msgspec.structs.replace(
        bare(record, now),
        kind="tag",
        harm="watch",
        severity=told.severity,
        title=f"{who} {told.short}",
        says=f"{who} {told.says}",
        means=told.means,
        do_now=told.do_now,
        technique="T1562.001" if told.severity != "low" else "",
        account=one.account,
        recorded_in=record.account if record.account != one.account else None,
        cause=f"{principals.full(record.identity)} {one.purpose} {one.value}",
        why=told.why,
    )


def _window(one: Tagging, known: Tags, settings: Settings) -> _Told:
    try:
        window = parse(one.account, one.value or "", set_at=one.at, set_by=one.by, by_root=one.by_root)
    except NotAWindowError as error:
        return _Told(
            short="set a tag that is no window",
            says=f"set a break-glass tag that is no window: {error}",
            means="Root use of this account pages as if there were no tag.",
            do_now="Have them set it again, as until=2026-11-24T18:00Z ticket=SEC-142 (at most 12 h), or remove it.",
            severity="medium",
        )
    means = _GUARDED if one.account in settings.guarded_accounts else _QUIET
    ticket = f", {window.ticket}" if window.ticket else ", no ticket"
    short = f"declared a window to {window.until:%m-%d %H:%MZ}{ticket}"
    hours = declared_time(known.with_more(one), window.until)
    if hours <= MUCH:
        do_now = (
            "Nothing, if this work is planned. If not, remove the tag, which ends the window, and ask who declared it."
        )
        return _Told(short, _declares(window), means, do_now)
    return _Told(
        "declared a window: more than 24 h of them in 7 days",
        f"{_declares(window)}: with it, more than 24 h of windows in 7 days",
        means,
        "Ask what this account needs root for so often. If nobody can say, remove the tag, which ends the window, and "
        "look at what root did in it.",
        "high",
        (f"the windows of this account add up to {hours.total_seconds() / 3600:.0f} hours in 7 days",),
    )


def _declares(window: Window) -> str:
    begins = f"from {window.start:%m-%d %H:%MZ} " if window.start == window.claimed else ""
    until = f"until {window.until:%m-%d %H:%MZ}" if begins else f"until {window.until:%Y-%m-%d %H:%MZ}"
    covers = f", covering {' and '.join(window.covers)}" if window.covers else ""
    nets = f", only from {', '.join(window.nets)}" if window.nets else ""
    ticket = f"ticket {window.ticket}" if window.ticket else "no ticket"
    by = f", for {window.by} as the tag says" if window.by else ""
    return f"declared a break-glass window {begins}{until}, {ticket}{covers}{nets}{by}"


def _removed(one: Tagging) -> _Told:
    if one.purpose == "approval":
        return _Told(
            "removed a ticket's approval",
            "removed the approval of a break-glass ticket",
            "What only an approval covers pages again.",
            "Nothing.",
        )
    return _Told(
        "removed the break-glass tag",
        "removed the break-glass tag",
        "A window that was open has ended: root use of this account pages again.",
        "Nothing, if the work is done.",
    )


def _approval(one: Tagging, known: Tags) -> _Told:
    declared = standing(known)
    if declared and declared.by == one.by:
        return _Told(
            f"approved their own ticket {one.value}",
            f"approved their own break-glass ticket {one.value}",
            "It counts for nothing: an approval is somebody else's.",
            "Have somebody else set the tag, if the work needs it.",
            "medium",
        )
    return _Told(
        f"approved the ticket {one.value}",
        f"approved the break-glass ticket {one.value}",
        "What the window's covers= names is planned from now on, if its ticket is this one.",
        "Nothing, if this work is planned. If not, remove the tag and ask who approved it.",
    )
