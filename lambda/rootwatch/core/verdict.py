"""Planned or not: one fact held against what is declared for its account. A tag lowers the noise, it never hides."""

from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.settings import Settings
from rootwatch.core.spans import duration
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.window import COVERABLE, NEVER_COVERED, Window, is_open, why_not_covered
from rootwatch.core.windows import NoWindow, approval, declared, owner
from rootwatch.core.words import Severity

# Of 60 and 90 seconds at most, some are left for the way to PagerDuty.
HOLD_FOR_TAG_SECONDS: Final = 55
HOLD_FOR_TASK_SECONDS: Final = 85
_KNOCKS: Final = frozenset({"failed-sign-in", "recovery"})  # anybody can, who knows root's e-mail address


def weigh(fact: Fact, tags: Tags, settings: Settings) -> Fact:
    """The fact with its verdict, the severity that the verdict leaves it, and how long its page may wait.

    It can be weighed again whenever more is known: it starts from what the fact is by itself.
    """
    fact = msgspec.structs.replace(
        fact,
        severity=fact.alone or fact.severity,
        alone=fact.alone or fact.severity,
        verdict="unplanned",
        verdict_why="no break-glass window",
        ticket=None,
        hold=0,
    )
    if fact.event_time is None:
        return fact
    expected = _expected(fact, settings)
    if expected:
        return msgspec.structs.replace(fact, severity="low", verdict="expected", verdict_why=expected)
    windows, refused = declared(tags)
    open_ones = [window for window in windows if is_open(window, fact.event_time)]
    if open_ones:
        return _inside(fact, open_ones, tags, settings)
    return _outside(fact, windows, refused)


def with_use(fact: Fact, tags: Tags, settings: Settings) -> tuple[Tags, tuple[Tagging, ...]]:
    """The tags once this use is looked at, and what is new in them: who came first owns the window.

    A use that the window covers, whoever owns it, is kept if it came before the one that is known. Who knocks is not
    in: else any stranger who fails to sign in would own the window, and its people would page.
    """
    if fact.kind in _KNOCKS:
        return tags, ()
    unowned = msgspec.structs.replace(tags, taggings=tuple(one for one in tags.taggings if one.purpose != "use"))
    if fact.event_time is None or fact.network is None or fact.account is None:
        return tags, ()
    if weigh(fact, unowned, settings).verdict != "planned":
        return tags, ()
    windows = [window for window in declared(tags)[0] if is_open(window, fact.event_time)]
    owners = [owner(window, tags) for window in windows]
    if all(one is not None and (one.at, one.value or "") <= (fact.event_time, fact.network) for one in owners):
        return tags, ()
    use = Tagging(account=fact.account, purpose="use", value=fact.network, at=fact.event_time, by=fact.address)
    return tags.with_more(use), (use,)


def _expected(fact: Fact, settings: Settings) -> str | None:
    """Why this use was expected; None if it was not. Never wider than a window."""
    if fact.window != "yes" or fact.kind in NEVER_COVERED or fact.account in settings.guarded_accounts:
        return None
    for entry in settings.expected_use:
        if entry.account == fact.account and entry.fits(fact.action, fact.invoked_by, fact.event_time):
            return f"expected until {entry.expires}: {entry.reason}"
    return "AWS itself did it, on the account's first day" if fact.first_day else None


def _inside(fact: Fact, open_ones: list[Window], tags: Tags, settings: Settings) -> Fact:
    reasons = [(window, _why_not(window, fact, tags)) for window in open_ones]
    covering = next((window for window, why in reasons if why is None), None)
    if covering is None or fact.event_time is None:
        return _breakthrough(fact, next(why for _, why in reasons if why))
    if fact.account in settings.guarded_accounts and approval(covering, tags, fact.event_time) is None:
        lowered = msgspec.structs.replace(fact, severity="high") if fact.severity == "critical" else fact
        return _breakthrough(lowered, "without an approval, one of the management or hub account only lowers to high")
    severity: Severity = "medium" if fact.signed_in and fact.mfa != "yes" else "low"
    return msgspec.structs.replace(
        fact,
        severity=severity,
        verdict="planned",
        verdict_why=f"inside a break-glass window until {covering.until:%Y-%m-%d %H:%MZ}",
        ticket=covering.ticket,
    )


def _why_not(window: Window, fact: Fact, tags: Tags) -> str | None:
    first = owner(window, tags)
    if first and fact.network and fact.network != first.value:
        return f"the window belongs to who came first, from {first.value}: this came from another network"
    why = why_not_covered(window, fact)
    if why or fact.window not in COVERABLE or fact.event_time is None:
        return why
    if approval(window, tags, fact.event_time):
        return None
    return f"covers={fact.window} counts only once somebody else has approved the ticket"


def _outside(fact: Fact, windows: list[Window], refused: list[NoWindow]) -> Fact:
    assert fact.event_time is not None
    at = fact.event_time
    claimed = [window for window in windows if window.claimed <= at < window.start]
    if claimed:
        unproved = next((window for window in claimed if not window.proved), None)
        if unproved and why_not_covered(unproved, fact, claimed=True) is None and fact.window not in COVERABLE:
            why = "a break-glass tag is there, but it is not confirmed that it was set before this"
            return msgspec.structs.replace(fact, verdict_why=why, hold=HOLD_FOR_TAG_SECONDS)
        return _because(fact, "the break-glass tag was set after this: it does not reach back")
    there = [one for one in refused if one.since <= at and (one.ended is None or at < one.ended)]
    if there:
        return _because(fact, f"the break-glass tag is no window: {there[-1].why}")
    ended = [window for window in windows if window.until < at]
    if ended:
        last = max(ended, key=lambda window: (window.until, window.ticket or ""))
        ago, ticket = duration(at - last.until), f", {last.ticket}" if last.ticket else ""
        return _because(
            fact, f"the last break-glass window ended at {last.until:%Y-%m-%d %H:%MZ}, {ago} before{ticket}"
        )
    return fact


def _because(fact: Fact, why: str) -> Fact:
    return msgspec.structs.replace(fact, verdict_why=why)


def _breakthrough(fact: Fact, why: str) -> Fact:
    return msgspec.structs.replace(fact, verdict="breakthrough", verdict_why=f"inside a break-glass window, but {why}")
