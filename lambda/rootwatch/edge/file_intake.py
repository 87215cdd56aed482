"""Taking in what a log file holds. Most of it came by EventBridge before: one read tells that of a hundred records.

So a file whose reading was cut short is read again without the cost of what was done: it gets further each time.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from aws_lambda_powertools import Logger

from rootwatch.core.record import Item
from rootwatch.edge.intake import Intake
from rootwatch.edge.taking import Failures

_AT_ONCE: Final = 100  # what one BatchGetItem takes


class FileIntake:
    """Takes in the records of one message of the backstop's queue: ``receives`` is how often that was received, this
    time included; ``waited``, how long it lay there."""

    def __init__(self, intake: Intake, receives: int, waited: timedelta, logger: Logger) -> None:
        self._intake = intake
        self._receives = receives
        self._waited = waited
        self._logger = logger

    def take_all(self, items: Iterable[Item]) -> None:
        """Takes each, those too that come before what ``items`` raises. Raises an ``ExceptionGroup`` of what could not
        be taken, once all that could be is."""
        failures = Failures(self._logger)
        read: list[Item] = []
        try:
            for item in items:
                read.append(item)
                if len(read) == _AT_ONCE:
                    some, read = read, []
                    self._take(some, failures)
        finally:
            if read:
                self._take(read, failures)
        failures.raise_any()

    def _take(self, items: Sequence[Item], failures: Failures) -> None:
        before = self._intake.taken_before(items)
        for item, known in zip(items, before, strict=True):
            if not known:
                with failures.kept(item):
                    self._intake.take(item, self._receives, self._waited)
        again = [item for item, known in zip(items, before, strict=True) if known]
        if again:
            with failures.kept(again[0]):
                self._intake.take_again(again)
