"""What is due and when, found without a search."""

import heapq
import itertools
from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Agenda(Generic[Key]):
    """One time for each key."""

    def __init__(self) -> None:
        self._times: dict[Key, datetime] = {}
        self._heap: list[tuple[datetime, int, Key]] = []  # what was moved or dropped stays in it until its turn comes
        self._numbers = itertools.count()

    def put(self, key: Key, at: datetime) -> None:
        """The key is due at this time, and no other."""
        if self._times.get(key) != at:
            self._times[key] = at
            heapq.heappush(self._heap, (at, next(self._numbers), key))

    def drop(self, key: Key) -> None:
        """The key is due no more."""
        self._times.pop(key, None)

    def next(self, after: datetime) -> datetime | None:
        """The earliest time after this one; None when nothing is due then. Only what is overdue makes it search."""
        while self._heap and self._times.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        if self._heap and self._heap[0][0] <= after:
            return min((at for at in self._times.values() if at > after), default=None)
        return self._heap[0][0] if self._heap else None

    def until(self, now: datetime) -> list[tuple[datetime, Key]]:
        """What is due by then, in no particular order."""
        return [(at, key) for key, at in self._times.items() if at <= now]
