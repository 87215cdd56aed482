"""Measures a few contenders while one works on them: `python -m bench.compare engine-1 unpack-alone`."""

import argparse
import sys
from fractions import Fraction

from bench import report as told
from bench.answers import WrongAnswerError
from bench.generate import SEED, kept
from bench.jobs import jobs, sizes
from bench.measuring import measure
from bench.whole_process import Failed


def main(arguments: list[str] | None = None) -> int:
    """Prints a table; 2 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description="Measures a few contenders.")
    parser.add_argument("names", nargs="+", help="such as engine-1 engine-2 unpack-alone engine-1-tenfold")
    parser.add_argument("--size", type=Fraction, default=Fraction(1), help="of the archive; 1 is about 2.8 GB")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args(arguments)
    archive = kept(asked.size, asked.seed)
    known = {job.name: job for job in (*jobs(archive), *sizes(archive))}
    unknown = sorted(set(asked.names) - known.keys())
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; write some of {', '.join(known)}")
    try:
        figures = measure([known[name] for name in asked.names], archive, asked.repeat, lambda _: None)
    except (Failed, WrongAnswerError) as error:
        print(error, file=sys.stderr)
        return 2
    print(told.text_table(told.FIGURES_HEAD, told.figure_rows(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
