"""From a text to the JSON values in it: one document, several, JSON lines, or what is left of a damaged one."""

import json
import re
from typing import Final

import msgspec

_SPACE: Final = re.compile(r"[\s,]*")
_RECORDS: Final = re.compile(r'\{\s*"Records"\s*:\s*\[')
# Where reading can start again after damage: a line that begins an object, or the first field of CloudTrail's records.
_RESTART: Final = re.compile(r'^\{|\{\s*"eventVersion"\s*:', re.MULTILINE)
_CLOSING: Final = re.compile(r"\s*\]\s*\}")


class Damage(msgspec.Struct, frozen=True):
    """What could not be read: where it begins (in characters), and its text."""

    offset: int
    rest: str


def split(content: str) -> tuple[list[object], Damage | None]:
    """Every value that can be read, in order, and the first damage if there is any. Never raises."""
    try:
        return [json.loads(content)], None
    except (ValueError, RecursionError):
        return _salvage(content)


def _salvage(content: str) -> tuple[list[object], Damage | None]:
    values: list[object] = []
    damage: Damage | None = None
    at = _skip(content, 0)
    while at < len(content):
        value, end = _decode(content, at)
        if end is not None:
            values.append(value)
            at = _skip(content, end)
            continue
        records = _RECORDS.match(content, at)
        if records:
            at, closed = _read_array(content, records.end(), values)
            if closed is not None:
                at = _skip(content, closed)
                continue
        damage = damage or Damage(at, content[at:])
        restart = _RESTART.search(content, at + 1)
        at = restart.start() if restart else len(content)
    if not values and damage is None:
        damage = Damage(0, content)
    return values, damage


def _read_array(content: str, at: int, values: list[object]) -> tuple[int, int | None]:
    """Reads the elements of a list up to its damage: where that is, and where the document ends if it ends well."""
    while True:
        at = _skip(content, at)
        closing = _CLOSING.match(content, at)
        if closing:
            return at, closing.end()
        value, end = _decode(content, at)
        if end is None:
            return at, None
        values.append(value)
        at = end


def _decode(content: str, at: int) -> tuple[object, int | None]:
    try:
        return _DECODER.raw_decode(content, at)
    except (ValueError, RecursionError):
        return None, None


def _skip(content: str, at: int) -> int:
    space = _SPACE.match(content, at)
    return space.end() if space else at


_DECODER: Final = json.JSONDecoder()
