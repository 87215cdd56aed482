"""Trying again when another worker was first: a few times in place, then by the queue."""

import random
import time
from typing import Final

TRIES: Final = 5
_JITTER_SECONDS: Final = 0.1


class NotStoredError(Exception):
    """The record goes back to the queue: it could not be stored now."""


def pause() -> None:
    """A moment of random length, so that two workers do not meet again."""
    time.sleep(_JITTER_SECONDS * random.random())  # noqa: S311 # spreads retries, guards nothing
