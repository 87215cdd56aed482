"""Reading the files that a command is given: plain or gzip, every member, as much of a damaged one as there is."""

import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from rootwatch.core.documents import split

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31  # zlib's own number for "a gzip header and trailer"
_CHUNK: Final = 16384  # zlib copies what follows a member's end: of a chunk, since of all the rest would be quadratic
_PADDING: Final = re.compile(rb"\0*")  # allowed after a member


class Source(msgspec.Struct, frozen=True):
    """One input: its values in order, and what is wrong with it, if anything."""

    name: str
    values: list[object]
    damage: str | None


def read_sources(names: tuple[str, ...]) -> Iterator[Source]:
    """Reads each file; ``-`` is standard input. A file that can't be opened is a damaged one without values."""
    for name in names:
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            yield Source(name, [], f"{name} can't be read ({error.strerror})")
            continue
        yield _source("standard input" if name == "-" else name, content)


def _source(name: str, content: bytes) -> Source:
    problem = None
    if content.startswith(_GZIP_MAGIC):
        content, problem = gunzip(content)
    if not content:
        return Source(name, [], f"{name} is empty" if problem is None else f"{name} {problem}")
    values, damage = split(content.decode(json.detect_encoding(content), "replace"))
    if damage and problem is None:
        problem = f"is not valid JSON at character {damage.offset}"
    return Source(name, values, f"{name} {problem}" if problem else None)


def gunzip(content: bytes) -> tuple[bytes, str | None]:
    """Every member of a gzip file, and what is wrong after the last good byte, if anything is."""
    parts: list[bytes] = []
    member, at, is_cut = zlib.decompressobj(_GZIP_WINDOW), 0, False
    while at < len(content):
        chunk, before = content[at : at + _CHUNK], member.copy()
        try:
            parts.append(member.decompress(chunk))
        except zlib.error:
            parts += _before_damage(before.decompress, chunk)
            return b"".join(parts), "is damaged gzip"
        at += len(chunk) - len(member.unused_data)
        is_cut = not member.eof
        if member.eof:
            padding = _PADDING.match(content, at)
            at = padding.end() if padding else at
            member = zlib.decompressobj(_GZIP_WINDOW)
    return b"".join(parts), "is cut short" if is_cut else None


def _before_damage(decompress: Callable[[bytes], bytes], chunk: bytes) -> Iterator[bytes]:
    """What a damaged chunk gives byte by byte, until zlib sees the damage."""
    with suppress(zlib.error):
        for at in range(len(chunk)):
            yield decompress(chunk[at : at + 1])
