"""What is known of each place (one Region of one account) from its canaries, and which are to be asked next.

Without a clock: ``now`` is handed in. A place is judged by the first canary that it did not answer since the last one
that it did; how many came after that does not matter.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.roll import Heard, Place, PlaceState, Roll
from rootwatch.core.settings import Settings

SLOTS: Final = 12  # of an hour: every five minutes a twelfth of the accounts is asked
SLOT: Final = timedelta(hours=1) / SLOTS
_AGAIN: Final = timedelta(minutes=4)  # shorter than a slot, longer than two runs that overlap
_MOST_LATE: Final = 40  # accounts that are asked again in one run, out of their turn
_MOST_OTHERS: Final = 8  # accounts that are asked with them, to tell a local cause from a wide one

Places = Mapping[tuple[str, str], Heard]  # account, Region


class Row(msgspec.Struct, frozen=True):
    """A place with all that its judgement needs. ``state`` is what it is now."""

    roll: Roll
    region: str
    place: Place
    heard: Heard
    state: PlaceState

    @property
    def account(self) -> str:
        """Whose Region it is."""
        return self.roll.account

    @property
    def where(self) -> tuple[str, str]:
        """Its account and Region."""
        return self.account, self.region

    @property
    def asks(self) -> list[datetime]:
        """When canaries were sent that count, oldest first."""
        return [ask.at for ask in self.roll.asks if ask.at >= self.place.asked_from]

    @property
    def unanswered(self) -> datetime | None:
        """The first canary since the last that was heard by either path; None: there is none."""
        return first_after(self.asks, self.heard.latest)

    @property
    def unanswered_fast(self) -> datetime | None:
        """The same of the fast path alone."""
        return first_after(self.asks, self.heard.fast)


def rows(rolls: Iterable[Roll], heard: Places, settings: Settings, now: datetime) -> list[Row]:
    """Every place, judged."""
    found = []
    for roll in rolls:
        for region, place in sorted(roll.places.items()):
            known = heard.get((roll.account, region)) or Heard(account=roll.account, region=region)
            row = Row(roll, region, place, known, place.state)
            found.append(msgspec.structs.replace(row, state=state(row, settings, now)))
    return found


def state(row: Row, settings: Settings, now: datetime) -> PlaceState:
    """What a place is: heard by the fast path, by log files alone, or by neither; new while it may still be deployed.

    Between an unanswered canary and the end of its time, a place stays what it was.
    """
    rules = settings.coverage
    place, heard = row.place, row.heard
    if row.roll.dormant:
        return "suspended"
    answered = heard.latest is not None and heard.latest >= place.asked_from
    if _older(row.unanswered, rules.blind_minutes, now):
        young = not answered and place.state == "new" and now - place.made < timedelta(minutes=rules.deploying_minutes)
        return "new" if young else "blind"
    if row.region in rules.backstop_only:
        return "backstop-only" if answered else place.state
    if not _older(row.unanswered_fast, rules.late_minutes, now):
        return "fast" if heard.fast is not None and heard.fast >= place.asked_from else place.state
    if heard.log is not None and heard.log >= (row.unanswered_fast or now):
        return "backstop-only"
    return place.state


def is_well(row: Row, settings: Settings) -> bool:
    """Whether a place is as it should be, or is not expected to answer."""
    declared = row.region in settings.coverage.backstop_only
    return row.state in ("fast", "suspended") or (row.state == "backstop-only" and declared)


def to_ask(judged: Sequence[Row], settings: Settings, now: datetime) -> list[Roll]:
    """The accounts that get canaries now: those whose turn it is, those that are late, and a few others beside them.

    An account whose turn was missed, as by a run that was cut short, is asked in the next one.
    """
    rolls = list({row.account: row.roll for row in judged if not row.roll.dormant}.values())
    turn = [roll for roll in rolls if _is_due(roll, now)]
    rested = [roll for roll in rolls if roll.last_ask is None or now - roll.last_ask >= _AGAIN]
    late = {row.account for row in judged if _is_late(row, settings, now)}
    again = sorted((roll for roll in rested if roll.account in late), key=_longest_ago)[:_MOST_LATE]
    news = any(_is_late(row, settings, now) and not row.place.cause for row in judged)
    others = [roll for roll in sorted(rested, key=_longest_ago) if roll.account not in late] if news else []
    return list({roll.account: roll for roll in (*again, *others[:_MOST_OTHERS], *turn)}.values())


def slot_of(account: str) -> int:
    """The twelfth of the hour in which an account is asked: the same in every hour."""
    return zlib.crc32(account.encode()) % SLOTS


def first_after(asks: Iterable[datetime], heard: datetime | None) -> datetime | None:
    """The first of these canaries that was sent after the last one that was heard."""
    return next((at for at in asks if heard is None or at > heard), None)


def late_asks(row: Row, since: datetime, settings: Settings, now: datetime) -> Iterator[datetime]:
    """The canaries from ``since`` on that had time enough to be heard."""
    late = timedelta(minutes=settings.coverage.late_minutes)
    return (at for at in row.asks if since <= at <= now - late)


def _is_late(row: Row, settings: Settings, now: datetime) -> bool:
    """Whether a canary is overdue, or trouble that was told still stands."""
    if row.roll.dormant or (row.state == "new" and not row.place.told):
        return False
    declared = row.region in settings.coverage.backstop_only
    waits = row.unanswered if declared else row.unanswered_fast
    return row.place.told is not None or _older(waits, settings.coverage.late_minutes, now)


def _is_due(roll: Roll, now: datetime) -> bool:
    start = now.replace(minute=0, second=0, microsecond=0) + slot_of(roll.account) * SLOT
    turn = start if start <= now else start - timedelta(hours=1)
    return roll.last_ask is None or roll.last_ask < turn


def _longest_ago(roll: Roll) -> tuple[str, str]:
    return roll.last_ask.isoformat() if roll.last_ask else "", roll.account


def _older(at: datetime | None, minutes: int, now: datetime) -> bool:
    return at is not None and now - at >= timedelta(minutes=minutes)
