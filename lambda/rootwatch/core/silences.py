"""Places that fell silent, by cause: what has one cause is told once, and once more when it is over.

Everything, one Region of all accounts, many accounts, or one account. A wide cause is one that nobody escapes: of the
places that had time to answer since it began, none did. It ends with the first that answers; what is silent even then
is asked anew and told as what it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.coverage import Row, is_well
from rootwatch.core.roll import Place, Roll
from rootwatch.core.settings import Settings
from rootwatch.core.silence_causes import FAST_PATH, Trouble, by_cause, cause_of, first_unanswered, is_wide

_TROUBLE: Final[dict[str | None, int]] = {"backstop-only": 1, "blind": 2}
_DAY: Final = timedelta(days=1)
_CALM: Final = timedelta(hours=1)
_LONGEST_CALM: Final = timedelta(hours=6)

# By account and Region: under what the loss is told of the rule that would bring its canaries.
Losses = Mapping[tuple[str, str], str]


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """Places that are silent for one cause, news all of them."""

    cause: str  # EVERYTHING, MANY, "Region eu-west-1", or an account's id
    state: Trouble
    since: datetime  # the first canary that was not answered
    places: tuple[tuple[str, str], ...]  # account, Region
    unsent: tuple[str, ...] = ()  # why canaries could not even be sent

    @property
    def account(self) -> str | None:
        """The one account that it is about; None: several."""
        return self.cause if self.cause.isdigit() else None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A place whose canaries only log files bring, where root's own records said so before: part of that loss."""

    account: str
    region: str
    since: datetime  # the first canary that EventBridge did not bring
    loss: str  # what that loss is told by


class Over(msgspec.Struct, frozen=True, kw_only=True):
    """A cause that ended: since when it was silent, and when it was first heard again (None: it need not be)."""

    cause: str
    since: datetime
    heard_at: datetime | None
    falls: int  # how often this was told within a day
    left: tuple[tuple[str, str], ...] = ()  # places that are silent still, and are asked anew

    @property
    def account(self) -> str | None:
        """The one account that it was about; None: several."""
        return self.cause if self.cause.isdigit() else None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at all places found: what to tell, and the rolls as they shall stand once it is told."""

    began: tuple[Silence, ...]
    known: tuple[Known, ...]
    over: tuple[Over, ...]
    rolls: tuple[Roll, ...]  # those that changed


def look(judged: Sequence[Row], losses: Losses, settings: Settings, now: datetime) -> Look:
    """Compares what each place is with what was told of it. ``losses`` are told and not over."""
    steady = [_apart(_steadied(row, settings, now), losses, now) for row in judged]
    over = [one for cause, members in _standing(steady).items() if (one := _over(cause, members, now))]
    ended = {one.cause for one in over}
    left = [_ended(row, now) if row.place.cause in ended else row for row in steady]
    groups = by_cause([row for row in left if _is_news(row, settings)], left, losses, settings, now)
    known = [one for (cause, trouble), rows in groups for one in _known(cause, trouble, rows, losses)]
    apart = {(one.account, one.region): one for one in known}
    began = [
        _silence(cause, trouble, rest)
        for (cause, trouble), rows in groups
        if (rest := [row for row in rows if row.where not in apart])
    ]
    causes = {place: silence for silence in began for place in silence.places}
    told = [_told(row, causes.get(row.where), apart.get(row.where), now) for row in left]
    standing = {(row.place.cause, row.place.told) for row in left if is_wide(row.place.cause)}
    # What joins a wide silence that was told is no news.
    news = tuple(one for one in began if (one.cause, one.state) not in standing)
    return Look(began=news, known=tuple(known), over=tuple(over), rolls=_changed(told))


def _steadied(row: Row, settings: Settings, now: datetime) -> Row:
    """Its state kept; and since when it answers again, if trouble was told of it."""
    well = bool(row.place.cause) and is_well(row, settings)
    place = msgspec.structs.replace(row.place, state=row.state, steady=(row.place.steady or now) if well else None)
    return msgspec.structs.replace(row, place=place)


def _apart(row: Row, losses: Losses, now: datetime) -> Row:
    """What is silent by a loss that is told ends without a word: with the silence, since the loss has an end of its
    own; or with the loss, and then it is told by itself if it stays silent."""
    if row.place.cause != FAST_PATH:
        return row
    return _ended(row, now) if row.place.steady or row.where not in losses else row


def _standing(judged: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in judged:
        if row.place.cause and row.place.cause != FAST_PATH:
            found[row.place.cause].append(row)
    return dict(sorted(found.items()))


def _over(cause: str, members: Sequence[Row], now: datetime) -> Over | None:
    """Whether it is over: for a wide cause with the first that answers, else with the last. What keeps falling silent
    must answer the longer each time, so that it does not come and go in everybody's alerts."""
    expected = [row for row in members if row.state != "suspended"]
    steady = [row.place.steady for row in expected if row.place.steady]
    if expected and (not steady or (not is_wide(cause) and len(steady) < len(expected))):
        return None
    falls = max(len(row.place.falls) for row in members)
    if expected and now - (min(steady) if is_wide(cause) else max(steady)) < _calm(falls):
        return None
    heard = [at for row in expected if row.place.steady for at in (row.heard.fast_at, row.heard.log_at) if at]
    return Over(
        cause=cause,
        since=min(row.place.since or now for row in members),
        heard_at=max(heard, default=None),
        falls=falls,
        left=tuple(row.where for row in members if not row.place.steady),
    )


