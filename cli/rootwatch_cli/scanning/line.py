"""One line of ``rootwatch scan``: one record that concerns us."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from rootwatch.core.ports import Plan
from rootwatch.core.record import Record
from rootwatch.core.words import Severity, Verdict
from rootwatch_cli.explanation import says_of
from rootwatch_cli.history.gathering import Judged

ASSUME_ROOT: Final = "assume-root"

_NAMES: Final = {
    "event_id": "eventID",
    "event_time": "eventTime",
    "event_name": "eventName",
    "source_ip_address": "sourceIPAddress",
}


class Line(msgspec.Struct, frozen=True, kw_only=True, rename=_NAMES):
    """What a record is to us. Unknowns are null; ``source`` is the file that it stands in."""

    event_id: str | None
    event_time: datetime | None
    account: str | None
    region: str | None
    event_name: str | None
    kind: str
    severity: Severity | None  # None for a granted AssumeRoot: it is told with the calls that it allowed
    verdict: Verdict | None  # None for what is no root use
    says: str
    source_ip_address: str | None
    source: str


def line_of(judged: Judged) -> Line:
    """The line of one record."""
    item, fact = judged.item, judged.plan.fact
    record = item if isinstance(item, Record) else None
    return Line(
        event_id=item.event_id,
        event_time=record.time if record else None,
        account=item.account,
        region=item.region,
        event_name=record.name if record else None,
        kind=fact.kind if fact else ASSUME_ROOT,
        severity=fact.severity if fact else None,
        verdict=fact.verdict if fact and not fact.is_watch_event else None,
        says=says(judged.plan),
        source_ip_address=record.address if record else None,
        source=judged.file,
    )


def says(plan: Plan) -> str:
    """A sentence without its full stop."""
    fact, task = plan.fact, plan.task
    if fact:
        return says_of(fact) if fact.is_watch_event else f"root {fact.says}"
    if task is None:
        return "AssumeRoot was called; the record does not say for which account"
    return f"{task.principal or 'somebody'} was granted AssumeRoot for the account {task.target} ({task.policy})"


def as_json(line: Line, body: Mapping[str, object] | None = None) -> str:
    """One line of JSON, in ASCII: whatever a stranger wrote, a terminal shows it as text."""
    built = msgspec.to_builtins(line)
    if built["eventTime"]:
        built["eventTime"] = zulu(line.event_time)
    if body is not None:
        built["record"] = body
    return dumps(built)


def dumps(value: object) -> str:
    """Compact ASCII JSON; a number that JSON has not, such as NaN, as a text."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"))


def zulu(time: datetime | None) -> str | None:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if time else None


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_finite(part) for part in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
