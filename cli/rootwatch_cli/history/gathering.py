"""What was found, each record once, judged, in the order of its time: the same for any order in which it was read."""

import pickle
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from rootwatch.archive import Damage, Found
from rootwatch.core.ports import Plan
from rootwatch.core.record import Item, Record
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging
from rootwatch.core.tasks import is_assume_root
from rootwatch.core.watch import is_forged
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.judging import believing, judged, knowledge, may_explain
from rootwatch_cli.replaying.spool import Spool

_LAST: Final = datetime.max.replace(tzinfo=UTC)


class Judged(msgspec.Struct, frozen=True):
    """One record that concerns us, where it stands, and what it would be as the first of its account."""

    item: Item
    file: str
    plan: Plan


class Gathered:
    """Each record once: on disk until it is judged, since a key in daily use may fill years.

    Iterating gives them by eventTime and eventID; of several copies the one in the first file by name is kept.
    """

    def __init__(self, results: Iterable[Found | Damage]) -> None:
        self._spool = Spool()
        self._places: dict[tuple[str, str | None], _Place] = {}
        self._explaining: dict[tuple[str, str | None], Found] = {}
        for one in results:
            if isinstance(one, Found):
                self._keep(one)

    def _keep(self, found: Found) -> None:
        item = found.item
        # A record that pretends to be another account's is never taken for the genuine one.
        key = (item.key, item.account if is_forged(item) else None)
        known = self._places.get(key)
        if known is None or found.file < known.file:
            time = item.time if isinstance(item, Record) else None
            order = (time or _LAST, item.event_id or "", item.key)
            self._places[key] = _Place(order, found.file, *self._spool.add(pickle.dumps(item)))
            if may_explain(item):
                self._explaining[key] = found

    def __iter__(self) -> Iterator[Found]:
        for place in sorted(self._places.values(), key=lambda one: one.order):
            item: Item = pickle.loads(self._spool.read(place.offset, place.length))  # noqa: S301 # our own, a moment ago
            yield Found(item, place.file)

    @property
    def explaining(self) -> list[Item]:
        """Those by which others are judged, in the same order."""
        kept = sorted((self._places[key].order, found.file, found.item) for key, found in self._explaining.items())
        return [item for _, _, item in kept]


def judge_found(
    gathered: Gathered, windows: Iterable[Tagging], selection: Selection, settings: Settings | None, now: datetime
) -> Iterator[Judged]:
    """What of it is asked for and concerns us, judged with all that explains it. Without settings all are believed."""
    explaining = gathered.explaining
    believed = settings or believing(explaining)
    known = knowledge(explaining, windows, believed)
    for found in gathered:
        if not selection.takes(found.item):
            continue
        plan = judged(found.item, known, believed, now)
        if plan.fact is not None or (isinstance(found.item, Record) and is_assume_root(found.item)):
            yield Judged(found.item, found.file, plan)


class _Place(msgspec.Struct, frozen=True, gc=False):
    """Where a record lies on disk, and where in the order it stands."""

    order: tuple[datetime, str, str]
    file: str
    offset: int
    length: int
