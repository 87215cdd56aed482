"""Unpacking gzip in pieces: every member, everything before a damage, and the members behind it.

Source: https://www.rfc-editor.org/rfc/rfc1952 (a file is one member after another; zeros may follow them)
"""

import re
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from io import BytesIO
from typing import BinaryIO, Final, Protocol

import msgspec

_MAGIC: Final = b"\x1f\x8b"
_GZIP: Final = 31  # zlib's own number for "a gzip header and trailer"
_SLICE: Final = 1 << 17
_PIECE: Final = 1 << 19  # this stays in the processor's own memory while it is searched
_LARGEST_BLOCK: Final = 8 * _PIECE
_PADDING: Final = re.compile(rb"\0*")
_MEMBER: Final = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]", re.DOTALL)
_MEMBER_BYTES: Final = 4
_TRIED: Final = 1 << 16  # packed bytes that have to be sound before we believe that a member begins here


class Broken(msgspec.Struct, frozen=True):
    """Where the gzip is damaged, in bytes of the packed file, and how."""

    offset: int
    reason: str


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
        self._inflater = zlib.decompressobj(_GZIP)
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
    return Engine(partial(igzip_lib.IgzipDecompressor, igzip_lib.DECOMP_GZIP), igzip_lib.IsalError)


def unpacked(stream: BinaryIO, engine: Engine | None = None) -> Iterator[bytes | Broken]:
    """A file's bytes in pieces of at most 1 MB, unpacked if it is gzip, with what is broken in between.

    A stream that can't seek is read whole first: what is damaged has to be read twice.
    """
    if not stream.seekable():
        stream = BytesIO(stream.read())
    packed = _Packed(stream)
    if packed.slice().startswith(_MAGIC):
        yield from _members(packed, engine or fastest())
        return
    while piece := packed.slice():
        packed.skip(len(piece))
        yield piece


def gunzip(content: bytes) -> tuple[bytes, Broken | None]:
    """What all members of a gzip file hold, and the first thing that is broken in it, if anything is."""
    parts = list(unpacked(BytesIO(content)))
    broken = next((part for part in parts if isinstance(part, Broken)), None)
    return b"".join(part for part in parts if not isinstance(part, Broken)), broken


class _Packed:
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


def _members(packed: _Packed, engine: Engine) -> Iterator[bytes | Broken]:
    while packed.slice():
        begin = packed.at
        broken = yield from _member(packed, engine)
        if broken is None:
            broken = _skip_padding(packed)
            begin = packed.at
        if broken:
            yield broken
            _go_to_member(packed, begin + 1)


def _skip_padding(packed: _Packed) -> Broken | None:
    """Goes to the next member, or to the end."""
    while piece := packed.slice():
        padding = _PADDING.match(piece)
        packed.skip(padding.end() if padding else 0)
        if rest := packed.slice():
            return None if rest.startswith(_MAGIC[: len(rest)]) else Broken(packed.at, "is followed by what is no gzip")
    return None


def _member(packed: _Packed, engine: Engine) -> Generator[bytes, None, Broken | None]:
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
    return (yield from _before_damage(packed, given))


def _inflated(packed: _Packed, inflater: Inflater) -> Iterator[bytes]:
    while not inflater.eof:
        data = packed.take() if inflater.needs_input else b""
        if inflater.needs_input and not data:
            return
        if piece := inflater.decompress(data, _PIECE):
            yield piece
    packed.give_back(inflater.unused_data)


def _before_damage(packed: _Packed, given: int) -> Generator[bytes, None, Broken | None]:
    """Unpacks a damaged member once more, to the last good byte; the first ``given`` bytes of it are known."""
    member, done, broken = zlib.decompressobj(_GZIP), 0, None
    while broken is None and not member.eof and (data := packed.slice()):
        before = member.copy()
        try:
            piece = member.decompress(data)
        except zlib.error:
            piece, sound = _byte_by_byte(before, data)
            broken = Broken(packed.at + sound, "is damaged gzip")
        packed.skip(len(data) - len(member.unused_data))
        fresh = piece[max(given - done, 0) :]
        done += len(piece)
        if fresh:
            yield fresh
    return broken or (None if member.eof else Broken(packed.at, "is cut short"))


def _byte_by_byte(member: "zlib._Decompress", data: bytes) -> tuple[bytes, int]:
    """What a damaged slice gives until zlib sees the damage, and how many of its bytes that took."""
    parts: list[bytes] = []
    with suppress(zlib.error):
        parts.extend(member.decompress(data[at : at + 1]) for at in range(len(data)))
    return b"".join(parts), len(parts)


def _go_to_member(packed: _Packed, begin: int) -> None:
    """Goes to the first place from here on where a sound member begins, else to the end."""
    packed.go_to(begin)
    before = b""
    while piece := packed.slice():
        text, at = before + piece, packed.at - len(before)
        packed.skip(len(piece))
        behind = packed.at
        for found in _MEMBER.finditer(text):
            packed.go_to(at + found.start())
            if _is_sound(packed):
                packed.go_to(at + found.start())
                return
            packed.go_to(behind)
        before = text[1 - _MEMBER_BYTES :]


def _is_sound(packed: _Packed) -> bool:
    """Whether a member begins here, as far as its first bytes tell."""
    member, begin, size = zlib.decompressobj(_GZIP), packed.at, 0
    try:
        while not member.eof and packed.at < begin + _TRIED and (data := packed.slice()):
            size += len(member.decompress(data))
            packed.skip(len(data))
    except zlib.error:
        return False
    return member.eof or size > 0
