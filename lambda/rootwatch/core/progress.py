"""How far a deployment of ours is: who began it, what is still to be confirmed. A part of its incident's HEAD."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

CONFIRMED_WITHIN: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=3)  # then what goes on is another deployment
_PEOPLE: Final = 6
_WORDS: Final = 12
_LENGTH: Final = 240


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``checked_at``: when coverage last began to look; None: it has not yet."""

    people: tuple[str, ...] = ()  # who began it, by name
    grave: bool = False  # the rule for root was touched
    checked_at: datetime | None = None
    since: datetime | None = None  # the oldest change that was not confirmed then; None: all were
    unconfirmed: tuple[str, ...] = ()  # what of it, a sentence each
    missing: tuple[str, ...] = ()  # what should have come with it and is not there
    amiss: int = 0  # how many sentences both would have, had HEAD room for all

    def with_part(self, *, by: str, grave: bool) -> "Progress":
        """With one more record; the same for every order."""
        people = tuple(sorted({*self.people, by}))[:_PEOPLE] if by else self.people
        return msgspec.structs.replace(self, people=people, grave=self.grave or grave)

    def looked(
        self, now: datetime, since: datetime | None, unconfirmed: Iterable[str], missing: Iterable[str]
    ) -> "Progress":
        """As coverage found it in a run that began at ``now``."""
        unconfirmed, missing = dict.fromkeys(unconfirmed), dict.fromkeys(missing)
        return msgspec.structs.replace(
            self,
            checked_at=now,
            since=since,
            unconfirmed=_short(unconfirmed),
            missing=_short(missing),
            amiss=len(unconfirmed) + len(missing),
        )

    def deadline(self, opened_at: datetime, processed_at: datetime) -> datetime:
        """When it pages unless it is confirmed by then. That nobody looks is no confirmation either."""
        looked = self.checked_at or opened_at
        oldest = min(looked, self.since or looked)
        both = [oldest, processed_at] if self.missing else [oldest]
        return min(both) + CONFIRMED_WITHIN


def _short(sentences: Iterable[str]) -> tuple[str, ...]:
    """As many as HEAD has room for."""
    said = list(sentences)
    more = [f"and {len(said) - _WORDS} more"] if len(said) > _WORDS else []
    return (*(words[:_LENGTH] for words in said[:_WORDS]), *more)
