"""Reading the files that a command is given: plain or gzip, every member, as much of a damaged one as there is."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from rootwatch.archive.unpack import gunzip
from rootwatch.core.documents import split

_GZIP_MAGIC: Final = b"\x1f\x8b"


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
        except IsADirectoryError:
            yield Source(name, [], f"{name} is a folder, which rootwatch scan and replay read")
            continue
        except OSError as error:
            yield Source(name, [], f"{name} can't be read ({error.strerror})")
            continue
        yield _source("standard input" if name == "-" else name, content)


def _source(name: str, content: bytes) -> Source:
    problem = None
    if content.startswith(_GZIP_MAGIC):
        content, broken = gunzip(content)
        problem = broken.reason if broken else None
    if not content.strip():
        return Source(name, [], f"{name} is empty" if problem is None else f"{name} {problem}")
    values, damage = split(content.decode(json.detect_encoding(content), "replace"))
    if damage and problem is None:
        problem = f"is not valid JSON at character {damage.offset}"
    return Source(name, values, f"{name} {problem}" if problem else None)
