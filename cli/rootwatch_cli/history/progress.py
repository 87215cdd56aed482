"""How far the reading has come, on stderr, and only where that is a terminal; and what was seen at its end.

Rich is loaded where it shows something: it takes as long as all else that a command loads.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from rootwatch.render.clean import clean
from rootwatch_cli.history.files import STANDARD_INPUT
from rootwatch_cli.history.totals import Totals

_LONGEST_PATH = 500


@contextmanager
def shown(totals: Totals) -> Iterator[Callable[[], None]]:
    """Shows bytes, files, rate and the time left; yields what is to be called whenever the totals have changed."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show() -> None:
            described = f"{totals.files:,} of {totals.listed:,} files, {totals.found:,} found"
            total = totals.listed_bytes if totals.is_listed else None
            bar.update(task, completed=totals.bytes, total=total, description=described)

        yield show


@contextmanager
def status() -> Iterator[Callable[[str, int], None]]:
    """Shows what Athena is doing, and the bytes that it has read; yields what is to be called with both."""
    if not sys.stderr.isatty():
        yield lambda _doing, _scanned: None
        return
    from rich.console import Console

    with Console(stderr=True).status("asking Athena …") as line:
        yield lambda doing, scanned: line.update(f"Athena: {doing}, {_size(scanned)} read")


def tell(totals: Totals) -> None:
    """A summary on stderr: everything that was read, set aside, or damaged."""
    click.echo(
        f"{_count(totals.files, 'file')} read ({_size(totals.bytes)}, {_size(totals.unpacked)} unpacked).", err=True
    )
    for reason, count in sorted(totals.set_aside.items()):
        click.echo(f"{count:,} set aside: {reason}.", err=True)
    # A file whose records are odd in the same way is told once.
    for damage, count in Counter(totals.damaged).items():
        of = "of the packed file" if damage.packed else "of the text"
        where = f", byte {damage.offset:,} {of}" if damage.offset else ""
        times = f" ({count:,} times)" if count > 1 else ""
        name = "standard input" if damage.file == STANDARD_INPUT else clean(damage.file, _LONGEST_PATH)
        click.echo(f"damaged: {name}{where}: {clean(damage.reason, 300)}{times}", err=True)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000  # type: ignore[assignment] # shown, no longer counted
    return f"{size:.1f} TB"
