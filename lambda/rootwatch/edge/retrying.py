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


class NotStoredError(Exception):
    """The record goes back to the queue: it could not be stored now."""


def pause(tried: int = 0) -> None:
    """A moment of random length, so that two workers do not meet again; longer, the more often it was ``tried``."""
    longest = min(_LONGEST_SECONDS, _JITTER_SECONDS * 2**tried)
    time.sleep(longest * random.random())  # noqa: S311 # spreads retries, guards nothing
