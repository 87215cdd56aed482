"""An organisation in miniature for coverage: places whose paths are cut and mended, and runs every five minutes.

The core alone, without a table: what coverage would tell of it, in order.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from rootwatch.core.coverage import rows, to_ask
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.settings import Settings
from rootwatch.core.silences import Known, Look, Over, Silence, look
from tests.support.records import NOON, settings

Cut = Callable[[str, str], bool]  # account, Region


def nothing(account: str, region: str) -> bool:
    """Nothing is cut."""
    return False


class Organisation:
    """``fast`` and ``log`` say of each place whether that path is cut there just now."""

    def __init__(self, accounts: int = 6, regions: tuple[str, ...] = ("us-east-1", "eu-central-1"), **changes: object):
        names = [f"{100000000000 + number * 7919:012d}" for number in range(accounts)]
        self.settings: Settings = settings(
            trail={"create": True},
            regions=list(regions),
            hub_region=regions[0],
            management_account=names[0],
            hub_account=names[-1],
            **changes,
        )
        self.now = NOON
        self.rolls = {name: Roll(account=name, since=NOON).covering(regions, NOON) for name in names}
        self.heard: dict[tuple[str, str], Heard] = {}
        self.fast: Cut = nothing
        self.log: Cut = lambda account, region: True
        self.told: list[tuple[datetime, Silence | Over]] = []
        self.losses: dict[tuple[str, str], str] = {}  # fast paths that records showed to be lost
        self.known: list[Known] = []
        self.asked: list[tuple[datetime, str]] = []

    @property
    def accounts(self) -> list[str]:
        """Every account; the first is the management account, the last the hub's."""
        return list(self.rolls)

    @property
    def began(self) -> list[Silence]:
        """Every silence that was told."""
        return [one for _, one in self.told if isinstance(one, Silence)]

    @property
    def over(self) -> list[Over]:
        """Every end of one that was told."""
        return [one for _, one in self.told if isinstance(one, Over)]

    def state(self, account: str, region: str) -> str:
        """What a place is, as its roll says."""
        return self.rolls[account].places[region].state

    def run(self) -> Look:
        """One run: what became of the last canaries, then new ones, answered at once where the path is whole."""
        found = look(
            rows(self.rolls.values(), self.heard, self.settings, self.now), self.losses, self.settings, self.now
        )
        self.told += [(self.now, one) for one in (*found.over, *found.began)]
        self.known += found.known
        self.rolls |= {roll.account: roll for roll in found.rolls}
        judged = rows(self.rolls.values(), self.heard, self.settings, self.now)
        for roll in to_ask(judged, self.settings, self.now):
            self.rolls[roll.account] = roll.asked(f"{roll.account}/{self.now.isoformat()}", self.now)
            self.asked.append((self.now, roll.account))
            for region in roll.places:
                self._answer(roll.account, region)
        return found

    def go_on(self, **time: float) -> "Organisation":
        """Runs every five minutes for that long."""
        end = self.now + timedelta(**time)
        while self.now < end:
            self.run()
            self.now += timedelta(minutes=5)
        return self

    def suspend(self, account: str) -> None:
        """Organizations shows the account as suspended from now on."""
        self.rolls[account] = msgspec.structs.replace(self.rolls[account], status="SUSPENDED")

    def _answer(self, account: str, region: str) -> None:
        heard = self.heard.get((account, region)) or Heard(account=account, region=region)
        if not self.fast(account, region):
            heard = heard.with_canary(self.now, "EventBridge", self.now)
        if not self.log(account, region):
            heard = heard.with_canary(self.now, "log file", self.now + timedelta(minutes=6))
        self.heard[account, region] = heard
