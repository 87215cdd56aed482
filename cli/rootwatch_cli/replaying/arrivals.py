"""The records that were found, in the order in which they happened: on disk meanwhile, since they may be many."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

from rootwatch.archive import Damage, Found
from rootwatch.core.record import Envelope, Item, Record, Unreadable, from_body
from rootwatch.core.tasks import is_assume_root
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.replaying.spool import Spool

_WRITTEN: Final = re.compile(r"_(?P<time>[0-9]{8}T[0-9]{4}Z)_[^/]*\Z")
_FAST_PATH: Final = "aws.cloudtrail"
_TAG_CALLS: Final = frozenset({"TagResource", "UntagResource"})


class Arrival(NamedTuple):
    """A record, the time at which it is taken in, and whether it was asked for or only explains what was."""

    at: datetime
    item: Item
    asked: bool


class _Place(NamedTuple):
    """What the order depends on, and nothing else: neither which process was first, nor the order of the sources."""

    at: datetime | None
    rank: int
    key: str
    file: str
    offset: int
    length: int
    asked: bool


class Arrivals:
    """Takes what was found in log files; gives it back by eventTime."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self._spool = Spool()
        self._places: list[_Place] = []

    def __len__(self) -> int:
        return len(self._places)

    def take_all(self, results: Iterable[Found | Damage]) -> Iterator[Item]:
        """Takes every record, and passes it on."""
        for one in results:
            if isinstance(one, Found):
                self._take(one)
                yield one.item

    def in_order(self, otherwise: datetime) -> Iterator[Arrival]:
        """By eventTime; within a second, what explains calls before the calls.

        A record without a time is taken in when its log file was written, by the file's name; where that doesn't say
        it, after all others. ``otherwise`` is the time if no record has one.
        """
        last = max((place.at for place in self._places if place.at), default=otherwise)
        for place in sorted(self._places, key=lambda one: (one.at or last, one.rank, one.key, one.file, one.offset)):
            yield Arrival(place.at or last, _decoded(self._spool.read(place.offset, place.length)), place.asked)

    def _take(self, found: Found) -> None:
        item = found.item
        time = (item.time if isinstance(item, Record) else None) or _written(found.file)
        rank = 0 if _explains(item) else 1
        place = self._spool.add(_encoded(item))
        self._places.append(_Place(time, rank, item.key, found.file, *place, self.selection.takes(item)))


def _explains(item: Item) -> bool:
    """Whether it explains root use that it can't have come after: CloudTrail's times are whole seconds."""
    if not isinstance(item, Record):
        return False
    tags = item.source == "organizations.amazonaws.com" and item.name in _TAG_CALLS
    return tags or is_assume_root(item)


def _written(file: str) -> datetime | None:
    """Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html."""
    found = _WRITTEN.search(file)
    try:
        return datetime.strptime(found["time"], "%Y%m%dT%H%MZ").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _encoded(item: Item) -> bytes:
    """The standard library's JSON carries all that a record can hold, lone surrogates too."""
    if isinstance(item, Record):
        return json.dumps([msgspec.to_builtins(item.envelope), item.body]).encode()
    return msgspec.json.encode(item)


def _decoded(text: bytes) -> Item:
    if text.startswith(b"{"):
        unreadable = msgspec.json.decode(text, type=Unreadable)
        return msgspec.structs.replace(unreadable, envelope=_as_if_heard_at_once(unreadable.envelope))
    envelope, body = json.loads(text)
    return from_body(body, _as_if_heard_at_once(msgspec.convert(envelope, Envelope | None)))


def _as_if_heard_at_once(envelope: Envelope | None) -> Envelope | None:
    """A log file's envelope as EventBridge's: a replay tells what would have been told, not that a file came late."""
    if envelope is None or envelope.source is not None:
        return envelope
    return msgspec.structs.replace(envelope, source=_FAST_PATH)
