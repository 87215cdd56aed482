"""A table for a person: when, where and how bad in columns, what it was beside it, or below where there is no room."""

import shutil
import textwrap
from collections.abc import Iterable
from typing import Final, TextIO

import click

from rootwatch.core.words import Severity
from rootwatch.render.clean import clean
from rootwatch_cli.history.gathering import Judged
from rootwatch_cli.scanning.line import Line, line_of

_COLOURS: Final[dict[Severity | None, str | None]] = {
    "critical": "red",
    "high": "magenta",
    "medium": "yellow",
    "low": "blue",
    None: None,
}
# Column and width; together with two spaces between them they leave 80 characters nothing to break.
_COLUMNS: Final = (("TIME (UTC)", 19), ("ACCOUNT", 12), ("REGION", 14), ("SEVERITY", 8), ("VERDICT", 15))
_HEAD: Final = sum(width for _, width in _COLUMNS) + 2 * len(_COLUMNS)
_ROOM: Final = 50  # for what it was, beside the columns
_LONGEST: Final = 400


def write_table(found: Iterable[Judged], out: TextIO, raw: bool) -> None:  # noqa: ARG001 # a table shows no records
    """Nothing that a stranger wrote reaches the terminal but visible text."""
    width = max(shutil.get_terminal_size().columns, 40)
    beside = width - _HEAD >= _ROOM
    is_empty = True
    for judged in found:
        if is_empty:
            names = _row([name for name, _ in _COLUMNS])
            out.write(f"{names}WHAT\n" if beside else f"{names.rstrip()}\n")
            is_empty = False
        line = line_of(judged)
        out.write(_written(line, width, beside=beside, coloured=out.isatty()))


def _written(line: Line, width: int, *, beside: bool, coloured: bool) -> str:
    time = f"{line.event_time:%Y-%m-%d %H:%M:%S}" if line.event_time else "not known"
    severity = line.severity.upper() if line.severity else "-"
    cells = [time, line.account or "not known", line.region or "not known", severity, line.verdict or "-"]
    head = _row(cells)
    if coloured:
        padded = f"  {severity:8}  "
        styled = f"  {click.style(f'{severity:8}', fg=_COLOURS[line.severity], bold=True)}  "
        head = head.replace(padded, styled, 1)
    indent = " " * (_HEAD if beside else 4)
    what = textwrap.wrap(_what(line), width - len(indent)) or [""]
    rows = (
        [f"{head}{what[0]}", *(f"{indent}{row}" for row in what[1:])]
        if beside
        else [head.rstrip(), *(f"{indent}{row}" for row in what)]
    )
    return "\n".join(rows) + "\n"


def _row(cells: list[str]) -> str:
    return "".join(f"{clean(cell, width):{width}}  " for cell, (_, width) in zip(cells, _COLUMNS, strict=True))


def _what(line: Line) -> str:
    details = (line.event_name, f"from {line.source_ip_address}" if line.source_ip_address else None)
    return " · ".join(part for part in (clean(line.says, _LONGEST), *(clean(one, 80) for one in details if one)))
