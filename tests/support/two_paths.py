"""Both paths without AWS: the monitor and the backstop on one table in memory, a bucket, and the sweep between them."""

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from aws_lambda_powertools import Metrics

from rootwatch.core.fact import Fact
from rootwatch.core.notice import Notice
from rootwatch.core.record import Envelope, from_body
from rootwatch.edge.booking import Booking
from rootwatch.edge.file_intake import FileIntake
from rootwatch.edge.hearing import Hearing
from rootwatch.edge.log_files import LogFileError
from rootwatch.edge.log_reader import LogReader
from rootwatch.edge.observer import Observer
from tests.support.log_files import BUCKET, log_file, log_file_key, object_created
from tests.support.memory_paths import MemoryPaths
from tests.support.monitor import Monitor

_PROMPT = timedelta(seconds=1)


class Bucket:
    """The trail's bucket: what is in it, by key, and what S3 answers instead."""

    bucket = BUCKET

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fault: Exception | None = None
        self.fetched: list[tuple[str, str | None]] = []

    def fetch(self, key: str, version: str | None) -> io.BytesIO:
        if self.fault:
            raise self.fault
        if key not in self.files:
            raise LogFileError(f"s3://{BUCKET}/{key} could not be fetched, S3 answered NoSuchKey")
        self.fetched.append((key, version))
        return io.BytesIO(self.files[key])


class CountedMetrics(Metrics):
    """Metrics that can be looked at: the values by name, in order."""

    def __init__(self) -> None:
        super().__init__(namespace="test", service="test")
        self.values: dict[str, list[float]] = {}

    def add_metric(self, name: str, unit: Any, value: float, resolution: Any = 60) -> None:
        self.values.setdefault(name, []).append(value)

    def total(self, name: str) -> float:
        return sum(self.values.get(name, ()))


class TwoPaths(Monitor):
    """``by_eventbridge`` and ``by_log_file`` bring records; ``later`` moves the clock and sweeps the fast path too."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**changes)
        self.paths = MemoryPaths(self.store)
        self.bucket = Bucket()
        self.counted = CountedMetrics()
        self.observer = Observer(self.store, self.directory, self.delivery, self.settings, lambda: self.now)
        self.hearing = Hearing(self.paths, self.settings, lambda: self.now)
        self.booking = Booking(self.paths, self.observer, self.settings, self.logger, self.counted)
        self.reader = LogReader(
            self.bucket, self.observer.tell, self.settings, lambda: self.now, self.logger, self.counted
        )

    def by_eventbridge(self, *bodies: Mapping[str, Any]) -> Self:
        """As the monitor takes records in that a member's rule forwarded."""
        for body in bodies:
            account, region = body["recipientAccountId"], body["awsRegion"]
            source = f"aws.{body['eventSource'].partition('.')[0]}"
            item = from_body(body, Envelope(account=account, region=region, source=source))
            plan = self.intake.take(item, 1)
            self.hearing.heard(item, plan)
        return self

    def by_log_file(self, *bodies: Mapping[str, Any], waited: timedelta = _PROMPT) -> Self:
        """As the backstop takes a file in, of the account and Region of the first record."""
        first = bodies[0]
        key = log_file_key(first["recipientAccountId"], first["awsRegion"], self.now)
        self.bucket.files[key] = log_file(*bodies)
        return self.read(object_created(key), waited=waited)

    def read(self, message: str, *, receives: int = 1, waited: timedelta = _PROMPT) -> Self:
        """One message of the queue."""
        self.reader.read(message, FileIntake(self.intake, receives, waited, self.logger).take_all)
        return self

    def later(self, **time: float) -> Self:
        super().later(**time)
        return self.book()

    def book(self) -> Self:
        """The sweep's look at the fast path, and its sends after that."""
        for due in self.paths.due(self.now, 1000):
            self.booking.look(due)
        super().later()
        return self

    def told(self, kind: str, channel: str = "slack") -> list[Notice]:
        """What a channel was told of a kind of observation."""
        return [one for one in self.watched(channel) if one.incident.scope.split("/")[1] == kind]

    def observed(self, kind: str) -> list[Fact]:
        """All facts of a kind."""
        facts = [fact for story in self.store.story.values() for fact in story.values()]
        return [fact for fact in facts if fact.kind == kind]

    @property
    def lost_pages(self) -> list[str]:
        """The dedup_key of each page about a lost path."""
        return [one.page.dedup_key for one in self.told("fast-path-lost", "pagerduty") if one.page]
