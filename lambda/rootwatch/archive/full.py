"""Reading a text in full, as the core reads any text: of what is no ordinary log file, or of one from a damage on."""

import codecs
import json
import re
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Final

from rootwatch.core.documents import Damage, split
from rootwatch.core.reading import damaged, read
from rootwatch.core.record import Envelope, Item

# Characters that are decoded at once. CloudTrail's longest record has 256 kB; what is decoded takes ten times as much.
_AT_ONCE: Final = 1 << 20
_LONGEST: Final = 4 * _AT_ONCE
_OPENING: Final = re.compile(r'\s*(?P<object>\{\s*"(?:Records|Events|Messages)"\s*:\s*)?\[')
_CLOSING: Final = {"]}": re.compile(r"\]\s*\}\s*\Z"), "]": re.compile(r"\]\s*\Z"), "": re.compile(r"\Z")}
_RECORD: Final = re.compile(r'^\s*\{|\{\s*"eventVersion"\s*:', re.MULTILINE)
_TELLS_ENCODING: Final = 4  # bytes


def read_in_full(
    pieces: Iterator[bytes], envelope: Envelope | None, offset: int = 0, end_of_file: str = ""
) -> Iterator[tuple[Item, int]]:
    """What a text holds, and for each the byte at which it begins, or the part of the text that it was read with.

    ``offset`` is where the text begins in its file, ``end_of_file`` closes the list of which that is the middle: "]}".
    A text of any size is read in bounded memory; of a single value, more than 4 million characters are a damage.
    """
    text, encoding = "", "utf-8"
    for more, encoding in _decoded(pieces):
        text += more
        if len(text) < _AT_ONCE:
            continue
        opening = None if end_of_file else _OPENING.match(text)
        if opening:
            end_of_file = "]}" if opening["object"] else "]"
        begin = opening.end() if opening else 0
        end = begin + _ready(text[begin:])
        yield from _read(text[begin:end], envelope, offset + _size(text[:begin], encoding), encoding)
        offset += _size(text[:end], encoding)
        text = text[end:]
    closing = _CLOSING[end_of_file].search(text)
    is_whole = yield from _read(text[: closing.start()] if closing else text, envelope, offset, encoding)
    if is_whole and not closing:
        yield damaged(Damage(len(text), ""), envelope), offset + _size(text, encoding)


def _decoded(pieces: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    """The text, piece by piece, and its encoding: as in JSON's standard, the first bytes tell."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= _TELLS_ENCODING:
            break
    encoding = json.detect_encoding(head)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in chain([head], pieces):
        yield decoder.decode(piece), encoding
    yield decoder.decode(b"", final=True), encoding


def _ready(text: str) -> int:
    """How much of a text that goes on can be read already: up to a value that may be cut off by its end."""
    _, damage = split(text)
    if damage is None:
        return len(text)
    if damage.offset or len(text) < _LONGEST:
        return damage.offset
    last = max((found.start() for found in _RECORD.finditer(text)), default=0)
    return last or len(text)


def _read(text: str, envelope: Envelope | None, offset: int, encoding: str) -> Generator[tuple[Item, int], None, bool]:
    """Reads a part of a text. Returns whether nothing in it was damaged."""
    if not text.strip():
        return True
    values, damage = split(text)
    for value in values:
        for item in read(value, envelope):
            yield item, offset
    if damage:
        yield damaged(damage, envelope), offset + _size(text[: damage.offset], encoding)
    return damage is None


def _size(text: str, encoding: str) -> int:
    """In bytes, roughly: what could not be decoded was replaced."""
    return len(text.encode(encoding.removesuffix("-sig"), "surrogatepass"))
