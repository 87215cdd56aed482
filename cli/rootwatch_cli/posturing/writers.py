"""The forms for programs: JSON lines, and CSV for a spreadsheet."""

import csv
from collections.abc import Iterable
from typing import Final, TextIO

import msgspec

from rootwatch.render.clean import clean
from rootwatch_cli.posturing.rows import Row
from rootwatch_cli.scanning.spreadsheet import inert

_LONGEST: Final = 2000


def write_jsonl(rows: Iterable[Row], out: TextIO) -> None:
    """One JSON object a row and line; times are in UTC."""
    out.writelines(msgspec.json.encode(row).decode() + "\n" for row in rows)


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """A head, then a row a line; ``users`` in one cell. What a stranger wrote can't become a formula there."""
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(Row.__struct_fields__)
    for row in rows:
        users = "; ".join(f"{finding.user}: {finding.says}" for finding in row.users)
        looked = f"{row.looked_at:%Y-%m-%dT%H:%M:%SZ}" if row.looked_at else ""
        who = [row.account, row.name, row.alias or ""]
        asked = [row.control or "", row.title, row.rule, row.state, str(row.must).lower()]
        lines.writerow(inert(clean(cell, _LONGEST)) for cell in (*who, *asked, row.says, looked, users))
