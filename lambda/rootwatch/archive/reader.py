"""From the bytes of one log file to what in it concerns us."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO, Final

import msgspec

from rootwatch.archive.full import read_in_full
from rootwatch.archive.keys import envelope_of
from rootwatch.archive.ordinary import Ordinary, PassesOver, end_of, our_words, records
from rootwatch.archive.packed import Broken
from rootwatch.archive.plain import is_none_of_ours
from rootwatch.archive.unpack import unpacked
from rootwatch.core.reading import read
from rootwatch.core.record import Item, Unreadable

_HEAD: Final = 64  # bytes that tell whether a file is an ordinary log file


class Found(msgspec.Struct, frozen=True):
    """Something that concerns us, and the file that it stands in."""

    item: Item
    file: str


class Damage(msgspec.Struct, frozen=True):
    """What of a file could not be read: where it begins, in bytes of the unpacked text (of the file as it is, where the
    gzip itself is damaged: ``packed``), and why."""

    file: str
    offset: int
    reason: str
    packed: bool = False


class Size(msgspec.Struct):
    """How much was read."""

    files: int = 0
    packed: int = 0
    unpacked: int = 0


def read_log_file(
    stream: BinaryIO,
    name: str,
    concerns: Callable[[Item], bool],
    size: Size | None = None,
    passes_over: PassesOver = is_none_of_ours,
) -> Iterator[Found | Damage]:
    """Everything in a log file, gzip or plain, that ``concerns`` says is ours; and what could not be read.

    ``name`` is its key or path; the account that stands in it is the truth about its records' account. ``concerns`` may
    say less than ``rootwatch.core.concern.concerns``, not more: what can't concern us by that is not asked about. Of a
    record that can't concern us it is not even noticed that it is no valid JSON. ``size`` is added to. ``passes_over``
    says of a whole record's JSON at a glance that ``concerns`` would say no; False says nothing.
    """
    source = _Source(stream, size or Size())
    pieces = iter(source)
    for item, offset in _items(pieces, name, passes_over):
        if isinstance(item, Unreadable):
            yield Damage(name, offset, item.reason)
        if concerns(item):
            yield Found(item, name)
    for broken in source.broken:
        yield Damage(name, broken.offset, broken.reason, packed=True)
    if source.is_empty and not source.broken:
        yield Damage(name, 0, "is empty")


class _Source:
    """The pieces of a file; what is broken between them is put aside."""

    def __init__(self, stream: BinaryIO, size: Size) -> None:
        self._stream = stream
        self._size = size
        self.broken: list[Broken] = []
        self.is_empty = True

    def __iter__(self) -> Iterator[bytes]:
        for piece in unpacked(self._stream):
            if isinstance(piece, Broken):
                self.broken.append(piece)
            else:
                self.is_empty = False
                self._size.unpacked += len(piece)
                yield piece


def _items(pieces: Iterator[bytes], name: str, passes_over: PassesOver) -> Iterator[tuple[Item, int]]:
    """The items that may concern us, and where they begin."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _HEAD:
            break
    end = end_of(head)
    if end is None:
        yield from read_in_full(chain([head], pieces), envelope_of(name))
        return
    for found in records(chain([head], pieces), end, our_words(), passes_over):
        if isinstance(found, Ordinary):
            for item in read(found.value, envelope_of(name), 1):
                yield item, found.offset
        else:
            yield from read_in_full(chain([found.text], pieces), envelope_of(name), found.offset, end.decode())
