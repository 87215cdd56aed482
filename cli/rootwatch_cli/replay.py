"""``rootwatch replay``: what would we have been told of this history? The monitor's own code on past records."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from rootwatch.core.settings import Settings
from rootwatch.edge.country import country
from rootwatch_cli.history.files import list_files
from rootwatch_cli.history.options import history_options, selection_of
from rootwatch_cli.history.progress import shown, tell
from rootwatch_cli.history.reading import ReadingError, read_all
from rootwatch_cli.history.totals import Totals
from rootwatch_cli.judging import believing
from rootwatch_cli.replaying import output
from rootwatch_cli.replaying.accounts import AccountsFile, read_accounts
from rootwatch_cli.replaying.arrivals import Arrivals
from rootwatch_cli.replaying.replay import Replayed, play
from rootwatch_cli.replaying.story import Book, Story
from rootwatch_cli.settings_file import BadInputError, read_deployed
from rootwatch_cli.windows_file import read_windows, windows_option

_EVERY: Final = 200  # records


@click.command()
@history_options
@windows_option("--window", "--windows")
@click.option(
    "--accounts",
    "accounts_file",
    type=click.Path(path_type=Path),
    help="The accounts' names: what aws organizations list-accounts --output json wrote.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    help="Text for people, or one JSON object an incident and line.",
)
@click.option("--notices", is_flag=True, help="Every notice, as each channel would show it.")
@click.option("--incident", metavar="ID", help="One incident's story; the beginning of its id is enough.")
@click.option(
    "--html",
    "page_file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write a page to this file as well: one file that needs no network.",
)
def replay(
    names: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    settings_file: Path | None,
    profile: str | None,
    jobs: int,
    windows_file: Path | None,
    accounts_file: Path | None,
    style: str,
    notices: bool,
    incident: str | None,
    page_file: Path | None,
) -> None:
    """Say what rootwatch would have told of the past, had it been there.

    A SOURCE is a folder of log files, a file, s3://bucket/prefix, or "-" for standard input. Each record is taken in at
    its eventTime, by the code that runs in production: incidents, pages, digests, closes, break-glass windows from the
    tag records, colleagues' AssumeRoots. Nothing is sent, and no AWS is called but to read s3://.

    Exit codes: 0 all was read; 2 bad input; 3 something could not be read, and is named on stderr.
    """
    known = read_deployed(settings_file) if settings_file else None
    windows = read_windows(windows_file) if windows_file else []
    directory = read_accounts(accounts_file) if accounts_file else AccountsFile({})
    arrivals, totals = Arrivals(selection_of(since, until, accounts, regions, known)), Totals()
    with shown(totals) as progress:
        files = list_files(names, arrivals.selection, profile)
        found = read_all(files, arrivals.selection, known, totals=totals, jobs=jobs, profile=profile, progress=progress)
        # Without settings every account is believed to do what it does: which these are, the records say.
        believed = believing(arrivals.take_all(found))
    settings = known or believed
    with _replaying(len(arrivals)) as replaying:
        replayed = play(
            arrivals,
            settings=settings,
            directory=directory,
            country_of=country,
            windows=windows,
            now=datetime.now(UTC).replace(microsecond=0),
            progress=replaying,
        )
    if page_file:
        # Only here: the page's parts are loaded for nobody else.
        from rootwatch_cli.report.page import write_page

        write_page(page_file, replayed, settings)
    one = output.the_one(replayed, incident) if incident else None
    for line in _lines(replayed, one, settings, style, notices=notices, with_list=page_file is None):
        click.echo(line)
    if page_file:
        click.echo(f"{page_file} is written: open it in a browser.", err=True)
    if known and not known.pagerduty:
        click.echo("The settings name no PagerDuty: nothing pages.", err=True)
    tell(totals)
    if not totals.files:
        raise BadInputError("No log file was found there: nothing was looked at.")
    if totals.damaged:
        sys.exit(ReadingError.exit_code)


def _lines(
    replayed: Replayed, one: Story | None, settings: Settings, style: str, *, notices: bool, with_list: bool
) -> Iterator[str]:
    stories: Sequence[Story] | Book = [one] if one else replayed.book
    if style == "jsonl":
        return output.jsonl(stories, settings, with_notices=notices)
    if one:
        return output.text_of_one(one, settings, with_notices=notices)
    if notices:
        return output.text_of_notices(stories, settings)
    return output.text(replayed, settings, with_list=with_list)


@contextmanager
def _replaying(total: int) -> Iterator[Callable[[int], None]]:
    """Shows on stderr, where that is a terminal, how many records were taken in."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # here, since it takes as long to load as all else

    with Console(stderr=True).status("replaying …") as line:

        def show(taken: int) -> None:
            if taken % _EVERY == 0:
                line.update(f"replaying: {taken:,} of {total:,} records")

        yield show
