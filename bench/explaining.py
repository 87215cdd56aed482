"""`rootwatch explain` over ten thousand records."""

import gzip
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from bench.archive.truth import Archive
from bench.log_files import log_files
from bench.machine import cores
from bench.report import Side
from bench.whole_process import run

_RECORDS: Final = 10_000
_COMMAND: Final = Path(sys.executable).parent / "rootwatch"


class _LogFile(msgspec.Struct):
    Records: list[msgspec.Raw]


def explaining(archive: Archive, repeat: int, say: Callable[[str], None]) -> list[Side]:
    """The whole command, one core, after a run that warms up. Raises Failed."""
    file = archive.folder / "ten-thousand.json"
    count = _gather(archive, file)
    command = (str(_COMMAND), "explain", "--format", "jsonl", str(file))
    took = [run([command], on=cores()[-1:]) for _ in range(repeat + 1)][1:]
    if len(took[0][1].splitlines()) != count:
        raise ValueError(f"explain told of {len(took[0][1].splitlines())} records, not of {count}")
    seconds = median(one.seconds for one, _ in took) * _RECORDS / count
    say(f"explain: {seconds:.2f} s for {_RECORDS:,} records")
    peak = max(one.peak_bytes for one, _ in took) / 1e6
    return [
        Side(f"`rootwatch explain` of {_RECORDS:,} records", f"{seconds:.2f} s, {peak:.0f} MB", f"median of {repeat}")
    ]


def _gather(archive: Archive, file: Path) -> int:
    """The records of the largest files, together in one; how many there are."""
    records: list[msgspec.Raw] = []
    for one in _records(archive):
        records.append(one)
        if len(records) == _RECORDS:
            break
    file.write_bytes(msgspec.json.encode(_LogFile(records)))
    return len(records)


def _records(archive: Archive) -> Iterator[msgspec.Raw]:
    for path in log_files(str(archive.folder)):
        yield from msgspec.json.decode(gzip.decompress(Path(path).read_bytes()), type=_LogFile).Records
