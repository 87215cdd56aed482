"""Reading log files, wherever they lie, by as many processes as there are: what in them concerns us."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Final

import click

from rootwatch.archive import Damage, Found
from rootwatch.core.settings import Settings
from rootwatch_cli.history.ahead import ahead
from rootwatch_cli.history.batch import Answer, Batch, batches, read_batch
from rootwatch_cli.history.concerning import Concerning
from rootwatch_cli.history.files import Listed, LogFile, SetAside
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.history.totals import Totals

_LISTED_AHEAD: Final = 100_000  # files: a listing that is done tells how much is left
_AHEAD: Final = 2  # batches in flight for each process, so that none waits


class ReadingError(click.ClickException):
    """Ends the command with one sentence: not all was read, so that no answer can be trusted."""

    exit_code = 3


def read_all(
    files: Iterable[Listed],
    selection: Selection,
    settings: Settings | None,
    *,
    totals: Totals,
    jobs: int = 1,
    profile: str | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Iterator[Found | Damage]:
    """Everything in these files (from ``list_files``) that concerns us, and what could not be read, in no order.

    Besides what is asked for (``selection.takes(found.item)``) come the AssumeRoot and break-glass tag records that
    explain it. The same record may come from several files: dedupe by ``found.item.key``. ``totals`` is kept up, and
    ``progress`` is called whenever it has changed. Memory holds a few batches, never all that is read.
    Raises ReadingError when a process dies.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    concerning = Concerning(selection=selection, settings=settings, now=now)
    waiting: Iterator[Batch] = batches(ahead(_to_read(files, totals), _LISTED_AHEAD), concerning, profile)
    first = list(islice(waiting, 2))
    # Processes take longer to start than a batch takes to read.
    alone = jobs == 1 or len(first) < 2
    waiting = chain(first, waiting)
    for answer in map(read_batch, waiting) if alone else _in_processes(waiting, jobs):
        totals.has_read(answer.size)
        for one in answer.results:
            totals.gives(one)
            yield one
        progress()


def _to_read(files: Iterable[Listed], totals: Totals) -> Iterator[LogFile]:
    for one in files:
        if isinstance(one, LogFile):
            totals.lists(one)
            yield one
        elif isinstance(one, SetAside):
            totals.sets_aside(one)
        else:
            totals.damaged.append(one)
    totals.is_listed = True


def _in_processes(waiting: Iterable[Batch], jobs: int) -> Iterator[Answer]:
    # Forking would copy the threads of whoever shows the progress, half alive.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts) as pool:
        under_way: set[Future[Answer]] = set()
        try:
            for batch in waiting:
                if batch.is_only_here:
                    yield read_batch(batch)
                    continue
                under_way.add(pool.submit(read_batch, batch))
                if len(under_way) >= _AHEAD * jobs:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (one.result() for one in done)
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        except BrokenProcessPool:
            raise ReadingError(
                "A process that read log files ended by itself, for want of memory perhaps: not all was read. "
                "Try again with fewer --jobs."
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C goes to all processes of a terminal: the first one ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
