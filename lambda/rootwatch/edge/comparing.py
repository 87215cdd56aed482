"""Comparing the deployed rules with the manifest: every place within a day, those that differ in every run."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import msgspec
from aws_lambda_powertools import Logger

from rootwatch.core.comparison import Manifest, differences
from rootwatch.core.deviations import weigh
from rootwatch.core.health import Health
from rootwatch.core.roll import Place, Roll
from rootwatch.core.settings import Settings
from rootwatch.edge.assumed import CallFailedError
from rootwatch.edge.audit import Audit
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.observer import Observer

_EVERY: Final = timedelta(hours=20)  # with all that can hold it up, less than a day
_MOST: Final = 600  # places in one run: 5,000 accounts in 17 Regions come to 350
_THREADS: Final = 8

Due = dict[str, list[str]]  # account → Regions


class Comparing:
    """Reads rules by the audit role, and tells what is not as it was deployed."""

    def __init__(
        self,
        *,
        table: CoverageTable,
        audit: Audit,
        observer: Observer,
        manifest: Manifest,
        settings: Settings,
        now: Callable[[], datetime],
        logger: Logger,
    ) -> None:
        self._table = table
        self._audit = audit
        self._observer = observer
        self._manifest = manifest
        self._settings = settings
        self._now = now
        self._logger = logger

    def look_into(self, account: str, region: str) -> tuple[str, ...]:
        """What differs in one place just now; () too where that can't be learnt."""
        return self._compared(account, [region]).get(region, ())

    def compare(self, rolls: dict[str, Roll], health: Health, now: datetime, time_is_up: Callable[[], bool]) -> Health:
        """Compares what is due, and puts the rolls as they stand then into ``rolls``.

        While a new manifest may still be on its way to the members, what differs is noted and not told.
        """
        if health.manifest != self._manifest.digest:
            health = msgspec.structs.replace(health, manifest=self._manifest.digest, manifest_since=now)
        due = self._due(rolls.values(), now)
        with ThreadPoolExecutor(_THREADS) as pool:
            found = pool.map(lambda one: {} if time_is_up() else self._compared(*one), due.items())
            self._store([self._noted(rolls[a], said, now) for a, said in zip(due, found, strict=True) if said], rolls)
        deploying = timedelta(minutes=self._settings.coverage.deploying_minutes)
        if now - (health.manifest_since or now) >= deploying:
            self._tell(rolls, now)
        return health

    def _due(self, rolls: Iterable[Roll], now: datetime) -> Due:
        """The places to be compared now, by account: those that differ, then those longest ago."""
        places = [
            (not place.differs, _when(place, self._manifest), roll.account, region)
            for roll in rolls
            if not roll.dormant
            for region, place in roll.places.items()
            if place.state != "new" and region not in self._settings.coverage.backstop_only
        ]
        due: Due = defaultdict(list)
        for fine, when, account, region in sorted(places)[:_MOST]:
            if not fine or now.isoformat() >= when:
                due[account].append(region)
        return due

    def _compared(self, account: str, regions: list[str]) -> dict[str, tuple[str, ...]]:
        """What differs, by Region; a Region that could not be read now is left out."""
        try:
            credentials = self._audit.enter(account)
        except CallFailedError as error:
            return dict.fromkeys(regions, _unreadable(error)) if error.is_refusal else {}
        found = {}
        for region in regions:
            try:
                rules = self._audit.rules(credentials, region, [rule.name for rule in self._manifest.rules])
                found[region] = differences(self._manifest, rules, account)
            except CallFailedError as error:
                self._logger.warning(
                    "rules could not be read", extra={"account": account, "region": region, "reason": str(error)}
                )
                if error.is_refusal:
                    found[region] = _unreadable(error)
        return found

    def _noted(self, roll: Roll, found: dict[str, tuple[str, ...]], now: datetime) -> Roll:
        compared = {
            region: msgspec.structs.replace(
                roll.places[region], compared_at=now, compared_with=self._manifest.digest, differs=said
            )
            for region, said in found.items()
        }
        return msgspec.structs.replace(roll, places={**roll.places, **compared})

    def _tell(self, rolls: dict[str, Roll], now: datetime) -> None:
        found = weigh(rolls.values(), self._settings, now)
        for fact in found.over:
            self._observer.tell_over(fact)
        for fact in found.began:
            self._observer.tell(fact)
        self._store(found.rolls, rolls)

    def _store(self, changed: Iterable[Roll], rolls: dict[str, Roll]) -> None:
        for roll in changed:
            if self._table.keep(roll):
                rolls[roll.account] = msgspec.structs.replace(roll, version=roll.version + 1)


def _when(place: Place, manifest: Manifest) -> str:
    """When a place is due again; "" at once."""
    if place.compared_at is None or place.compared_with != manifest.digest:
        return ""
    return (place.compared_at + _EVERY).isoformat()


def _unreadable(error: CallFailedError) -> tuple[str, ...]:
    return (f"the rules cannot be read by the role rootwatch-audit ({error})",)
