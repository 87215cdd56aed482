"""From the news of a new object to the records in it: what is read, what is refused, and what is told of damage."""

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

from rootwatch.archive import Damage, envelope_of, is_log_file, read_log_file
from rootwatch.core.concern import concerns
from rootwatch.core.fact import Fact
from rootwatch.core.log_file import damaged
from rootwatch.core.object_created import NoObject, ObjectCreated, read_object_created
from rootwatch.core.record import Item, Record
from rootwatch.core.settings import Settings
from rootwatch.edge.log_files import LogFiles

_SHOWN: Final = 512


class LogReader:
    """Reads the log files of the trail's bucket. ``tell`` is told of damage."""

    def __init__(
        self,
        files: LogFiles,
        tell: Callable[[Fact], object],
        settings: Settings,
        now: Callable[[], datetime],
        logger: Logger,
        metrics: Metrics,
    ) -> None:
        self._files = files
        self._tell = tell
        self._settings = settings
        self._now = now
        self._logger = logger
        self._metrics = metrics

    def read(self, message: str, take_all: Callable[[Iterable[Item]], object]) -> None:
        """Hands ``take_all`` what concerns us in the log file that a message tells of.

        Raises ``LogFileError`` if the file can't be fetched, and what ``take_all`` and ``tell`` raise: then the message
        must come again. What is not ours never raises: it would come again and again.
        """
        created = read_object_created(message)
        if isinstance(created, NoObject):
            if not created.is_test:
                self._refuse(created.reason, message)
        elif created.bucket != self._files.bucket:
            self._refuse("it is not of the trail's bucket", created.bucket)
        elif not self._is_ours(created.key):
            self._count("LogFilesIgnored")
        else:
            self._read(created, take_all)

    def _is_ours(self, key: str) -> bool:
        """Digests are no log files; and who may write elsewhere in a shared bucket is no CloudTrail."""
        prefix = self._settings.trail.prefix if self._settings.trail else ""
        return is_log_file(key) and key.startswith(f"{prefix}/AWSLogs/" if prefix else "AWSLogs/")

    def _read(self, created: ObjectCreated, take_all: Callable[[Iterable[Item]], object]) -> None:
        damages: list[Damage] = []
        with self._files.fetch(created.key, created.version) as content:
            self._metrics.add_metric("LogFileBytes", MetricUnit.Bytes, content.seek(0, os.SEEK_END))
            content.seek(0)
            take_all(self._found(content, created.key, damages))
        self._count("LogFilesRead")
        if damages:
            self._tell_damage(created, damages)

    def _found(self, content: BinaryIO, key: str, damages: list[Damage]) -> Iterator[Item]:
        for one in read_log_file(content, key, self._concerns):
            if isinstance(one, Damage):
                damages.append(one)
                continue
            self._count("LogFileRecords")
            if isinstance(one.item, Record) and one.item.time:
                late = max((self._now() - one.item.time).total_seconds(), 0.0)
                self._metrics.add_metric("LogFileLateness", MetricUnit.Seconds, late)
            yield one.item

    def _concerns(self, item: Item) -> bool:
        try:
            return concerns(item, self._settings, self._now())
        except Exception:
            # What breaks us here is for the intake to set aside, aloud.
            self._logger.exception("whether a record concerns us could not be told", extra={"record": item.key})
            return True

    def _tell_damage(self, created: ObjectCreated, damages: list[Damage]) -> None:
        name = f"s3://{created.bucket}/{created.key}"
        reasons = tuple(dict.fromkeys(f"at byte {damage.offset}: {damage.reason}" for damage in damages))
        self._count("LogFilesDamaged")
        self._logger.error("a log file is damaged", extra={"file": name, "reasons": reasons[:10]})
        self._tell(damaged(name, created.version or "", reasons, envelope_of(created.key), self._now()))

    def _refuse(self, reason: str, what: str) -> None:
        self._count("LogFilesRefused")
        self._logger.warning("a message was refused", extra={"reason": reason, "message_of": what[:_SHOWN]})

    def _count(self, name: str) -> None:
        self._metrics.add_metric(name, MetricUnit.Count, 1)
