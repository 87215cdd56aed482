"""A gzip file as it lies there, slice by slice."""

from typing import BinaryIO, Final

import msgspec

GZIP: Final = 31  # zlib's own number for "a gzip header and trailer"
_SLICE: Final = 1 << 17


class Broken(msgspec.Struct, frozen=True):
    """Where the gzip is damaged, in bytes of the packed file, and how."""

    offset: int
    reason: str


class Packed:
    """The file as it is: a slice of it, and how far we are."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._rest = b""
        self.at = stream.tell()

    def slice(self) -> bytes:
        """What comes next, without going on; empty at the end."""
        if not self._rest:
            self._rest = self._stream.read(_SLICE) or b""
        return self._rest

    def skip(self, size: int) -> None:
        self.at += size
        self._rest = self._rest[size:]

    def take(self) -> bytes:
        """What comes next; empty at the end."""
        taken = self.slice()
        self.at, self._rest = self.at + len(taken), b""
        return taken

    def give_back(self, data: bytes) -> None:
        """Goes back to before this, the end of what was taken last."""
        self.at, self._rest = self.at - len(data), data

    def go_to(self, at: int) -> None:
        self._stream.seek(at)
        self.at, self._rest = at, b""
