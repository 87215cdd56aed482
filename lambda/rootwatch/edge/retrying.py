"""Trying again when another worker was first: a few times in place, then by the queue."""

import random
import time
from typing import Final

TRIES: Final = 5
# Of a record. Whoever floods one account keeps all workers at its incident: what else is done there must not lose
# against them again and again, and lie in the queue until its message may be received once more.
RECORD_TRIES: Final = 10
_JITTER_SECONDS: Final = 0.1
_LONGEST_SECONDS: Final = 1.6  # ten workers at one incident need some 50 ms each
# What lies behind such a record in its batch waits too, and the monitor has 30 seconds for all of it.
_PATIENCE_SECONDS: Final = 10.0


class NotStoredError(Exception):
    """The record goes back to the queue: it could not be stored now."""


def pause() -> None:
    """A moment of random length, so that two workers do not meet again."""
    _sleep(_JITTER_SECONDS)


class Patience:
    """Of one invocation, for all its records together: pauses grow longer only while so many seconds are left."""

    def __init__(self, seconds: float = _PATIENCE_SECONDS) -> None:
        self._left = seconds

    def pause(self, tried: int) -> None:
        """A moment of random length; longer, the more often this record was ``tried``."""
        longest = min(_LONGEST_SECONDS, _JITTER_SECONDS * 2**tried, self._left)
        self._left -= _sleep(max(longest, _JITTER_SECONDS))


def _sleep(longest: float) -> float:
    seconds = longest * random.random()  # noqa: S311 # spreads retries, guards nothing
    time.sleep(seconds)
    return seconds
