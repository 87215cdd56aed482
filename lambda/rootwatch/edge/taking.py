"""Taking many records in: one that can't be taken never stops its neighbours."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from aws_lambda_powertools import Logger

from rootwatch.core.record import Item


class Failures:
    """What could not be taken in: the message comes again for it, and marks tell which records are done."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger
        self._found: list[Exception] = []

    @contextmanager
    def kept(self, item: Item) -> Iterator[None]:
        """Keeps what is raised of a record for later, so that the next ones are taken."""
        try:
            yield
        except Exception as error:
            self._logger.exception("a record was not stored", extra={"record": item.key})
            self._found.append(error)

    def raise_any(self) -> None:
        """Raises an ``ExceptionGroup`` of what was kept, if anything was."""
        if self._found:
            raise ExceptionGroup("records were not stored", self._found)


def take_each(items: Iterable[Item], take: Callable[[Item], object], logger: Logger) -> None:
    """Hands each record to ``take``. Raises an ``ExceptionGroup`` of what that raised, once all that could be taken
    is."""
    failures = Failures(logger)
    for item in items:
        with failures.kept(item):
            take(item)
    failures.raise_any()
