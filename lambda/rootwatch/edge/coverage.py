"""One run of coverage: who belongs to us, who fell silent, what is deployed, what the trail does; and new canaries.

Each step stands by itself, and so does each account: what fails is logged, and the next run does it. What is told is
told before it is noted as told; telling it again is a duplicate.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.core.coverage import Row, is_well, rows, to_ask
from rootwatch.core.fast_path import FastPath, without_canaries
from rootwatch.core.health import Health
from rootwatch.core.membership import Listed, NotBelievableError, enrolled, is_missing, missing
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.settings import Settings
from rootwatch.core.silence_causes import EVERYTHING
from rootwatch.core.silence_facts import heard_again, part_of_loss, silent
from rootwatch.core.silences import look
from rootwatch.edge.comparing import Comparing
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.observer import Observer
from rootwatch.edge.rounds import Rounds
from rootwatch.edge.trails import Trails

_LIST_EVERY: Final = timedelta(minutes=55)
_LOOKED_INTO: Final = 3  # places of one silence whose rules are read before it is told
_LOSSES_LOOKED_INTO: Final = 5  # of the places whose loss was told before: each takes a second, and there may be many

Known = tuple[dict[str, Roll], dict[tuple[str, str], Heard]]


class LostPaths(Protocol):
    """Of what is known of the fast path, what coverage must not tell once more."""

    def lost(self) -> list[FastPath]:
        """Where the fast path is lost now. Raises ``StoreDownError``."""


class Coverage:
    """``accounts`` lists the organisation's; ``time_is_up`` says when no new work may be begun."""

    def __init__(
        self,
        *,
        table: CoverageTable,
        paths: LostPaths,
        observer: Observer,
        accounts: Callable[[], list[Listed]],
        rounds: Rounds,
        comparing: Comparing,
        trails: Trails,
        settings: Settings,
        now: Callable[[], datetime],
        logger: Logger,
        metrics: Metrics,
    ) -> None:
        self._table = table
        self._paths = paths
        self._observer = observer
        self._accounts = accounts
        self._rounds = rounds
        self._comparing = comparing
        self._trails = trails
        self._settings = settings
        self._now = now
        self._logger = logger
        self._metrics = metrics

    def run(self, time_is_up: Callable[[], bool]) -> dict[str, int]:
        """Does all of it; answers what it counted. Raises ``StoreDownError`` and ``NotStoredError``: come again."""
        now = self._now()
        health = self._table.health() or Health(since=now, ran_at=now)
        health = msgspec.structs.replace(health, ran_at=now)
        health = self._trails.look(health, now)
        rolls, heard = self._table.all()
        health = self._enrol(rolls, health, now)
        judged = self._judge(rolls, heard, now)
        sent = self._rounds.send(to_ask(judged, self._settings, now), rolls, time_is_up)
        health = self._comparing.compare(rolls, health, now, time_is_up)
        counts = self._counts(judged, sent, now)
        self._table.keep_health(_with_canaries(health, judged))
        for name, value in counts.items():
            self._metrics.add_metric(name, MetricUnit.Count, value)
        return counts

    def _enrol(self, rolls: dict[str, Roll], health: Health, now: datetime) -> Health:
        """Lists the accounts once an hour, and at once again while one is gone of which nothing was said."""
        waits = any(roll.gone and not roll.gone_told for roll in rolls.values())
        if health.listed_at and now - health.listed_at < _LIST_EVERY and not waits:
            return health
        try:
            changed = enrolled(rolls, self._accounts(), self._settings, now)
        except (ClientError, BotoCoreError, NotBelievableError):
            self._logger.warning("the accounts could not be listed: the last list stands", exc_info=True)
            return health
        self._store(changed, rolls)
        for roll in [roll for roll in rolls.values() if is_missing(roll, now)]:
            fact = missing(roll, self._table.seen(roll.account), now)
            if fact:
                self._observer.tell(fact)
            self._store([msgspec.structs.replace(roll, gone_told=True)], rolls)
        return msgspec.structs.replace(health, listed_at=now)

    def _judge(self, rolls: dict[str, Roll], heard: dict[tuple[str, str], Heard], now: datetime) -> list[Row]:
        """Tells what fell silent and what is heard again; answers every place as it stands then."""
        losses = without_canaries(self._paths.lost())
        found = look(rows(rolls.values(), heard, self._settings, now), losses, self._settings, now)
        for one in found.over:
            self._observer.tell_over(heard_again(one, now))
        for silence in found.began:
            self._observer.tell(silent(silence, self._reasons(silence.places), self._settings, now))
        for number, known in enumerate(found.known):
            reasons = self._reasons([(known.account, known.region)]) if number < _LOSSES_LOOKED_INTO else []
            self._observer.tell(part_of_loss(known, reasons, self._settings, now))
        self._store(found.rolls, rolls)
        return rows(rolls.values(), heard, self._settings, now)

    def _reasons(self, places: Sequence[tuple[str, str]]) -> list[str]:
        """What is found wrong where it is silent: the rules of a few of its places."""
        found: dict[str, None] = {}
        for account, region in places[:_LOOKED_INTO]:
            found.update(dict.fromkeys(self._comparing.look_into(account, region)))
        return list(found)

    def _store(self, changed: Iterable[Roll], rolls: dict[str, Roll]) -> None:
        for roll in changed:
            if self._table.keep(roll):
                rolls[roll.account] = msgspec.structs.replace(roll, version=roll.version + 1)
            else:
                self._logger.info("another run was first", extra={"account": roll.account})

    def _counts(self, judged: list[Row], sent: int, now: datetime) -> dict[str, int]:
        late = timedelta(minutes=self._settings.coverage.late_minutes)
        expected = [row for row in judged if row.state not in ("new", "suspended")]
        waits = [row.unanswered if is_well(row, self._settings) else row.unanswered_fast for row in expected]
        return {
            "CanariesSent": sent,
            "CanariesMissing": sum(at is not None and now - at >= late for at in waits),
            "PlacesBlind": sum(row.state == "blind" for row in judged),
        }


def _with_canaries(health: Health, judged: list[Row]) -> Health:
    heard = [row.heard.fast_at for row in judged if row.heard.fast_at]
    return msgspec.structs.replace(
        health,
        heard_at=max(heard, default=health.heard_at),
        everything_silent=any(row.place.cause == EVERYTHING for row in judged),
    )
