"""Unpacking gzip in pieces: every member, everything before a damage, and the members behind it.

Source: https://www.rfc-editor.org/rfc/rfc1952 (a file is one member after another; zeros may follow them)
"""

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from functools import lru_cache, partial
from io import BytesIO
from typing import BinaryIO, Final, Protocol

import msgspec

from rootwatch.archive.packed import GZIP, Broken, Packed
from rootwatch.archive.salvage import before_damage, go_to_member

_MAGIC: Final = b"\x1f\x8b"
_PIECE: Final = 1 << 19  # this stays in the processor's own memory while it is searched
_SLICE: Final = 1 << 18  # packed bytes at once: most log files as a whole
_LARGEST_BLOCK: Final = 8 * _PIECE
_PADDING: Final = re.compile(rb"\0*")


class Inflater(Protocol):
    """Unpacks one member: what ``isal`` has, in the form of the standard library's ``BZ2Decompressor``."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _WithZlib:
    """The standard library's inflater in that form."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(GZIP)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Unpacks what was left over, or ``data``."""
        piece = self._inflater.decompress(self._inflater.unconsumed_tail or data, max_length)
        # A piece of full length may leave some behind that is no longer packed.
        self.needs_input = not self._inflater.unconsumed_tail and len(piece) < max_length
        return piece


class Engine(msgspec.Struct, frozen=True):
    """What unpacks: how a member is begun, and what it raises on damage."""

    new: Callable[[], Inflater]
    error: type[Exception]


STANDARD: Final = Engine(_WithZlib, zlib.error)


@lru_cache(maxsize=1)
def fastest() -> Engine:
    """ISA-L, about twice as fast, if ``isal`` is installed; else the standard library."""
    # Until it has seen such a block, glibc takes each larger piece from the system and gives it back: a third slower.
    bytes(_LARGEST_BLOCK)
    try:
        from isal import igzip_lib
    except ImportError:
        return STANDARD
    return Engine(partial(igzip_lib.IgzipDecompressor, igzip_lib.DECOMP_GZIP), igzip_lib.error)  # type: ignore[arg-type] # its stub is wrong


class _UnsoundError(Exception):
    """A gzip file is not one sound member after another."""


def unpacked(stream: BinaryIO, engine: Engine | None = None) -> Iterator[bytes | Broken]:
    """A file's bytes in pieces of at most half a MB, unpacked if it is gzip, with what is broken in between.

    A stream that can't seek is read whole first: what is damaged has to be read twice.
    """
    if not stream.seekable():
        stream = BytesIO(stream.read())
    begin, data = stream.tell(), stream.read(_SLICE)
    if not data.startswith(_MAGIC):
        while data:
            yield data
            data = stream.read(_SLICE)
        return
    engine, given = engine or fastest(), 0
    try:
        for piece in _sound(stream, data, engine):
            given += len(piece)
            yield piece
    except (engine.error, _UnsoundError):
        stream.seek(begin)
        yield from _behind(given, _members(Packed(stream), engine))


def gunzip(content: bytes) -> tuple[bytes, Broken | None]:
    """What all members of a gzip file hold, and the first thing that is broken in it, if anything is."""
    parts = list(unpacked(BytesIO(content)))
    broken = next((part for part in parts if isinstance(part, Broken)), None)
    return b"".join(part for part in parts if not isinstance(part, Broken)), broken


def _sound(stream: BinaryIO, data: bytes, engine: Engine) -> Iterator[bytes]:
    """Unpacks sound members, of which ``data`` has been read: nearly every file, without asking where it is.

    Raises the engine's error, or _UnsoundError, once all before the damage that can be had at once is given.
    """
    member = engine.new()
    while data:
        if piece := member.decompress(data, _PIECE):
            yield piece
        while not (member.needs_input or member.eof):
            yield member.decompress(b"", _PIECE)
        data = member.unused_data if member.eof else b""
        data = data or stream.read(_SLICE)
        if member.eof and data:
            if not data.startswith(_MAGIC):
                raise _UnsoundError
            member = engine.new()
    if not member.eof:
        raise _UnsoundError


def _behind(given: int, parts: Iterator[bytes | Broken]) -> Iterator[bytes | Broken]:
    """The same without the first bytes, which are known."""
    for part in parts:
        if isinstance(part, Broken):
            yield part
            continue
        fresh = part[given:]
        given -= len(part) - len(fresh)
        if fresh:
            yield fresh


def _members(packed: Packed, engine: Engine) -> Iterator[bytes | Broken]:
    while packed.slice():
        begin = packed.at
        broken = yield from _member(packed, engine)
        if broken is None:
            broken = _skip_padding(packed)
            begin = packed.at
        if broken:
            yield broken
            go_to_member(packed, begin + 1)


def _skip_padding(packed: Packed) -> Broken | None:
    """Goes to the next member, or to the end."""
    while piece := packed.slice():
        padding = _PADDING.match(piece)
        packed.skip(padding.end() if padding else 0)
        if rest := packed.slice():
            return None if rest.startswith(_MAGIC[: len(rest)]) else Broken(packed.at, "is followed by what is no gzip")
    return None


def _member(packed: Packed, engine: Engine) -> Generator[bytes, None, Broken | None]:
    """Unpacks the member that begins here, and goes behind it. Returns what is broken in it."""
    begin, given, inflater = packed.at, 0, engine.new()
    try:
        for piece in _inflated(packed, inflater):
            given += len(piece)
            yield piece
    except engine.error:
        pass
    else:
        if inflater.eof:
            return None
    packed.go_to(begin)
    return (yield from before_damage(packed, given))


def _inflated(packed: Packed, inflater: Inflater) -> Iterator[bytes]:
    while not inflater.eof:
        data = packed.take() if inflater.needs_input else b""
        if inflater.needs_input and not data:
            return
        if piece := inflater.decompress(data, _PIECE):
            yield piece
    packed.give_back(inflater.unused_data)
