"""The engine: everything that concerns us, judged by the core. After what `asked` says, the number of processes."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from bench.archive.layout import SETTINGS
from bench.contenders.asked import paths
from rootwatch.archive import Damage, Found, read_log_file
from rootwatch.core.concern import concerns
from rootwatch.core.record import Item
from rootwatch.core.settings import parse


def main() -> None:
    """Prints where each record stands that concerns us, and what is damaged."""
    concern = partial(concerns, settings=parse(SETTINGS), now=datetime.now(UTC))
    jobs = int(sys.argv[5])
    files = paths()
    if jobs == 1:
        results = [one for path in files for one in _read(path, concern)]
    else:
        with Pool(jobs) as pool:
            results = [one for many in pool.imap_unordered(partial(_read, concern=concern), files, 16) for one in many]
    found = [(one.file, one.item.event_id) for one in results if isinstance(one, Found)]
    damaged = [one.file for one in results if isinstance(one, Damage)]
    print(json.dumps({"found": found, "damaged": damaged}))


def _read(path: str, concern: Callable[[Item], bool]) -> list[Found | Damage]:
    with Path(path).open("rb") as file:
        return list(read_log_file(file, path, concern))


if __name__ == "__main__":
    main()
