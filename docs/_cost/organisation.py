"""What an organisation is like, as far as the bill depends on it."""

from typing import Final, Literal

import msgspec

Activity = Literal["small", "busy"]
Trail = Literal["own", "existing"]


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """Of one account: its management events a month, and in how many Regions it does anything in most five minutes."""

    events: int
    active_regions: int


HABITS: Final[dict[Activity, Habits]] = {
    "small": Habits(events=20_000, active_regions=1),
    "busy": Habits(events=1_000_000, active_regions=4),
}


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """``accounts`` under watch in ``regions`` each; ``trail``: of rootwatch's own, or one that was there."""

    accounts: int
    regions: int
    trail: Trail
    activity: Activity

    @property
    def places(self) -> int:
        """Accounts times Regions."""
        return self.accounts * self.regions

    @property
    def habits(self) -> Habits:
        """Those that its activity stands for."""
        return HABITS[self.activity]
