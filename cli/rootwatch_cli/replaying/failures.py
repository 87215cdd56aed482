"""Failed sign-ins by ten minutes, as the table keeps them: bounded answers, whatever number there is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from rootwatch.core.incident import FAILURE_MINUTES, Moment
from rootwatch.core.scopes import GUESSED_ACCOUNTS
from rootwatch.edge.items import FAILURE_BUCKET_MINUTES, failure_bucket

_OWN: Final = 32
_STEP: Final = timedelta(minutes=FAILURE_BUCKET_MINUTES)


class Failures:
    """The failures around a time: those of one account, and of others so many as tell guessing from a slip."""

    def __init__(self) -> None:
        self._buckets: dict[str, dict[str, Moment]] = {}

    def add(self, moment: Moment) -> None:
        """One more."""
        self._buckets.setdefault(failure_bucket(moment.time), {})[moment.key] = moment

    def around(self, own: str, at: datetime) -> tuple[Moment, ...]:
        """What a sign-in of the account ``own`` must know of, half an hour back and one bucket on."""
        found: dict[str, Moment] = {}
        for back in range(FAILURE_MINUTES // FAILURE_BUCKET_MINUTES, -2, -1):
            bucket = self._buckets.get(failure_bucket(at - back * _STEP), {})
            ordered = sorted(bucket.values(), key=lambda moment: (moment.account or "", moment.time, moment.key))
            mine = [moment for moment in ordered if moment.account == own][:_OWN]
            found |= {moment.key: moment for moment in (*mine, *_first_of_each_account(ordered))}
        return tuple(found.values())

    def forget_before(self, time: datetime) -> None:
        """Clean-up: what is older than that is asked for no more."""
        oldest = failure_bucket(time)
        for bucket in [name for name in self._buckets if name < oldest]:
            del self._buckets[bucket]


def _first_of_each_account(ordered: list[Moment]) -> Iterator[Moment]:
    seen: set[str | None] = set()
    for moment in ordered:
        if moment.account not in seen and len(seen) < GUESSED_ACCOUNTS:
            seen.add(moment.account)
            yield moment
