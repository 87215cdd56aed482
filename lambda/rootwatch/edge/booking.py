"""Booking the fast path as lost where EventBridge did not bring a record in time; and telling that it is over."""

from datetime import datetime
from typing import Protocol

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

from rootwatch.core import path_facts
from rootwatch.core.fast_path import Awaited, FastPath, Missing, Place, cause_of
from rootwatch.core.ports import Pending
from rootwatch.core.roll import Place as Watched
from rootwatch.core.settings import Settings
from rootwatch.edge.observer import Observer


class BookedPaths(Protocol):
    """Of the table, what booking looks at and changes."""

    def of(self, place: Place) -> FastPath:
        """What is known of an account and Region."""

    def watched(self, place: Place) -> Watched | None:
        """What coverage knows of it."""

    def lost(self) -> list[FastPath]:
        """Where the fast path is lost now."""

    def lost_around(self, time: datetime) -> list[FastPath]:
        """Those that were lost within an hour of a time."""

    def awaited(self, key: str) -> Awaited | None:
        """An awaited record, or one that is booked and still to be told."""

    def book(self, key: str, missing: Missing, path: FastPath) -> bool:
        """False: the record arrived, another booked it, or the path changed."""

    def told(self, key: str) -> None:
        """As what an awaited record was booked is told."""

    def store(self, path: FastPath) -> bool:
        """False when it was changed since it was read."""


class Booking:
    """Looks at what is due on the fast path, one thing at a time. What it can't finish stays due; what it does twice is
    told once."""

    def __init__(
        self, paths: BookedPaths, observer: Observer, settings: Settings, logger: Logger, metrics: Metrics
    ) -> None:
        self._paths = paths
        self._observer = observer
        self._settings = settings
        self._logger = logger
        self._metrics = metrics

    def look(self, due: str | Place) -> None:
        """An awaited record, by its key, or a place with news. Raises ``StoreDownError`` and ``NotStoredError``."""
        if isinstance(due, Place):
            self._end(due)
        else:
            self._look_at_record(due)

    def _look_at_record(self, key: str) -> None:
        awaited = self._paths.awaited(key)
        if awaited is None:
            return
        pending = awaited.pending
        # Booked before it is told: a record that arrives in between must find what it takes back.
        missing = awaited.booked or self._book(pending)
        if missing is None:
            return  # it arrived, or somebody was first; what is due all the same comes again
        self._tell(pending, missing)
        self._paths.told(key)

    def _book(self, pending: Pending) -> Missing | None:
        """As what it was booked; None if it was not, after all."""
        before = self._paths.of(Place(pending.account, pending.region))
        missing = before.missing(pending)
        cause = cause_of(pending, self._paths.lost_around(pending.time), self._settings) if missing == "lost" else ""
        if not self._paths.book(pending.key, missing, before.with_missed(pending, cause)):
            return None
        self._metrics.add_metric("FastPathGaps" if missing == "gap" else "FastPathMissed", MetricUnit.Count, 1)
        self._logger.warning(
            "EventBridge did not bring a record in time",
            extra={
                "record": pending.key,
                "account": pending.account,
                "region": pending.region,
                "rule": pending.rule,
                "booked": missing,
            },
        )
        return missing

    def _tell(self, pending: Pending, missing: Missing) -> None:
        """A loss by its first record; the others of it are counted, and told when it is over."""
        if missing == "gap":
            self._observer.tell(path_facts.gap(pending))
            return
        place = Place(pending.account, pending.region)
        loss = self._paths.of(place).lost.get(pending.rule)
        if missing == "lost" and loss:
            self._observer.tell(path_facts.lost(pending, loss, self._paths.watched(place), self._settings))

    def _end(self, place: Place) -> None:
        path = self._paths.of(place)
        for one in path.regained:
            self._logger.info(
                "the fast path is heard again", extra={"account": path.account, "region": path.region, "rule": one.rule}
            )
            sharing = self._paths.lost() if one.loss.is_shared else [path]
            if all(loss.cause != one.loss.cause for other in sharing for loss in other.lost.values()):
                self._observer.tell_over(path_facts.regained(path, one))
        if path.regained:
            # Changed meanwhile: the next look finds its incidents ended, and tries again.
            self._paths.store(msgspec.structs.replace(path, regained=()))
