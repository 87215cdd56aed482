"""Time and concurrency without threads: tasks that take turns on a virtual clock, always in the same order."""

import heapq
import itertools
from collections.abc import Callable
from typing import Any

import greenlet


class Task(greenlet.greenlet):
    """One run of a handler. ``dead`` once its process is ended: nothing leaves it any more."""

    dead = False
    deadline = float("inf")  # virtual seconds: the function's timeout
    worker: Any = None


class Loop:
    """Runs what is planned in the order of its time. ``now`` is in seconds since 1970."""

    def __init__(self, start: float) -> None:
        self.now = start
        self._planned: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._main = greenlet.getcurrent()

    def at(self, when: float, what: Callable[[], object]) -> None:
        """Plans a call; one whose time is past comes next."""
        heapq.heappush(self._planned, (when, next(self._numbers), what))

    def after(self, seconds: float, what: Callable[[], object]) -> None:
        """Plans a call so many seconds from now."""
        self.at(self.now + seconds, what)

    def run(self, until: float = float("inf")) -> None:
        """Runs until nothing is planned any more, or until a time."""
        self._main = greenlet.getcurrent()
        while self._planned and self._planned[0][0] <= until:
            when, _, what = heapq.heappop(self._planned)
            self.now = max(self.now, when)
            what()
        if until != float("inf"):
            self.now = max(self.now, until)

    def spend(self, seconds: float) -> None:
        """Lets the current task wait while others go on."""
        wake = self.now + seconds
        if not self._planned or self._planned[0][0] > wake:
            self.now = wake
            return
        self.at(wake, greenlet.getcurrent().switch)
        self._main.switch()


def current() -> Task:
    """The task that runs now."""
    task = greenlet.getcurrent()
    assert isinstance(task, Task)
    return task
