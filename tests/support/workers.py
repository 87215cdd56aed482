"""Real threads on one table: each a worker with its own adapter, as so many containers would be."""

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aws_lambda_powertools import Logger, Metrics

from rootwatch.catalogue import load
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Outcome
from rootwatch.core.record import Item
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.intake import Intake
from rootwatch.edge.retrying import NotStoredError
from rootwatch.edge.table import Table
from tests.support.monitor import Directory
from tests.support.records import NOON, settings

_numbers = itertools.count()
_MOST = 200


class Counting:
    """A channel that counts what it gets; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent: Counter[tuple[str, int]] = Counter()
        self.pages: Counter[str] = Counter()

    def send(self, notice: Notice, thread: str | None) -> Outcome:
        with self._lock:
            self.sent[notice.incident.id, notice.seq] += 1
            if notice.page:
                self.pages[notice.page.dedup_key] += 1
        return Outcome(state="sent", receipt="1700000000.000100")


class Workers:
    """``take`` hands every record to each of the workers, in an order of its own, until all of them have settled it."""

    def __init__(self, table: Callable[[], Table], workers: int) -> None:
        self.channels = {name: Counting() for name in ("pagerduty", "slack", "sns")}
        self.tables = [table() for _ in range(workers)]
        self.stored: list[str] = []

    def take(self, *items: Item) -> "Workers":
        with ThreadPoolExecutor(len(self.tables)) as pool:
            for taken in pool.map(lambda table: self._work(table, list(items)), self.tables):
                self.stored += taken
        return self

    def sweep(self) -> "Workers":
        """What a worker could not claim since another held its lane."""
        for _ in range(_MOST):
            due = [one for one in self.tables[0].due(NOON, 100) if one.channel]
            if not due:
                return self
            delivery = self._delivery(self.tables[0])
            for one in due:
                delivery.deliver(one)
        raise AssertionError(f"{len(due)} sends are never done")

    def _work(self, table: Table, items: list[Item]) -> list[str]:
        random.Random(id(table)).shuffle(items)
        intake, stored = self._intake(table), []
        for _ in range(_MOST):
            left = []
            for item in items:
                try:
                    if intake.take(item, 1):
                        stored.append(item.key)
                except NotStoredError:  # other workers were always first: the queue brings it again
                    left.append(item)
            if not left:
                return stored
            items = left
        raise AssertionError(f"{len(items)} records are never stored")

    def _delivery(self, table: Table) -> Delivery:
        logger = Logger(service=f"workers-{next(_numbers)}", level="CRITICAL")
        return Delivery(
            table,
            self.channels.__getitem__,
            lambda: NOON,
            logger,
            Metrics(namespace="test", service="test"),
            settings(),
            lambda channel, severity: NOON - NOON,
        )

    def _intake(self, table: Table) -> Intake:
        return Intake(
            store=table,
            directory=Directory(),
            delivery=self._delivery(table),
            settings=settings(),
            catalogue=load(),
            country_of=lambda address: None,
            now=lambda: NOON,
            logger=Logger(service=f"workers-{next(_numbers)}", level="CRITICAL"),
            metrics=Metrics(namespace="test", service="test"),
        )
