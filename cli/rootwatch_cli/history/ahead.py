"""Doing the next thing while this one is looked at: listing files while others are read."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar

_T = TypeVar("_T")
_PATIENCE: Final = 0.1  # seconds, after which it is asked whether anybody still waits


def ahead(values: Iterable[_T], most: int) -> Iterator[_T]:
    """The same values in the same order, up to so many of them fetched beforehand by a thread.

    What they raise is raised here, after the values before it. The thread ends with the iterator.
    """
    fetching = _Fetching(values, most)
    try:
        yield from fetching
    finally:
        fetching.end()


class _End:
    """After the last value: what was raised, if anything was."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Fetching(Generic[_T]):
    def __init__(self, values: Iterable[_T], most: int) -> None:
        self._values = values
        self._waiting: queue.Queue[_T | _End] = queue.Queue(most)
        self._is_wanted = True
        self._thread = threading.Thread(target=self._fetch, name="ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[_T]:
        while not isinstance(value := self._waiting.get(), _End):
            yield value
        if value.error:
            raise value.error

    def end(self) -> None:
        self._is_wanted = False
        self._thread.join()

    def _fetch(self) -> None:
        error: BaseException | None = None
        try:
            for value in self._values:
                if not self._put(value):
                    return
        except BaseException as raised:  # noqa: BLE001 # raised where the values are taken
            error = raised
        self._put(_End(error))

    def _put(self, value: "_T | _End") -> bool:
        """Whether it was taken in; not if nobody wants it any more."""
        while self._is_wanted:
            try:
                self._waiting.put(value, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False
