"""Places that fell silent, by cause: what has one cause is told once, and once more when it is over.

Everything, one Region of all accounts, many accounts, or one account. A wide cause is one that nobody escapes: of the
places that had time to answer since it began, none did. It ends with the first that answers; what is silent even then
is asked anew and told as what it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from rootwatch.core.coverage import Row, is_well, late_asks
from rootwatch.core.roll import Place, Roll
from rootwatch.core.settings import Settings

EVERYTHING: Final = "everything"
MANY: Final = "many accounts"
REGION: Final = "Region "
_TROUBLE: Final[dict[str | None, int]] = {"backstop-only": 1, "blind": 2}
_FEW: Final = 3  # as many accounts, or Regions, are told one by one
_DAY: Final = timedelta(days=1)
_CALM: Final = timedelta(hours=1)
_LONGEST_CALM: Final = timedelta(hours=6)

Trouble = Literal["backstop-only", "blind"]


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
    over: tuple[Over, ...]
    rolls: tuple[Roll, ...]  # those that changed


def look(judged: Sequence[Row], settings: Settings, now: datetime) -> Look:
    """Compares what each place is with what was told of it."""
    steady = [_steadied(row, settings, now) for row in judged]
    over = [one for cause, members in _by_cause(steady).items() if (one := _over(cause, members, now))]
    ended = {one.cause for one in over}
    left = [_ended(row, now) if row.place.cause in ended else row for row in steady]
    began = _began([row for row in left if _is_news(row, settings)], left, settings, now)
    causes = {place: silence for silence in began for place in silence.places}
    told = [_told(row, causes.get((row.account, row.region)), now) for row in left]
    standing = {(row.place.cause, row.place.told) for row in left if _is_wide(row.place.cause)}
    # What joins a wide silence that was told is no news.
    news = tuple(one for one in began if (one.cause, one.state) not in standing)
    return Look(began=news, over=tuple(over), rolls=_changed(told))


def _steadied(row: Row, settings: Settings, now: datetime) -> Row:
    """Its state kept; and since when it answers again, if trouble was told of it."""
    well = bool(row.place.cause) and is_well(row, settings)
    place = msgspec.structs.replace(row.place, state=row.state, steady=(row.place.steady or now) if well else None)
    return msgspec.structs.replace(row, place=place)


def _by_cause(judged: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in judged:
        if row.place.cause:
            found[row.place.cause].append(row)
    return dict(sorted(found.items()))


def _over(cause: str, members: Sequence[Row], now: datetime) -> Over | None:
    """Whether it is over: for a wide cause with the first that answers, else with the last. What keeps falling silent
    must answer the longer each time, so that it does not come and go in everybody's alerts."""
    expected = [row for row in members if row.state != "suspended"]
    steady = [row.place.steady for row in expected if row.place.steady]
    if expected and (not steady or (not _is_wide(cause) and len(steady) < len(expected))):
        return None
    falls = max(len(row.place.falls) for row in members)
    if expected and now - (min(steady) if _is_wide(cause) else max(steady)) < _calm(falls):
        return None
    heard = [at for row in expected if row.place.steady for at in (row.heard.fast_at, row.heard.log_at) if at]
    return Over(
        cause=cause,
        since=min(row.place.since or now for row in members),
        heard_at=max(heard, default=None),
        falls=falls,
        left=tuple((row.account, row.region) for row in members if not row.place.steady),
    )


def _is_wide(cause: str) -> bool:
    return cause == EVERYTHING or cause.startswith(REGION)


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


def _began(news: Sequence[Row], judged: Sequence[Row], settings: Settings, now: datetime) -> list[Silence]:
    """The news by cause: that which it has already, else the widest that fits."""
    groups: dict[tuple[str, Trouble], list[Row]] = defaultdict(list)
    for trouble in ("blind", "backstop-only"):
        fresh = [row for row in news if row.state == trouble and not row.place.cause]
        causes = _causes(fresh, judged, trouble, settings, now)
        for row in news:
            if row.state == trouble:
                groups[row.place.cause or causes[row.account, row.region], trouble].append(row)
    return [_silence(cause, trouble, rows) for (cause, trouble), rows in sorted(groups.items())]


def _silence(cause: str, trouble: Trouble, rows: Sequence[Row]) -> Silence:
    return Silence(
        cause=cause,
        state=trouble,
        since=min(row.place.since or _since(row, trouble) or row.place.asked_from for row in rows),
        places=tuple((row.account, row.region) for row in rows),
        unsent=tuple(sorted({row.place.unsent for row in rows if row.place.unsent})),
    )


def _causes(
    news: Sequence[Row], judged: Sequence[Row], trouble: Trouble, settings: Settings, now: datetime
) -> dict[tuple[str, str], str]:
    """The cause of each of these places."""
    since = min((at for row in news if (at := _since(row, trouble))), default=None)
    if since is None:
        return {}
    asked = [row for row in judged if _had_time(row, trouble, since, settings, now)]
    if _nobody_answered(asked, trouble, since):
        return {(row.account, row.region): EVERYTHING for row in news}
    of_region: dict[str, list[Row]] = defaultdict(list)
    for row in asked:
        of_region[row.region].append(row)
    wide = {region for region, rows in of_region.items() if _nobody_answered(rows, trouble, since)}
    wide &= {row.region for row in news}
    if len(wide) > _FEW:
        return {(row.account, row.region): MANY for row in news}
    regional = {(row.account, row.region): f"{REGION}{row.region}" for row in news if row.region in wide}
    return {**_accounts([row for row in news if row.region not in wide], judged, settings), **regional}


def _accounts(news: Sequence[Row], judged: Sequence[Row], settings: Settings) -> dict[tuple[str, str], str]:
    """One account after the other while they are few, then all together; those that can silence us always alone."""
    standing = {row.place.cause for row in judged if row.place.cause}
    fresh = {row.account for row in news} - settings.guarded_accounts - standing
    known = {cause for cause in standing if cause.isdigit()} - settings.guarded_accounts
    together = fresh if MANY in standing or len(fresh | known) > _FEW else set()
    return {(row.account, row.region): MANY if row.account in together else row.account for row in news}


def _had_time(row: Row, trouble: Trouble, since: datetime, settings: Settings, now: datetime) -> bool:
    """Whether a place was asked since then, long enough ago, and is one that should have answered.

    The hub's own account says nothing of the others: its rules reach the hub's bus whatever the bus's policy says.
    """
    if row.account == settings.hub_account:
        return False
    declared = row.state == "backstop-only" and is_well(row, settings)
    if row.state in ("suspended", "new") or (trouble == "backstop-only" and declared):
        return False
    return any(late_asks(row, since, settings, now))


def _nobody_answered(asked: Sequence[Row], trouble: Trouble, since: datetime) -> bool:
    """Whether this says something of more than one account, and none of them was heard since then."""
    answers = [row.heard.latest if trouble == "blind" else row.heard.fast for row in asked]
    return len({row.account for row in asked}) > 1 and all(at is None or at < since for at in answers)


def _since(row: Row, trouble: Trouble) -> datetime | None:
    return row.unanswered if trouble == "blind" else row.unanswered_fast


def _told(row: Row, silence: Silence | None, now: datetime) -> Row:
    recent = tuple(at for at in row.place.falls if now - at < _DAY)
    place = msgspec.structs.replace(row.place, falls=recent)
    if silence:
        place = msgspec.structs.replace(
            place,
            told=silence.state,
            cause=silence.cause,
            since=place.since or _since(row, silence.state),
            falls=recent if place.told else (*recent, now),
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
