"""The forms in which ``rootwatch scan`` writes its lines, each for another reader."""

from collections.abc import Callable, Iterable
from typing import TextIO

from rootwatch.core.record import Record
from rootwatch_cli.history.gathering import Judged
from rootwatch_cli.scanning import ocsf
from rootwatch_cli.scanning.line import as_json, dumps, line_of
from rootwatch_cli.scanning.spreadsheet import write_csv
from rootwatch_cli.scanning.table import write_table

Writer = Callable[[Iterable[Judged], TextIO, bool], None]


def write_jsonl(found: Iterable[Judged], out: TextIO, raw: bool) -> None:
    """One JSON object a record and line."""
    for judged in found:
        body = judged.item.body if raw and isinstance(judged.item, Record) else None
        out.write(as_json(line_of(judged), body) + "\n")


def write_ocsf(found: Iterable[Judged], out: TextIO, raw: bool) -> None:
    """One OCSF Detection Finding a record and line."""
    out.writelines(dumps(ocsf.finding(judged, raw=raw)) + "\n" for judged in found)


WRITERS: dict[str, Writer] = {
    "table": write_table,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "ocsf": write_ocsf,
}
