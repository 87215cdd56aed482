"""From what was found in log files to all that would have been told."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from rootwatch.core.ports import Directory
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.words import Disposition
from rootwatch_cli.replaying.arrivals import Arrivals
from rootwatch_cli.replaying.figures import Figures
from rootwatch_cli.replaying.player import Player
from rootwatch_cli.replaying.story import Book, Story


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A replay's outcome. ``first`` and ``last``: the times of the first and the last record that was asked for."""

    book: Book
    figures: Figures
    dispositions: Counter[Disposition]
    duplicates: int
    first: datetime | None
    last: datetime | None
    tags: dict[str, Tags]  # by account: what was declared, over time


def play(
    arrivals: Arrivals,
    *,
    settings: Settings,
    directory: Directory,
    country_of: Callable[[str | None], str | None],
    windows: Iterable[Tagging],
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Replayed:
    """Takes every record at its time. The same records give the same outcome, whatever the order of their files.

    ``now`` is the time of records if none of them has one; ``progress`` is told how many records were taken.
    """
    book, figures = Book(), Figures()

    def keep(story: Story) -> None:
        book.keep(story)
        figures.add(story)

    player = Player(settings=settings, directory=directory, country_of=country_of, windows=windows, keep=keep)
    first = last = None
    for number, arrival in enumerate(arrivals.in_order(now), 1):
        player.take(arrival)
        if arrival.asked:
            first, last = first or arrival.at, arrival.at
        progress(number)
    player.end()
    return Replayed(
        book=book,
        figures=figures,
        dispositions=player.dispositions,
        duplicates=player.duplicates,
        first=first,
        last=last,
        tags=player.store.known_tags,
    )
