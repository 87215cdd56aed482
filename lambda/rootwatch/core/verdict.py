"""Planned or not: one fact held against the windows of its account. A tag lowers the noise, it never hides."""

from collections.abc import Sequence

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.settings import Settings
from rootwatch.core.window import Window, is_open, why_not_covered
from rootwatch.core.words import Severity


def weigh(fact: Fact, windows: Sequence[Window], settings: Settings) -> Fact:
    """The fact with its verdict, and the severity that the verdict leaves it."""
    open_ones = [window for window in windows if window.account == fact.account and is_open(window, fact.event_time)]
    if not open_ones:
        return fact
    reasons = [(window, why_not_covered(window, fact)) for window in open_ones]
    covering = next((window for window, why in reasons if why is None), None)
    if covering is None:
        return _breakthrough(fact, next(why for _, why in reasons if why))
    if fact.account in settings.guarded_accounts:
        lowered = msgspec.structs.replace(fact, severity="high", why=()) if fact.severity == "critical" else fact
        return _breakthrough(lowered, "a window of the management or hub account only lowers to high")
    severity: Severity = "medium" if fact.signed_in and fact.mfa != "yes" else "low"
    return msgspec.structs.replace(
        fact,
        severity=severity,
        verdict="planned",
        verdict_why=f"inside a break-glass window until {covering.until:%Y-%m-%d %H:%MZ}",
        ticket=covering.ticket,
        why=(),
    )


def _breakthrough(fact: Fact, why: str) -> Fact:
    return msgspec.structs.replace(fact, verdict="breakthrough", verdict_why=f"inside a break-glass window, but {why}")
