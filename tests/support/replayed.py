"""Records through a replay, without files: what would have been told of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from rootwatch.archive import Found
from rootwatch.core.ports import Account
from rootwatch.core.reading import read
from rootwatch.core.record import Item
from rootwatch.core.tags import Tagging
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.replaying.accounts import AccountsFile
from rootwatch_cli.replaying.arrivals import Arrivals
from rootwatch_cli.replaying.replay import Replayed, play
from rootwatch_cli.replaying.story import Story
from tests.support import ninety_days
from tests.support.records import NOON, settings

FILE = "records.json"


def replayed(
    *items: Item,
    selection: Selection | None = None,
    windows: Iterable[Tagging] = (),
    names: Mapping[str, str] | None = None,
    countries: Mapping[str | None, str] | None = None,
    files: Iterable[str] = (),
    **changes: Any,
) -> Replayed:
    """The replay of these items, in whatever order. ``files`` are the files that they stand in, if that matters."""
    arrivals = Arrivals(selection or Selection())
    places = [*files] or [FILE] * len(items)
    for _ in arrivals.take_all(Found(item, file) for item, file in zip(items, places, strict=True)):
        pass
    return play(
        arrivals,
        settings=settings(**changes),
        directory=AccountsFile({number: Account(id=number, name=name) for number, name in (names or {}).items()}),
        country_of=(countries or {}).get,
        windows=windows,
        now=NOON,
    )


def stories(*items: Item, **changes: Any) -> list[Story]:
    """The incidents of root use alone."""
    return [story for story in replayed(*items, **changes).book if not story.incident.is_watch]


def the_ninety_days() -> Replayed:
    """The history of ninety days, its documentation addresses given countries: no registry names one for them."""
    items = [item for one in ninety_days.records() for item in read(one)]
    return replayed(*items, names=ninety_days.NAMES, countries=ninety_days.COUNTRIES)
