"""Reading the files that a command is given: plain or gzip, every member, as much of a damaged one as there is."""

import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from rootwatch.core.documents import split

_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31  # zlib's own number for "a gzip header and trailer"


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
    while content:
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            parts.append(member.decompress(content))
        except zlib.error:
            # One byte at a time saves what stands before the damage.
            return b"".join(parts) + _as_far_as_it_goes(content), "is damaged gzip"
        if not member.eof:
            return b"".join(parts), "is cut short"
        content = member.unused_data.lstrip(b"\0")  # padding after the last member is allowed
    return b"".join(parts), None


def _as_far_as_it_goes(content: bytes) -> bytes:
    member = zlib.decompressobj(_GZIP_WINDOW)
    saved = bytearray()
    try:
        for at in range(len(content)):
            saved += member.decompress(content[at : at + 1])
    except zlib.error:
        return bytes(saved)
    return bytes(saved)
