"""What the commands write: plans, one account, all accounts. What other people wrote is one visible line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core.settings import Settings
from rootwatch.core.spans import duration
from rootwatch.render.clean import clean, iso
from rootwatch_cli.break_glass.coverage import coverage
from rootwatch_cli.break_glass.plan import Plan
from rootwatch_cli.break_glass.standing import Standing

_TIME: Final = "%Y-%m-%d %H:%MZ"
_COLUMNS: Final = (("STATE", 9), ("ACCOUNT", 12), ("NAME", 24), ("UNTIL", 17), ("TICKET", 16), ("COVERS", 20))
_WIDEST: Final = 52


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One account's tag, for programs."""

    account: str
    name: str
    state: str
    value: str
    since: str | None
    until: str | None
    ticket: str | None
    covers: tuple[str, ...]
    nets: tuple[str, ...]
    approved: bool | None
    declared_by: str | None
    declared_at: str | None
    why: str | None


def plan_text(plan: Plan) -> Iterator[str]:
    """The plan in sentences, and what to know first."""
    yield from (clean(line, 600) for line in plan.says)
    yield from (f"Note: {clean(line, 600)}" for line in plan.warns)


def standing_text(standing: Standing, settings: Settings, now: datetime) -> Iterator[str]:
    """How an account stands, and what its window covers and does not."""
    label, tag, window = standing.account.label, standing.tag, standing.window
    if tag is None:
        yield f"{label}: no break-glass tag. Root use pages."
        return
    yield f"{label}: {_state(standing, now)}"
    yield f"  tag      {clean(tag.value, 256)}"
    yield f"  set by   {_declarer(standing)}"
    if window is None:
        yield "Root use pages as if there were no tag."
        return
    yield f"  approval {standing.approval.why}"
    lines = coverage(window, standing.approval, settings, standing.owner)
    yield "Covered:" if any(line.covered for line in lines) else "Covered: nothing."
    yield from (f"  {line.what}: {line.becomes}" for line in lines if line.covered)
    yield "Not covered:"
    yield from (f"  {line.what}: {line.becomes}" for line in lines if not line.covered)


def _state(standing: Standing, now: datetime) -> str:
    tag, window = standing.tag, standing.window
    assert tag
    if window and tag.state == "open":
        return f"a window is open until {window.until:{_TIME}}, for another {duration(window.until - now)}."
    if window:
        return f"a window is to come, from {window.start:{_TIME}} until {window.until:{_TIME}}."
    if tag.window:
        return f"its window ended at {tag.window.until:{_TIME}}, and the tag is still there."
    return f"its tag is no window: {clean(tag.why, 200)}."


def _declarer(standing: Standing) -> str:
    if standing.declared_by:
        at = f" at {standing.declared_at:{_TIME}}" if standing.declared_at else ""
        return f"{clean(standing.declared_by, 200)}{at}"
    if standing.known:
        return "not known: its record was not heard (yet), and the tag counts from when it was first read"
    return "not known here: the hub's table knows, to credentials of the hub account"


def table_text(rows: Sequence[Standing]) -> Iterator[str]:
    """A head and a line an account."""
    if not rows:
        yield "No account has a break-glass tag."
        return
    yield f"{_cells([name for name, _ in _COLUMNS])}DECLARED BY, OR WHY IT IS NONE"
    for standing in rows:
        row = row_of(standing)
        until = row.until[:16].replace("T", " ") + "Z" if row.until else "-"
        covers = "/".join(row.covers) + (" (approved)" if row.covers and row.approved else "")
        cells = [row.state, row.account, row.name, until, row.ticket or "-", covers or "-"]
        # Of an ARN what names the person: the role and its session, or the user.
        who = row.declared_by or "not known"
        last = row.why or who.partition("/")[2] or who
        yield f"{_cells(cells)}{clean(last, _WIDEST)}"


def row_of(standing: Standing) -> Row:
    """For programs: what is not known is null."""
    tag = standing.tag
    assert tag
    window = tag.window
    return Row(
        account=standing.account.id,
        name=clean(standing.account.name, 128),
        state=tag.state,
        value=clean(tag.value, 256),
        since=iso(window.start) if window and tag.state != "expired" else None,
        until=iso(window.until) if window else None,
        ticket=clean(window.ticket, 256) if window and window.ticket else None,
        covers=window.covers if window else (),
        nets=window.nets if window else (),
        approved=standing.approval.counts if standing.window else None,
        declared_by=clean(standing.declared_by, 512) or None,
        declared_at=iso(standing.declared_at) if standing.declared_at else None,
        why=clean(tag.why, 200) or None,
    )


def _cells(cells: Sequence[str]) -> str:
    return "".join(f"{clean(cell, width):{width}}  " for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
