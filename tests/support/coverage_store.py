"""Coverage without AWS: its part of the table in memory, beside the store of the alerts, and what it reaches abroad."""

import itertools
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec
from aws_lambda_powertools import Logger, Metrics

from rootwatch.core.comparison import Manifest, Rule
from rootwatch.core.health import Health
from rootwatch.core.membership import Listed
from rootwatch.core.ports import StoreDownError
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.seen import Seen
from rootwatch.core.trail_status import TrailSeen
from rootwatch.edge.assumed import CallFailedError
from rootwatch.edge.comparing import Comparing
from rootwatch.edge.coverage import Coverage
from rootwatch.edge.deploying import Deploying
from rootwatch.edge.observer import Observer
from rootwatch.edge.rounds import Rounds
from rootwatch.edge.trails import Trails
from tests.support.two_paths import TwoPaths

_numbers = itertools.count()
WELL = TrailSeen(
    description={
        "Name": "main",
        "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
        "IsOrganizationTrail": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
    },
    status={"IsLogging": True},
    selectors={"EventSelectors": [{}]},
)


class Table:
    """The coverage table; ``down`` makes it fail as one does that can't be reached."""

    def __init__(self, memory: dict[str, Seen]) -> None:
        self.rolls: dict[str, Roll] = {}
        self.heard: dict[tuple[str, str], Heard] = {}
        self.stored: Health | None = None
        self.memory = memory
        self.down = False

    def all(self):
        self._check()
        return dict(self.rolls), dict(self.heard)

    def keep(self, roll: Roll) -> bool:
        self._check()
        known = self.rolls.get(roll.account)
        if (known.version if known else 0) != roll.version:
            return False
        self.rolls[roll.account] = msgspec.structs.replace(roll, version=roll.version + 1)
        return True

    def health(self) -> Health | None:
        self._check()
        return self.stored

    def keep_health(self, health: Health) -> bool:
        self._check()
        self.stored = msgspec.structs.replace(health, version=health.version + 1)
        return True

    def seen(self, account: str) -> Seen | None:
        return self.memory.get(account)

    def _check(self) -> None:
        if self.down:
            raise StoreDownError("the table is down")


class Abroad:
    """What is deployed elsewhere: canaries that are answered at once where the path is whole, rules, trails."""

    def __init__(self, table: Table, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now
        self.cut: set[tuple[str, str]] = set()
        self.slow: set[tuple[str, str]] = set()  # cut from EventBridge alone: log files bring them
        self.failing: dict[str, Exception | str] = {}  # by account: raised, or why the canary can't be sent
        self.rules_there: dict[tuple[str, str], dict[str, Rule | None]] = {}
        self.refusing: set[str] = set()  # whose roles can't be taken
        self.trails_there: list[TrailSeen] = [WELL]

    def send(self, account: str, nonce: str, regions: Iterable[str]) -> dict[str, str]:
        trouble = self.failing.get(account)
        if isinstance(trouble, Exception):
            raise trouble
        if trouble:
            return dict.fromkeys(regions, trouble)
        sent = self._table.rolls[account].sent(nonce)
        assert sent, "the nonce is stored before it is sent"
        for region in set(regions) - {place for whose, place in self.cut | self.slow if whose == account}:
            before = self._table.heard.get((account, region)) or Heard(account=account, region=region)
            self._table.heard[account, region] = before.with_canary(sent, "EventBridge", self._now())
        for region in {place for whose, place in self.slow if whose == account}:
            before = self._table.heard.get((account, region)) or Heard(account=account, region=region)
            self._table.heard[account, region] = before.with_canary(sent, "log file", self._now())
        return {}

    def enter(self, account: str) -> str:
        if account in self.refusing:
            raise CallFailedError("AccessDenied")
        return account

    def rules(self, account: str, region: str, names: Iterable[str]) -> dict[str, Rule | None]:
        return self.rules_there.get((account, region), {})

    def trails(self, account: str, region: str) -> list[TrailSeen]:
        return self.trails_there


class HubParts:
    """The hub's parts: as they should be, but for what a test says of them."""

    def __init__(self) -> None:
        self.wrong: dict[str, tuple[str, ...]] = {}

    def look(self, touched: Iterable[str]) -> dict[str, tuple[str, ...]]:
        asked = set(touched)
        if any(what.startswith("function:") for what in asked):
            asked |= {what for what in self.wrong if what.startswith("function:")}
        return {what: self.wrong.get(what, ()) for what in sorted(asked)}


class Watched(TwoPaths):
    """Both paths' channels and clock, and coverage over them; ``accounts`` is what Organizations lists."""

    def __init__(self, *accounts: str, manifest: Manifest | None = None, **changes: object) -> None:
        super().__init__(manifest=manifest, **changes)
        self.accounts = [self.settings.management_account, self.settings.hub_account, *accounts]
        self.table = Table(self.store.memory)
        self.abroad = Abroad(self.table, lambda: self.now)
        logger = Logger(service=f"coverage-{next(_numbers)}", stream=self.log)
        observer = Observer(self.store, self.directory, self.delivery, self.settings, lambda: self.now)
        metrics = Metrics(namespace="test", service="test")
        shared = {"settings": self.settings, "logger": logger}
        clock = {"now": lambda: self.now}
        self.hub_parts = HubParts()
        self.deploying = Deploying(
            store=self.store,
            delivery=self.delivery,
            hub_parts=lambda: self.hub_parts,
            manifest=manifest or Manifest(),
            **shared,
        )
        self.coverage = Coverage(
            table=self.table,
            paths=self.paths,
            observer=observer,
            accounts=self.list_accounts,
            rounds=Rounds(self.table, self.abroad, lambda: self.now, logger),
            comparing=Comparing(
                table=self.table,
                audit=self.abroad,
                observer=observer,
                manifest=manifest or Manifest(),
                deploying=self.deploying,
                **shared,
                **clock,
            ),
            trails=Trails(self.abroad, observer, "", self.settings, logger),
            metrics=metrics,
            **shared,
            **clock,
        )
        self.listing: Exception | None = None
        self.time_is_up = False

    def list_accounts(self) -> list[Listed]:
        if self.listing:
            raise self.listing
        return [Listed(id=number, name=f"account-{number}", status="ACTIVE") for number in self.accounts]

    def run(self) -> dict[str, int]:
        return self.coverage.run(lambda: self.time_is_up)

    def deploy(self, manifest: Manifest) -> None:
        """The functions are replaced by those of another asset."""
        for part in (self.coverage._comparing, self.deploying, self.intake):
            part._manifest = manifest

    def go_on(self, **time: float) -> "Watched":
        """Runs every five minutes for that long, sweeps between."""
        end = self.now + timedelta(**time)
        while self.now < end:
            self.run()
            self.later(minutes=5)
        return self

    @property
    def alerts(self) -> list[str]:
        """What PagerDuty was paged with, by kind and account."""
        seen = [notice for notice in self.watched("pagerduty") if notice.page]
        return [f"{notice.fact.kind} {notice.incident.account}" for notice in seen]
