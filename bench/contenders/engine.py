"""The engine: everything that concerns us, judged by the core. After what `asked` says, the number of processes."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from bench.archive.layout import SETTINGS
from bench.contenders.asked import paths
from rootwatch.archive import Damage, Found, read_log_file
from rootwatch.core.concern import concerns
from rootwatch.core.record import Item
from rootwatch.core.settings import parse

_SHARES: Final = 64


def main() -> None:
    """Prints where each record stands that concerns us, and what is damaged."""
    concern = partial(concerns, settings=parse(SETTINGS), now=datetime.now(UTC))
    jobs = int(sys.argv[5])
    files = paths()
    if jobs == 1:
        results = _read_all(files, concern)
    else:
        from multiprocessing import Pool  # here, since one process needs none, and its import would be measured

        # Shares of large and small files alike: a pool spends a third of a millisecond on each.
        shares = [files[first::_SHARES] for first in range(_SHARES)]
        with Pool(jobs) as pool:
            read = partial(_read_all, concern=concern)
            results = [one for many in pool.imap_unordered(read, shares) for one in many]
    found = [(one.file, one.item.event_id) for one in results if isinstance(one, Found)]
    damaged = [one.file for one in results if isinstance(one, Damage)]
    print(json.dumps({"found": found, "damaged": damaged}))


def _read_all(paths: list[str], concern: Callable[[Item], bool]) -> list[Found | Damage]:
    return [one for path in paths for one in _read(path, concern)]


def _read(path: str, concern: Callable[[Item], bool]) -> list[Found | Damage]:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 # as `rootwatch scan` does
        return list(read_log_file(file, path, concern))


if __name__ == "__main__":
    main()
