"""Comparing the deployed rules with the manifest: every place within a day, those that differ in every run."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import msgspec
from aws_lambda_powertools import Logger

from rootwatch.core.comparison import Manifest, differences
from rootwatch.core.deployment_check import Places, Where
from rootwatch.core.deviations import handed_over, places_of, weigh
from rootwatch.core.health import Health
from rootwatch.core.roll import Place, Roll
from rootwatch.core.settings import Settings
from rootwatch.edge.assumed import CallFailedError
from rootwatch.edge.audit import Audit
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.deploying import Deploying, Underway
from rootwatch.edge.observer import Observer

_EVERY: Final = timedelta(hours=20)  # with all that can hold it up, less than a day
_MOST: Final = 600  # places in one run: 5,000 accounts in 17 Regions come to 350
_MOST_TOUCHED: Final = 3000  # places of a deployment in one run, before those
_THREADS: Final = 16

Due = dict[str, list[str]]  # account → Regions
Said = dict[str, tuple[str, ...]]  # Region → what differs


class Comparing:
    """Reads rules by the audit role, and tells what is not as it was deployed."""

    def __init__(
        self,
        *,
        table: CoverageTable,
        audit: Audit,
        observer: Observer,
        manifest: Manifest,
        deploying: Deploying,
        settings: Settings,
        now: Callable[[], datetime],
        logger: Logger,
    ) -> None:
        self._table = table
        self._audit = audit
        self._observer = observer
        self._manifest = manifest
        self._deploying = deploying
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
        is_new = now - (health.manifest_since or now) < timedelta(minutes=self._settings.coverage.deploying_minutes)
        underway = self._deploying.underway()
        touched = self._deploying.to_compare(underway, places_of(rolls)) if underway else set()
        due = self._due(rolls.values(), now, touched)
        with ThreadPoolExecutor(_THREADS) as pool:
            found = pool.map(lambda one: {} if time_is_up() else self._compared(*one), due.items())
            strangers = self._note(dict(zip(due, found, strict=True)), rolls, now)
        if underway:
            self._look_at_deployment(underway, rolls, strangers, now, is_new=is_new)
        if not is_new:
            self._tell(rolls, now)
        return health

    def _look_at_deployment(
        self, underway: Underway, rolls: dict[str, Roll], strangers: Places, now: datetime, *, is_new: bool
    ) -> None:
        """What differs is from now on the deployment's to tell, unless it was told before."""
        places = {**places_of(rolls), **strangers}
        told = [where for where, one in places.items() if one.differs_cause not in ("", underway.cause)]
        check = self._deploying.check(underway, places, told, deploying=is_new)
        self._store(handed_over(check.places, rolls, underway.cause, now), rolls)
        self._deploying.settle(underway, check, now)

    def _due(self, rolls: Iterable[Roll], now: datetime, touched: Collection[Where]) -> Due:
        """The places to be compared now, by account: those that a deployment touched, then those that differ, then
        those longest ago."""
        places = [
            (not place.differs, _when(place, self._manifest), roll.account, region)
            for roll in rolls
            if not roll.dormant
            for region, place in roll.places.items()
            if place.state != "new" and region not in self._settings.coverage.backstop_only
        ]
        due: Due = defaultdict(list)
        for account, region in sorted(touched)[:_MOST_TOUCHED]:
            due[account].append(region)
        for fine, when, account, region in sorted(places)[:_MOST]:
            if (account, region) not in touched and (not fine or now.isoformat() >= when):
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

    def _note(self, said: dict[str, Said], rolls: dict[str, Roll], now: datetime) -> dict[Where, Place]:
        """Notes what was found on the rolls; answers the places that are on none, of an account that is new to us."""
        known = {
            account: {region: words for region, words in found.items() if region in rolls[account].places}
            for account, found in said.items()
            if account in rolls
        }
        self._store([self._noted(rolls[account], found, now) for account, found in known.items() if found], rolls)
        return {
            (account, region): Place(
                made=now, asked_from=now, compared_at=now, compared_with=self._manifest.digest, differs=words
            )
            for account, found in said.items()
            for region, words in found.items()
            if region not in known.get(account, {})
        }

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
