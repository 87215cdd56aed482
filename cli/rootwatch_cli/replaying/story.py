"""What a replay gives: incidents with their facts, and what each channel would have been sent, when."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice
from rootwatch.core.words import ChannelName, rank
from rootwatch_cli.replaying.spool import Spool


class Told(msgspec.Struct, frozen=True):
    """One notice, and when each channel was sent it. A channel that is missing had its send withdrawn."""

    notice: Notice
    sent: dict[ChannelName, datetime]

    @property
    def page(self) -> datetime | None:
        """When it paged; None if it did not."""
        return self.sent.get("pagerduty") if self.notice.page and not self.notice.is_addition else None


class Story(msgspec.Struct, frozen=True):
    """One incident from its opening to its close: facts by time, notices in order."""

    incident: Incident
    facts: tuple[Fact, ...]
    told: tuple[Told, ...]

    @property
    def pages(self) -> list[datetime]:
        """When somebody was paged."""
        return [told.page for told in self.told if told.page]

    @property
    def worst(self) -> Fact:
        """The fact that says what the incident is: of the most severe ones the first."""
        return max(self.facts, key=lambda fact: rank(fact.severity))

    @property
    def loudest(self) -> Notice | None:
        """The notice that says it best: of those that page, else of the most severe ones, the first."""
        notices = [told.notice for told in self.told]
        return max(notices, key=lambda one: (one.page is not None, rank(one.severity)), default=None)


class _Place(NamedTuple):
    opened_at: datetime
    id: str
    offset: int
    length: int


class Book:
    """All stories, on disk; by the time of their opening."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._places: list[_Place] = []

    def __len__(self) -> int:
        return len(self._places)

    def keep(self, story: Story) -> None:
        """One more story."""
        place = self._spool.add(msgspec.json.encode(story))
        self._places.append(_Place(story.incident.opened_at, story.incident.id, *place))

    def __iter__(self) -> Iterator[Story]:
        for place in sorted(self._places):
            yield self._at(place)

    def find(self, name: str) -> list[Story]:
        """The stories whose id begins so."""
        return [self._at(place) for place in sorted(self._places) if place.id.startswith(name)]

    def _at(self, place: _Place) -> Story:
        return msgspec.json.decode(self._spool.read(place.offset, place.length), type=Story)
