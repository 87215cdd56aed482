"""Texts on disk, to be read again in any order: memory holds where they lie."""

import tempfile
from typing import IO


class Spool:
    """A temporary file that nobody else sees; it is gone when the process ends."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 # lives as long as the spool
        self._end = 0

    def add(self, text: bytes) -> tuple[int, int]:
        """Where it lies: offset and length, in bytes."""
        self._file.seek(self._end)
        self._file.write(text)
        place = (self._end, len(text))
        self._end += len(text)
        return place

    def read(self, offset: int, length: int) -> bytes:
        """What was added there."""
        self._file.seek(offset)
        return self._file.read(length)
