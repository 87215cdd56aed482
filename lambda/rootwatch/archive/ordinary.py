"""Log files as CloudTrail writes them, in one go: of a file in which no word of ours stands, no record is ever parsed.

A raw ``{"eventVersion":"`` behind a comma is where a record begins: in a string its quotation marks would be escaped.
Around each word the record that holds it is cut out, and judged by itself; as soon as one is no whole ordinary record,
or what stands before it is not made of whole ones, so that it may be a part of another, nothing is taken for granted
any more, and the rest of the file is read in full.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from rootwatch.archive.words import Words, words
from rootwatch.core.documents import split

_RECORD: Final = b'{"eventVersion":"'
_HEAD: Final = re.compile(rb'\s*(?P<list>\{\s*"Records"\s*:\s*\[\s*)?' + re.escape(_RECORD))
_BETWEEN: Final = b", \t\r\n"
_SPACES: Final = 16
_NEXT_FILE: Final = b'{"Records":['  # where files were put together: what stands behind a file's last record
_LONGEST: Final = 1 << 22  # CloudTrail's longest record has 256 kB
_raw: Final = msgspec.json.Decoder(msgspec.Raw)
_ALWAYS_THERE: Final = frozenset({"eventVersion", "eventTime", "eventSource", "eventName", "eventID"})


# Whether a record, as JSON, can't concern us: told at a glance.
PassesOver = Callable[[bytes], bool]


class Ordinary(msgspec.Struct, frozen=True):
    """A record in which one of our words stands, decoded; and where it begins in the file."""

    value: Mapping[str, object]
    offset: int


class Rest(msgspec.Struct, frozen=True):
    """From here on the file has to be read in full."""

    text: bytes
    offset: int


@lru_cache(maxsize=1)
def our_words() -> Words:
    """The words by which records are looked for."""
    return Words(words())


def end_of(head: bytes) -> bytes | None:
    """The end that a file with this beginning has, if it can be read in this way: "]}", or "" if it is JSON lines."""
    begins = _HEAD.match(head)
    return None if begins is None else b"]}" if begins["list"] else b""


def records(
    pieces: Iterator[bytes], end_of_file: bytes, ours: Words, passes_over: PassesOver
) -> Iterator[Ordinary | Rest]:
    """The records that may be ours, of a file that has an ``end_of`` its beginning, in order.

    If something is amiss, a Rest comes last, and what remains of ``pieces`` belongs to it.
    """
    tail, offset = b"", 0  # the last record that has begun, and where
    before = _Before()  # what stands before the tail
    is_searched = False  # the tail, and no word stands in it
    for piece in pieces:
        begin = _next(piece, 0, len(piece))
        if begin < 0:
            tail, is_searched = tail + piece, False
            if len(tail) <= _LONGEST:
                continue
            yield Rest(tail, offset)
            return
        end, places = _previous(piece, begin, len(piece)), ours.places(piece)
        across = tail + piece[:begin]
        if tail and (places_across := ours.places(across)):
            amiss = yield from _around(places_across, _Text(before, across, 0, len(across), offset), passes_over)
            if amiss is not None:
                yield _rest(before, across + piece[begin:], offset, amiss)
                return
        offset += len(tail)
        if places:
            before.behind = across if tail else b""
            amiss = yield from _around(places, _Text(before, piece, begin, end, offset), passes_over)
            if amiss is not None:
                yield _rest(before, piece[begin:], offset + begin, amiss)
                return
        before = _Before(piece, begin, end)
        tail, offset, is_searched = piece[end:], offset + end, not places or places[-1] < end
    last = _last(tail, end_of_file)
    if last is None:
        amiss = _whole(before.text())
    else:
        places = [] if is_searched else ours.places(last)
        amiss = yield from _around(places, _Text(before, last, 0, len(last), offset), passes_over)
    if amiss is not None:
        yield _rest(before, tail, offset, amiss)


class _Before(msgspec.Struct):
    """What stands before a text, from the beginning of a record on, put together only where it is asked for.

    That is the piece before it: a list in one of CloudTrail's records can't have begun earlier.
    """

    piece: bytes = b""
    begin: int = 0
    end: int = 0
    behind: bytes = b""

    def text(self) -> bytes:
        return self.piece[self.begin : self.end] + self.behind


class _Text(msgspec.Struct):
    """Whole records, from ``begin`` to ``end``; ``offset`` is where the text stands in the file."""

    before: _Before
    text: bytes
    begin: int
    end: int
    offset: int


def _around(places: list[int], among: _Text, passes_over: PassesOver) -> Generator[Ordinary, None, int | None]:
    """The records at these places. Returns where something is amiss, counted from what stands before the text on."""
    text, begin, end = among.text, among.begin, among.end
    behind, sure, counted = begin, -1, 0  # up to ``sure``, all is made of whole records
    for place in places:
        if place < behind:
            continue
        if place >= end:
            break
        first = max(_previous(text, begin, place), begin)
        behind = _next(text, place, end)
        behind = end if behind < 0 else behind
        record = _bare(text[first:behind])
        if passes_over(record):
            continue
        unsure = among.before.text() + text[begin:first] if sure < 0 else text[sure:first]
        value, whole = _decoded(record), _whole(unsure)
        if value is None or whole < len(unsure):
            return counted + whole
        yield Ordinary(value, among.offset + first)
        counted += len(unsure) + behind - first
        sure = behind
    return None


def _whole(text: bytes) -> int:
    """How much of it, from its beginning, is made of whole records: it ends where another begins, which may be a part
    of the last."""
    begin = 0
    while begin < len(text):
        behind = _next(text, begin + 1, len(text))
        behind = len(text) if behind < 0 else behind
        if not _is_json(_bare(text[begin:behind])):
            break
        begin = behind
    return begin


def _rest(before: _Before, text: bytes, offset: int, amiss: int) -> Rest:
    earlier = before.text()
    return Rest((earlier + text)[amiss:], offset - len(earlier) + amiss)


def _next(text: bytes, begin: int, end: int) -> int:
    """Where the next record begins, or -1."""
    at = text.find(_RECORD, begin, end)
    while at >= 0 and not _follows_another(text, at):
        at = text.find(_RECORD, at + 1, end)
    return at


def _previous(text: bytes, begin: int, end: int) -> int:
    """Where the last record before ``end`` begins, or -1."""
    at = text.rfind(_RECORD, begin, end)
    while at >= 0 and not _follows_another(text, at):
        at = text.rfind(_RECORD, begin, at)
    return at


def _follows_another(text: bytes, at: int) -> bool:
    """Whether what begins here is an element of a list, or a line, and no field of another object."""
    return text[max(at - _SPACES, 0) : at].rstrip()[-1:] in (b",", b"[", b"}")


def _bare(record: bytes) -> bytes:
    """A record without what stands between it and the next."""
    record = record.rstrip(_BETWEEN)
    return record[: record.rfind(b"]}")].rstrip(_BETWEEN) if record.endswith(_NEXT_FILE) else record


def _decoded(record: bytes) -> Mapping[str, object] | None:
    """The record's value if it is a whole and ordinary one."""
    values, damage = split(record.decode("utf-8", "replace"))
    value = values[0] if len(values) == 1 and damage is None else None
    return value if isinstance(value, Mapping) and value.keys() >= _ALWAYS_THERE else None


def _last(tail: bytes, end_of_file: bytes) -> bytes | None:
    """The last record, without the file's end; None if it is cut short, or the file is."""
    tail = tail.rstrip()
    if not tail.endswith(end_of_file):
        return None
    record = tail.removesuffix(end_of_file)
    return record if _is_json(record) else None


def _is_json(text: bytes) -> bool:
    try:
        _raw.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True
