"""What arrived, in order, and waiting until enough of it has."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """When something reached a receiver. `order` counts all arrivals anywhere, from 1; `monotonic` is in seconds."""

    order: int
    at: datetime
    monotonic: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that the real service would have refused, with the reason in that service's own words."""

    service: str
    path: str
    reason: str
    details: tuple[str, ...]
    arrival: Arrival


class Ledger:
    """The one lock and the one order of all receivers. Hold `lock` while reading or changing a receiver's state."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._order = 0
        self._refusals: list[Refusal] = []
        self._version = 0
        self._closed = False

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        with self.lock:
            return tuple(self._refusals)

    @property
    def closed(self) -> bool:
        return self._closed

    def arrive(self) -> Arrival:
        """Stamp something that has just arrived. Whoever waits looks again when the lock is let go."""
        with self.lock:
            self._order += 1
            self.touch()
            return Arrival(self._order, datetime.now(UTC), time.monotonic())

    def refuse(self, service: str, path: str, reason: str, details: tuple[str, ...] = ()) -> None:
        with self.lock:
            self._refusals.append(Refusal(service, path, reason, details, self.arrive()))

    def touch(self) -> None:
        """Say that something changed."""
        with self.lock:
            self._version += 1
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait at most `timeout` seconds until `condition` holds; say whether it does."""
        with self.lock:
            return self._changed.wait_for(condition, timeout)

    def wait_beyond(self, version: int, timeout: float) -> int:
        """Wait at most `timeout` seconds for a version other than `version`; return the version of now."""
        self.wait_until(lambda: self._version != version or self._closed, timeout)
        return self._version

    def close(self) -> None:
        with self.lock:
            self._closed = True
            self.touch()