def _calm(falls: int) -> timedelta:
    return min(_CALM * 2 ** (falls - 2), _LONGEST_CALM) if falls > 1 else timedelta()


def _ended(row: Row, now: datetime) -> Row:
    """Without its cause. What is silent still is judged by what it is asked from now on."""
    place = msgspec.structs.replace(row.place, told=None, cause="", since=None, steady=None)
    if row.place.steady:
        return msgspec.structs.replace(row, place=place)
    return msgspec.structs.replace(
        row, state="unasked", place=msgspec.structs.replace(place, state="unasked", asked_from=now)
    )


def _is_news(row: Row, settings: Settings) -> bool:
    """Whether it is in worse trouble than was told."""
    return not is_well(row, settings) and _TROUBLE.get(row.state, 0) > _TROUBLE.get(row.place.told, 0)


def _known(cause: str, trouble: Trouble, rows: Sequence[Row], losses: Losses) -> list[Known]:
    """Of the places of one cause those that are told as lost already. Nothing of blindness is known by that; and a wide
    cause of which it is true of some alone is news."""
    lost = [row for row in rows if row.where in losses]
    if trouble == "blind" or (is_wide(cause) and len(lost) < len(rows)):
        return []
    return [
        Known(
            account=row.account,
            region=row.region,
            since=first_unanswered(row, trouble) or row.place.asked_from,
            loss=losses[row.where],
        )
        for row in lost
    ]


def _silence(cause: str, trouble: Trouble, rows: Sequence[Row]) -> Silence:
    return Silence(
        cause=cause,
        state=trouble,
        since=min(row.place.since or first_unanswered(row, trouble) or row.place.asked_from for row in rows),
        places=tuple(row.where for row in rows),
        unsent=tuple(sorted({row.place.unsent for row in rows if row.place.unsent})),
    )


def _told(row: Row, silence: Silence | None, known: Known | None, now: datetime) -> Row:
    recent = tuple(at for at in row.place.falls if now - at < _DAY)
    place = msgspec.structs.replace(row.place, falls=recent)
    if known:
        place = msgspec.structs.replace(place, told="backstop-only", cause=FAST_PATH, since=known.since)
    if silence:
        place = msgspec.structs.replace(
            place,
            told=silence.state,
            cause=silence.cause,
            since=place.since or first_unanswered(row, silence.state),
            falls=recent if cause_of(row) else (*recent, now),
        )
    return msgspec.structs.replace(row, place=place)


def _changed(judged: Iterable[Row]) -> tuple[Roll, ...]:
    places: dict[str, dict[str, Place]] = defaultdict(dict)
    rolls = {}
    for row in judged:
        rolls[row.account] = row.roll
        places[row.account][row.region] = row.place
    after = (msgspec.structs.replace(roll, places=places[account]) for account, roll in rolls.items())
    return tuple(roll for roll in after if roll != rolls[roll.account])
