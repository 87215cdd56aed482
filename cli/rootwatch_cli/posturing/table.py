"""For a person: how many accounts each rule holds in, then each account with what fails or is not known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rootwatch.core.posture_rules import State
from rootwatch.render.clean import clean
from rootwatch_cli.posturing.rows import Row

_STATES: Final[tuple[State, ...]] = ("holds", "fails", "unknown", "not-applicable")
_HEADS: Final = ("HOLDS", "FAILS", "UNKNOWN", "N/A")
_SHOWN: Final[dict[State, str]] = {"holds": "holds", "fails": "FAILS", "unknown": "UNKNOWN", "not-applicable": "n/a"}
_LONGEST: Final = 300
_FEW: Final = 3  # rows of an account that say the same


def lines(rows: Sequence[Row], *, whole: bool) -> Iterator[str]:
    """``whole``: what holds, too, of each account."""
    if not rows:
        yield "No account is known yet: posture has not looked, or none has that id."
        return
    wide = max(len(_label(row)) for row in rows)
    yield f"{'RULE':<{wide}}" + "".join(f"{head:>9}" for head in _HEADS)
    yield from _counted(rows, wide)
    for _, group in groupby(rows, key=lambda row: row.account):
        yield from _account(list(group), wide, whole=whole)
    yield ""
    yield told(rows)


def told(rows: Sequence[Row]) -> str:
    """``2 of 200 accounts are below the line.``"""
    accounts = {row.account for row in rows}
    below = {row.account for row in rows if row.is_below}
    is_or_are = "is" if len(below) == 1 else "are"
    marked = " * marks what rootwatch.posture.must asks for." if any(row.must for row in rows) else ""
    number = f"{len(accounts):,} account{'' if len(accounts) == 1 else 's'}"
    return f"{len(below):,} of {number} {is_or_are} below the line.{marked}"


def _counted(rows: Sequence[Row], wide: int) -> Iterator[str]:
    counts = Counter((_label(row), row.state) for row in rows)
    titles = {_label(row): row.title for row in rows}
    for label, title in titles.items():
        numbers = "".join(f"{counts[label, state] or '-':>9}" for state in _STATES)
        yield f"{label:<{wide}}{numbers}  {title}"


def _account(rows: Sequence[Row], wide: int, *, whole: bool) -> Iterator[str]:
    shown = [row for row in rows if whole or row.state in ("fails", "unknown")]
    if not shown:
        return
    first = rows[0]
    looked = f"looked at {first.looked_at:%Y-%m-%d %H:%MZ}" if first.looked_at else "not looked at yet"
    yield ""
    alias = f"alias {clean(first.alias, 64)}" if first.alias else ""
    yield "  ".join(filter(None, (first.account, clean(first.name, 50), alias, looked)))
    if len(shown) > _FEW and len({(row.state, row.says) for row in shown}) == 1:
        yield f"  {_SHOWN[shown[0].state]:<8} {f'{len(shown)} rules':<{wide}} {clean(shown[0].says, _LONGEST)}"
        return
    for row in shown:
        yield f"  {_SHOWN[row.state]:<8} {_label(row):<{wide}} {clean(row.says, _LONGEST)}"


def _label(row: Row) -> str:
    name = f"{row.control} {row.rule}" if row.control else row.rule
    return f"{name} *" if row.must else name
