"""One line of ``rootwatch explain``, as data and as text."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import click
import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.ports import Plan
from rootwatch.core.record import Item, Record
from rootwatch.core.words import SEVERITIES, ChannelName, Harm, Kind, NoticeType, Severity, Verdict

_COLOURS = {"critical": "red", "high": "magenta", "medium": "yellow", "low": "blue"}
_NAMES = {"sns": "SNS", "slack": "Slack", "pagerduty": "PagerDuty"}


class WouldSend(msgspec.Struct, frozen=True, kw_only=True):
    """One notice that would be sent."""

    type: NoticeType
    channels: tuple[ChannelName, ...]
    page: bool


class Explanation(msgspec.Struct, frozen=True, kw_only=True, rename={"event_id": "eventID", "event_time": "eventTime"}):
    """What one record is to us. Unknowns are null."""

    index: int
    event_id: str | None
    event_time: datetime | None
    account: str | None
    region: str | None
    action: str | None
    root_use: bool
    readable: bool
    reason: str
    kind: Kind | None
    harm: Harm | None
    severity: Severity | None
    verdict: Verdict | None
    says: str | None
    why: tuple[str, ...]
    notices: tuple[WouldSend, ...]


def explanation(index: int, item: Item, plan: Plan) -> Explanation:
    """From the core's plan to the line that says it."""
    fact, record = plan.fact, item if isinstance(item, Record) else None
    return Explanation(
        index=index,
        event_id=item.event_id,
        event_time=record.time if record else None,
        account=item.account,
        region=item.region,
        action=record.name if record else None,
        root_use=fact is not None and not fact.is_watch_event,
        readable=record is not None and plan.kind != "unreadable",
        reason=plan.reason,
        kind=plan.kind,
        harm=fact.harm if fact else None,
        severity=fact.severity if fact else None,
        verdict=fact.verdict if fact and not fact.is_watch_event else None,
        says=says_of(fact) if fact else None,
        why=_why(fact),
        notices=tuple(
            WouldSend(type=notice.type, channels=notice.channels, page=notice.page is not None)
            for notice in plan.notices
        ),
    )


def says_of(fact: Fact) -> str:
    """Follows "root "; of a watch event it names who did it."""
    return f"{fact.says} (account {fact.account})" if fact.is_watch_event and fact.recorded_in else fact.says


def _why(fact: Fact | None) -> tuple[str, ...]:
    if fact is None:
        return ()
    return (*fact.why, fact.means) if fact.is_watch_event else (*fact.why, fact.verdict_why)


def show(line: Explanation) -> str:
    """A few lines for a person."""
    place = " · ".join(
        part
        for part in (
            line.event_time.strftime("%Y-%m-%d %H:%M:%SZ") if line.event_time else "time unknown",
            line.account or "account unknown",
            line.region or "region unknown",
            line.action or "no event name",
        )
    )
    head = f"{line.index:>4}  {place}"
    if line.severity is None:
        return f"{head}\n      not root use: {line.reason}"
    what = "ROOT USE" if line.root_use else "WATCH EVENT"
    judged = click.style(f"{line.severity.upper()} {what}", fg=_COLOURS[line.severity], bold=True)
    rows = [
        head,
        " · ".join(part for part in (f"      {judged}", line.kind, line.harm, line.verdict) if part),
        f"      root {line.says}" if line.root_use else f"      {line.says}",
        f"      because {line.reason}; {'; '.join(line.why)}" if line.root_use else f"      {'; '.join(line.why)}",
        *(f"      would send: {_would_send(notice)}" for notice in line.notices),
    ]
    return "\n".join(rows)


def summary(lines: Sequence[Explanation]) -> str:
    """How many of what."""
    found = Counter(line.severity for line in lines if line.severity and line.root_use)
    watched = sum(line.severity is not None and not line.root_use for line in lines)
    parts = [f"{found[severity]} {severity}" for severity in reversed(SEVERITIES) if found[severity]]
    unreadable = sum(not line.readable for line in lines)
    records = f"{len(lines)} record{'' if len(lines) == 1 else 's'}"
    told = f"{sum(found.values())} root use" + (f" ({', '.join(parts)})" if parts else "")
    if watched:
        told += f", {watched} watch event{'' if watched == 1 else 's'}"
    return f"{records}: {told}" + (f", {unreadable} unreadable" if unreadable else "")


def _would_send(notice: WouldSend) -> str:
    names = [
        _NAMES[name] + (" (page)" if notice.page else " (change event)") if name == "pagerduty" else _NAMES[name]
        for name in notice.channels
    ]
    return f"{notice.type} → {', '.join(names)}"
