"""The fast path of one account and Region, as its records show it: what it brought last, and what it failed to bring.

What is true of it is the same for every order in which records come: it is lost while the latest record that it failed
to bring is later than the latest that it brought, each rule for itself, since each can be cut alone.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, get_args

import msgspec

from rootwatch.core.ports import Pending
from rootwatch.core.settings import Settings
from rootwatch.core.watch import ORGANISATION_CAUSE
from rootwatch.core.words import RuleName

# more: it was lost before. gap: EventBridge brought a later record all the same.
Missing = Literal["lost", "more", "gap"]
MISSING: Final[tuple[Missing, ...]] = get_args(Missing)

_SEVERAL: Final = 3  # places: then it is nothing of theirs that is broken, but what they share
TOGETHER: Final = timedelta(hours=1)  # what is lost within it may have one cause
CANARY_RULE: Final[RuleName] = "rootwatch-root-use"  # what brings canaries too
_OF_SEVERAL: Final = f"{ORGANISATION_CAUSE} fast path"


class Place(NamedTuple):
    """One Region of one account."""

    account: str
    region: str


class Awaited(msgspec.Struct, frozen=True):
    """A record that EventBridge has yet to bring; ``booked`` says as what, once it is too late."""

    pending: Pending
    booked: Missing | None = None


class Loss(msgspec.Struct, frozen=True):
    """What one rule failed to bring: how many records, the times of the first and the last; and what it was told by."""

    records: int
    first: datetime
    last: datetime
    cause: str

    @property
    def is_shared(self) -> bool:
        """Whether it was told together with other places."""
        return self.cause.startswith(_OF_SEVERAL)


class Regained(msgspec.Struct, frozen=True, kw_only=True):
    """A loss that is over, since EventBridge brought a record of ``at``."""

    rule: RuleName
    loss: Loss
    at: datetime


class FastPath(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account and Region. ``regained`` is still to be told."""

    account: str
    region: str
    version: int = 0
    heard: dict[RuleName, datetime] = {}  # the time of the latest record that came by EventBridge
    lost: dict[RuleName, Loss] = {}
    regained: tuple[Regained, ...] = ()

    @property
    def place(self) -> Place:
        """Whose fast path it is."""
        return Place(self.account, self.region)

    @property
    def since(self) -> datetime | None:
        """The time of the first record that it failed to bring; None while it is not lost."""
        return min((loss.first for loss in self.lost.values()), default=None)

    def with_heard(self, rule: RuleName, time: datetime) -> "FastPath":
        """With one more record that EventBridge brought; it ends the loss of what was not later."""
        heard = {**self.heard, rule: max(time, self.heard.get(rule, time))}
        loss = self.lost.get(rule)
        if loss is None or time < loss.last:
            return msgspec.structs.replace(self, heard=heard)
        lost = {name: one for name, one in self.lost.items() if name != rule}
        regained = (*self.regained, Regained(rule=rule, loss=loss, at=time))
        return msgspec.structs.replace(self, heard=heard, lost=lost, regained=regained)

    def missing(self, pending: Pending) -> Missing:
        """What it means that it did not bring this record."""
        if pending.rule in self.heard and self.heard[pending.rule] >= pending.time:
            return "gap"
        return "more" if pending.rule in self.lost else "lost"

    def with_missed(self, pending: Pending, cause: str) -> "FastPath":
        """With one more record that it failed to bring, unless that is a gap. ``cause``: of a loss that begins."""
        known, time = self.lost.get(pending.rule), pending.time
        match self.missing(pending):
            case "more" if known:
                loss = Loss(known.records + 1, min(known.first, time), max(known.last, time), known.cause)
            case "lost":
                loss = Loss(1, time, time, cause)
            case _:
                return self
        return msgspec.structs.replace(self, lost={**self.lost, pending.rule: loss})


def cause_of(pending: Pending, lost: Iterable[FastPath], settings: Settings) -> str:
    """What a loss that begins is told by: its account and Region, or what it shares with others that were lost within
    the same hour. An older loss says nothing of this one, and must not keep it quiet; nor does one in a Region where no
    rules are meant to be."""
    alone = f"fast path of {pending.region}"
    if pending.region not in settings.regions:
        return alone
    near = {
        path.place: loss.cause
        for path in lost
        for loss in path.lost.values()
        if path.place != (pending.account, pending.region)
        and path.region in settings.regions
        and abs(loss.first - pending.time) <= TOGETHER
    }
    shared = [cause for cause in near.values() if cause.startswith(_OF_SEVERAL)]
    if shared:
        return max(shared)
    return f"{_OF_SEVERAL} since {pending.time:%Y-%m-%dT%H:%M:%SZ}" if len(near) + 1 >= _SEVERAL else alone


def without_canaries(lost: Iterable[FastPath]) -> dict[tuple[str, str], str]:
    """The accounts and Regions whose canaries can't be heard for a loss that was booked, with what that is told by."""
    return {(path.account, path.region): path.lost[CANARY_RULE].cause for path in lost if CANARY_RULE in path.lost}
