"""CSV for a spreadsheet: what a stranger wrote can't become a formula there."""

import csv
from collections.abc import Iterable
from typing import Final, TextIO

import msgspec

from rootwatch.core.record import Record
from rootwatch.render.clean import clean
from rootwatch_cli.history.gathering import Judged
from rootwatch_cli.scanning.line import Line, dumps, line_of, zulu

# https://owasp.org/www-community/attacks/CSV_Injection names these; full-width forms are read as the same by some.
_BEGIN_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_LONGEST: Final = 2000


def write_csv(found: Iterable[Judged], out: TextIO, raw: bool) -> None:
    """A head, then a row a record, with the columns of the JSON lines; ``record`` is JSON."""
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([*Line.__struct_encode_fields__, *(["record"] if raw else [])])
    for judged in found:
        cells = _cells(line_of(judged))
        if raw:
            cells.append(dumps(judged.item.body) if isinstance(judged.item, Record) else "")
        rows.writerow(cells)


def _cells(line: Line) -> list[str]:
    cells = [value if isinstance(value, str) else "" for value in msgspec.structs.astuple(line)]
    cells[Line.__struct_fields__.index("event_time")] = zulu(line.event_time) or ""
    return [inert(clean(cell, _LONGEST)) for cell in cells]


def inert(cell: str) -> str:
    """An apostrophe before it makes a text of what would be a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_BEGIN_FORMULAS) else cell
