"""From a text to the JSON values in it: one document, several, JSON lines, or what is left of a damaged one."""

import json
import re
from typing import Final

import msgspec

_SPACE: Final = re.compile(r"[\s,\ufeff]*")
# A list, a log file, an answer of the AWS CLI: the elements before the damage are read.
_OPENING: Final = re.compile(r'(?P<object>\{\s*"(?:Records|Events|Messages)"\s*:\s*)?\[')
# Where reading can start again after damage: a line that begins an object, or the first field of CloudTrail's records.
_RESTART: Final = re.compile(r'^\{|\{\s*"eventVersion"\s*:', re.MULTILINE)
_CLOSING: Final = {False: re.compile(r"\]"), True: re.compile(r"\]\s*\}")}
_FIRST_WINDOW: Final = 8192
_LONGEST_LITERAL: Final = len("-Infinity")
_LONGEST_INTEGER: Final = 4000  # digits; Python refuses to read more than 4,300
_PATIENCE: Final = 64


class Damage(msgspec.Struct, frozen=True):
    """What could not be read: where it begins (in characters), and its text without what was read in between."""

    offset: int
    text: str


def split(content: str) -> tuple[list[object], Damage | None]:
    """Every value that can be read, in order, and the damage if there is any. Never raises."""
    try:
        return [_DECODER.decode(content)], None
    except (ValueError, RecursionError):
        return _Salvage(content).read()


class _Salvage:
    """Reads value after value. The time that it takes grows with the length of the text, however damaged that is."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._values: list[object] = []
        # How many characters may be read in vain: values cut short inside of each other are read again and again.
        self._patience = _PATIENCE * (len(content) + _FIRST_WINDOW)

    def read(self) -> tuple[list[object], Damage | None]:
        content, damaged, offset = self._content, [], None
        at = self._skip(0)
        while at < len(content):
            at, well = self._read_one(at)
            if well:
                continue
            offset = at if offset is None else offset
            restart = _RESTART.search(content, at + 1) if self._patience > 0 else None
            end = restart.start() if restart else len(content)
            damaged.append(content[at:end])
            at = end
        if offset is None and not self._values:
            offset, damaged = 0, [content]
        return self._values, None if offset is None else Damage(offset, "\n".join(damaged))

    def _read_one(self, at: int) -> tuple[int, bool]:
        """Reads the value at this place: where reading goes on, or where the damage begins."""
        end = self._take(at)
        if end is not None:
            return self._skip(end), True
        opening = _OPENING.match(self._content, at)
        if opening is None:
            return at, False
        at = self._skip(opening.end())
        while (end := self._take(at)) is not None:
            at = self._skip(end)
        closing = _CLOSING[opening["object"] is not None].match(self._content, at)
        return (self._skip(closing.end()), True) if closing else (at, False)

    def _take(self, at: int) -> int | None:
        """Keeps the value at this place, if there is one, and says where it ends.

        It is read from a window that grows, never from the whole text: on each error json counts all lines before it.
        """
        size = _FIRST_WINDOW
        while True:
            window = self._content[at : at + size]
            is_all = at + size >= len(self._content)
            try:
                value, end = _DECODER.raw_decode(window)
            except json.JSONDecodeError as error:
                cut = error.pos + _LONGEST_LITERAL >= len(window) or error.msg.startswith("Unterminated string")
                if is_all or not cut:
                    self._patience -= len(window) if cut else error.pos
                    return None
            except RecursionError:
                self._patience -= len(window)
                return None
            else:
                if is_all or end < len(window):
                    self._values.append(value)
                    return at + end
            size *= 4

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self._content, at)
        return space.end() if space else at


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


_DECODER: Final = json.JSONDecoder(parse_int=_integer)
