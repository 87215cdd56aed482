"""Makes the last measurements the ones that the page tells: `make bench-page`.

They are kept in bench/measured.json, since the page is checked against it on machines that measured nothing.
"""

import sys
from typing import Final

import msgspec

from bench.generate import HERE
from bench.report import Report
from bench.run import RESULT

MEASURED: Final = HERE / "measured.json"


def measured() -> Report:
    """What the page tells."""
    return msgspec.json.decode(MEASURED.read_bytes(), type=Report)


def main() -> int:
    """Takes over what the last run wrote; 2 if there was none, or if it was of a part of the archive."""
    try:
        content = RESULT.read_bytes()
    except FileNotFoundError:
        print("Nothing was measured yet: run `make bench` first.", file=sys.stderr)
        return 2
    report = msgspec.json.decode(content, type=Report)
    if report.archive.size != "1":
        print(f"The last run measured {report.archive.size} of the archive: run `make bench` first.", file=sys.stderr)
        return 2
    MEASURED.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
