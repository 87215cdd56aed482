"""``make fuzz``: fuzzes one target for so many seconds, guided by coverage; what is new is kept in the corpus.

``python -m tests.fuzz.run reading --seconds 60``
"""

import argparse
import sys
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["rootwatch"]):
    from tests.fuzz.targets import TARGETS

CORPUS: Final = Path(__file__).parent / "corpus"
_MOST_BYTES: Final = 1_000_000


def main() -> None:
    """Ends with what broke, or when the time is over."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    folder = CORPUS / arguments.target
    options = [f"-max_total_time={arguments.seconds}", f"-max_len={_MOST_BYTES}", "-len_control=200", "-verbosity=0"]
    options += ["-timeout=20", "-print_final_stats=1", str(folder)]
    atheris.Setup([sys.argv[0], *options], TARGETS[arguments.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
