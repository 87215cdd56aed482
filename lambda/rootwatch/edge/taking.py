"""Taking many records in: one that can't be taken never stops its neighbours."""

from collections.abc import Callable, Iterable

from aws_lambda_powertools import Logger

from rootwatch.core.record import Item


def take_each(items: Iterable[Item], take: Callable[[Item], object], logger: Logger) -> None:
    """Hands each record to ``take``. Raises an ``ExceptionGroup`` of what that raised, once all that could be taken
    is: the message comes again for the rest, and marks tell which is which."""
    failures = []
    for item in items:
        try:
            take(item)
        except Exception as error:
            logger.exception("a record was not stored", extra={"record": item.key})
            failures.append(error)
    if failures:
        raise ExceptionGroup("records were not stored", failures)
