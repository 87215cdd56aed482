"""The roll of an account: what its places were asked by canaries, and what is known of each. A place is one Region of
one account. Values alone; what follows from them is worked out in ``coverage`` and ``silences``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from rootwatch.core.words import Path

# new: not heard yet. unasked: nothing is known until it is asked again.
PlaceState = Literal["new", "fast", "backstop-only", "blind", "suspended", "unasked"]

_ASKS: Final = 16
OUTSIDE: Final = "OUTSIDE"  # of the organisational units whose accounts get our rules: ours, not Organizations' word
_DORMANT: Final = frozenset({"SUSPENDED", "PENDING_CLOSURE", "CLOSED", OUTSIDE})


class Ask(msgspec.Struct, frozen=True):
    """One round of canaries in an account: the nonce and when they were sent, a moment after this was stored."""

    nonce: str
    at: datetime


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last canary of a place that came by each path: when it was sent, and when it was heard."""

    account: str
    region: str
    version: int = 0
    fast: datetime | None = None
    fast_at: datetime | None = None
    log: datetime | None = None
    log_at: datetime | None = None

    @property
    def latest(self) -> datetime | None:
        """When the last one was sent that came by either path."""
        return max((at for at in (self.fast, self.log) if at), default=None)

    def with_canary(self, sent: datetime, path: Path, now: datetime) -> "Heard":
        """With one more; an older one that comes after a newer changes nothing."""
        if path == "EventBridge":
            newer = self.fast is None or sent > self.fast
            return msgspec.structs.replace(self, fast=sent, fast_at=now) if newer else self
        newer = self.log is None or sent > self.log
        return msgspec.structs.replace(self, log=sent, log_at=now) if newer else self


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one Region of the account, and what was told of it."""

    made: datetime  # when it came under watch
    asked_from: datetime  # canaries before this do not count
    state: PlaceState = "new"
    told: PlaceState | None = None  # the trouble that was told; None: none stands
    cause: str = ""  # what it was told under
    since: datetime | None = None  # the first canary that was not answered, when the trouble was told
    steady: datetime | None = None  # since when it answers again, while its trouble still stands
    falls: tuple[datetime, ...] = ()  # when trouble was told in the last day
    unsent: str = ""  # why the last canary could not be sent
    compared_at: datetime | None = None  # when its rules were last compared with the deployed ones
    compared_with: str = ""  # the digest of the manifest that they were compared with
    differs: tuple[str, ...] = ()  # in what they differ, a sentence each
    differs_told: tuple[str, ...] = ()
    differs_cause: str = ""
    differs_since: datetime | None = None


class Roll(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account of the organisation."""

    account: str
    name: str = ""
    version: int = 0
    status: str = "ACTIVE"  # as Organizations says it in State, or OUTSIDE
    since: datetime  # when we first saw it
    gone: datetime | None = None  # when Organizations first did not list it any more
    gone_told: bool = False
    asks: tuple[Ask, ...] = ()
    places: dict[str, Place] = {}

    @property
    def dormant(self) -> bool:
        """Whether nothing can be asked there: suspended, being closed, gone, or outside of what is under watch."""
        return self.gone is not None or self.status in _DORMANT

    @property
    def last_ask(self) -> datetime | None:
        """When canaries were last sent out."""
        return self.asks[-1].at if self.asks else None

    def sent(self, nonce: str) -> datetime | None:
        """When canaries with this nonce were sent out, if they are among the last."""
        return next((ask.at for ask in self.asks if ask.nonce == nonce), None)

    def asked(self, nonce: str, at: datetime) -> "Roll":
        """With one more round; of very many the last are kept."""
        return msgspec.structs.replace(self, asks=(*self.asks, Ask(nonce, at))[-_ASKS:])

    def with_failures(self, failures: Mapping[str, str]) -> "Roll":
        """With why the last canaries could not be sent, by Region; of all others that they were."""
        places = {
            region: msgspec.structs.replace(place, unsent=failures.get(region, ""))
            for region, place in self.places.items()
        }
        return msgspec.structs.replace(self, places=places)

    def covering(self, regions: tuple[str, ...], now: datetime) -> "Roll":
        """With a place for each of these Regions and no other; those that are there stay as they are."""
        if self.places.keys() == set(regions):
            return self
        places = {region: self.places.get(region) or Place(made=now, asked_from=now) for region in regions}
        return msgspec.structs.replace(self, places=places)
