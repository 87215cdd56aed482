"""``rootwatch scan``: every root use in years of log files, each judged as ``explain`` would judge it."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
import msgspec

from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging
from rootwatch.core.words import SEVERITIES, Severity
from rootwatch_cli.athena.options import AthenaOptions, athena_options
from rootwatch_cli.history.files import list_files
from rootwatch_cli.history.gathering import Gathered, Judged, judge_found
from rootwatch_cli.history.options import history_options, selection_of
from rootwatch_cli.history.progress import shown, status, tell
from rootwatch_cli.history.reading import read_all
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.history.totals import Totals
from rootwatch_cli.scanning.writers import WRITERS
from rootwatch_cli.settings_file import BadInputError, read_deployed
from rootwatch_cli.windows_file import read_windows, windows_option

DAMAGED = 3


@click.command()
@history_options
@windows_option("--window")
@click.option("--format", "style", type=click.Choice([*WRITERS]), default="table", help="For whom it is written.")
@click.option("--raw", is_flag=True, help="Add the CloudTrail record to each line (jsonl, csv, ocsf).")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write there, and not to standard output."
)
@athena_options
def scan(
    names: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    settings_file: Path | None,
    profile: str | None,
    jobs: int,
    windows_file: Path | None,
    style: str,
    raw: bool,
    output: Path | None,
    asked_of_athena: AthenaOptions,
) -> None:
    """Find every root use, AssumeRoot and watch event in log files, and say what each is.

    A SOURCE is a folder of log files, a file, s3://bucket/prefix, or "-" for standard input. Each record is told once,
    however many files it stands in, in the order of its time, and judged as the first of its account; AssumeRoot and
    break-glass tag records are known to all. What was read, set aside or damaged is told on stderr.

    Exit codes: 0 all was read; 2 bad input; 3 something could not be read, and is named on stderr.
    """
    if raw and style == "table":
        raise click.UsageError("--raw goes with --format jsonl, csv or ocsf.")
    settings = read_deployed(settings_file) if settings_file else None
    windows = read_windows(windows_file) if windows_file else []
    selection = selection_of(since, until, accounts, regions, settings)
    writing = _Writing(selection=selection, settings=settings, windows=windows, style=style, raw=raw, output=output)
    if asked_of_athena.athena:
        # Only here: what reads local files loads no AWS client.
        from rootwatch_cli.athena.ask import Asked, ask, plan, session_of

        asked = Asked(
            names=names,
            selection=selection,
            settings=settings,
            profile=profile,
            workgroup=asked_of_athena.workgroup,
            results=asked_of_athena.results,
        )
        if asked_of_athena.run:
            with status() as progress:
                found = Gathered(ask(asked, progress=progress))
            click.echo(writing.write(found), err=True)
        else:
            click.echo(str(plan(asked, session_of(profile, settings))))
        return
    totals = Totals()
    with shown(totals) as progress:
        files = list_files(names, selection, profile)
        results = read_all(files, selection, settings, totals=totals, jobs=jobs, profile=profile, progress=progress)
        found = Gathered(results)
    told = writing.write(found)
    tell(totals)
    click.echo(told, err=True)
    if not totals.files:
        raise BadInputError("No log file was found there: nothing was looked at.")
    if totals.damaged:
        sys.exit(DAMAGED)


class _Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What is written of what was found, and how."""

    selection: Selection
    settings: Settings | None
    windows: Sequence[Tagging]
    style: str
    raw: bool
    output: Path | None

    def write(self, gathered: Gathered) -> str:
        """Judges and writes; returns how many of what, in a line."""
        now = datetime.now(UTC).replace(microsecond=0)
        judged = judge_found(gathered, self.windows, self.selection, self.settings, now)
        counts = Counts()
        with _opened(self.output) as out:
            WRITERS[self.style](counts.counting(judged), out, self.raw)
        return str(counts)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        sys.stdout.flush()  # before what is told on stderr
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise BadInputError(f"{output} can't be written: {error.strerror}.") from None


class Counts:
    """How many of what went by."""

    def __init__(self) -> None:
        self._uses: Counter[Severity] = Counter()
        self._others: Counter[str] = Counter()

    def counting(self, all_judged: Iterable[Judged]) -> Iterator[Judged]:
        """The same, counted."""
        for judged in all_judged:
            fact = judged.plan.fact
            if fact and not fact.is_watch_event:
                self._uses[fact.severity] += 1
            else:
                self._others["watch event" if fact else "AssumeRoot"] += 1
            yield judged

    def __str__(self) -> str:
        uses = self._uses
        by_severity = ", ".join(f"{uses[severity]:,} {severity}" for severity in reversed(SEVERITIES) if uses[severity])
        told = f"{uses.total():,} root use" + (f" ({by_severity})" if by_severity else "")
        return (
            f"{told}, {self._others['watch event']:,} watch events, {self._others['AssumeRoot']:,} AssumeRoot granted."
        )
