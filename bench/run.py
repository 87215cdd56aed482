"""`make bench`: measures everything, in one run on one machine, and says whether what we promise holds."""

import argparse
import os
import sys
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Final

import msgspec

from bench import report as told
from bench.alerting import alerting
from bench.answers import WrongAnswerError
from bench.conclusions import lines, verdicts
from bench.explaining import explaining
from bench.generate import KEPT, SEED, kept
from bench.jobs import jobs, sizes
from bench.machine import cores, machine
from bench.measuring import measure
from bench.report import Report
from bench.starting import starting
from bench.tools import MissingToolError, tools
from bench.whole_process import Failed

RESULT: Final = KEPT.parent / "bench.json"
_NEEDED: Final = 2


def main(arguments: list[str] | None = None) -> int:
    """0: every promise holds (or only a report was asked for); 1: one does not; 2: it could not be measured."""
    asked = _parser().parse_args(arguments)
    if len(cores()) < _NEEDED:
        print("The measurements need two cores.", file=sys.stderr)
        return 2
    try:
        report = _measured(asked.size, asked.seed, asked.repeat)
    except (Failed, MissingToolError, WrongAnswerError) as error:
        print(error, file=sys.stderr)
        return 2
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    print(_text(report))
    return 0 if report.holds or asked.report_only else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measures what the page tells.")
    parser.add_argument("--size", type=Fraction, default=Fraction(1), help="of the archive; 1 is about 2.8 GB")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--repeat", type=int, default=5, help="rounds that count; one more warms up")
    parser.add_argument("--report-only", action="store_true", help="end with 0 whatever was measured")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser


def _measured(size: Fraction, seed: int, repeat: int) -> Report:
    found = tools()
    load = os.getloadavg()[0]
    archive = kept(size, seed)
    figures = measure(jobs(archive), archive, repeat, _say)
    by_size = measure(sizes(archive), archive, min(repeat, 3), _say)
    return Report(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        load=load,
        tools=found,
        archive=archive.manifest,
        figures=figures,
        sizes=by_size,
        lines=lines(figures, by_size),
        verdicts=verdicts(figures, by_size),
        sides=[*alerting(_say), *starting(repeat, _say), *explaining(archive, repeat, _say)],
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _text(report: Report) -> str:
    """All tables, for a terminal."""
    return "\n\n".join(
        (
            told.setting(report),
            told.text_table(told.FIGURES_HEAD, told.figure_rows([*report.figures, *report.sizes])),
            told.text_table(told.LINES_HEAD, told.line_rows(report.lines)),
            told.text_table(told.VERDICTS_HEAD, told.verdict_rows(report.verdicts)),
            told.text_table(told.SIDES_HEAD, told.side_rows(report.sides)),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
