"""The engine: everything that concerns us, judged by the core. After what `asked` says, the number of processes."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from bench.archive.layout import SETTINGS
from bench.contenders.asked import paths
from rootwatch.archive import Damage, Found, read_log_file
from rootwatch.core.concern import concerns
from rootwatch.core.record import Item
from rootwatch.core.settings_json import parse

_SHARES: Final = 128  # of large and small files alike; each has a byte for its name

Concern = Callable[[Item], bool]


def main() -> None:
    """Prints where each record stands that concerns us, and what is damaged."""
    concern = partial(concerns, settings=parse(SETTINGS), now=datetime.now(UTC))
    files, jobs = paths(), int(sys.argv[5])
    results = _read_all(files, concern) if jobs == 1 else _read_together(files, concern, jobs)
    found = [place for places, _ in results for place in places]
    damaged = [file for _, files in results for file in files]
    print(json.dumps({"found": found, "damaged": damaged}))


_Result = tuple[list[tuple[str, str | None]], list[str]]


def _read_together(files: Sequence[str], concern: Concern, jobs: int) -> list[_Result]:
    """Several processes, this one among them, take a share whenever they have none; a pipe deals them out.

    multiprocessing's pool does the same with a process more, and takes a tenth of a second to begin and to end.
    """
    shares = [files[first::_SHARES] for first in range(_SHARES)]
    left, given = os.pipe()
    os.write(given, bytes(range(_SHARES)))
    os.close(given)
    others = [_other(lambda: _taken(left, shares, concern)) for _ in range(jobs - 1)]
    results = _taken(left, shares, concern)
    for pid, answer in others:
        with os.fdopen(answer) as said:
            results += json.load(said)
        if os.waitpid(pid, 0)[1]:
            sys.exit("A process that read log files did not end well.")
    return results


def _other(work: Callable[[], list[_Result]]) -> tuple[int, int]:
    """A process that works and writes what it found; its id, and where to read that."""
    answer, said = os.pipe()
    if pid := os.fork():
        os.close(said)
        return pid, answer
    with os.fdopen(said, "w") as out:
        json.dump(work(), out)
    os._exit(0)


def _taken(left: int, shares: Sequence[Sequence[str]], concern: Concern) -> list[_Result]:
    numbers = iter(lambda: os.read(left, 1), b"")
    return [result for number in numbers for result in _read_all(shares[number[0]], concern)]


def _read_all(paths: Sequence[str], concern: Concern) -> list[_Result]:
    results = [one for path in paths for one in _read(path, concern)]
    found = [(one.file, one.item.event_id) for one in results if isinstance(one, Found)]
    return [(found, [one.file for one in results if isinstance(one, Damage)])]


def _read(path: str, concern: Concern) -> list[Found | Damage]:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 # as `rootwatch scan` does
        return list(read_log_file(file, path, concern))


if __name__ == "__main__":
    main()
