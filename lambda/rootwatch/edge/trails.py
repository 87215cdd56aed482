"""The organisation's trail, looked at in every run: told when it fails us, and when it is well again."""

from datetime import datetime, timedelta

import msgspec
from aws_lambda_powertools import Logger

from rootwatch.core.health import Health
from rootwatch.core.settings import Settings
from rootwatch.core.trail_status import Trouble, trouble_fact, troubles
from rootwatch.core.words import pages
from rootwatch.edge.assumed import CallFailedError
from rootwatch.edge.audit import TRAIL_ROLE, Audit
from rootwatch.edge.observer import Observer


class Trails:
    """``wanted_arn``: the trail that must be it; "" for any of the organisation."""

    def __init__(self, audit: Audit, observer: Observer, wanted_arn: str, settings: Settings, logger: Logger) -> None:
        self._audit = audit
        self._observer = observer
        self._wanted_arn = wanted_arn
        self._settings = settings
        self._logger = logger

    def look(self, health: Health, now: datetime) -> Health:
        """Reads the trail, tells what is news; what can't be read for a passing reason stays as it was."""
        found = self._read()
        if found is None:
            return health
        says = tuple(trouble.says for trouble in found)
        grave = tuple(trouble.says for trouble in found if pages(trouble.severity))
        health = msgspec.structs.replace(health, trail=grave, trail_at=now)
        if now - health.since < timedelta(minutes=self._settings.coverage.deploying_minutes):
            return health
        if not says and health.trail_told:
            self._observer.tell_over(trouble_fact((), health.trail_since or now, self._settings, now))
            return msgspec.structs.replace(health, trail_told=(), trail_since=None)
        if set(says) - set(health.trail_told):
            since = health.trail_since or now
            self._observer.tell(trouble_fact(found, since, self._settings, now))
            return msgspec.structs.replace(health, trail_told=says, trail_since=since)
        return health

    def _read(self) -> tuple[Trouble, ...] | None:
        try:
            seen = self._audit.trails(self._settings.management_account, self._settings.hub_region)
        except CallFailedError as error:
            self._logger.warning("the trail could not be read", extra={"reason": str(error)})
            if error.is_refusal:
                return (Trouble(f"the trail cannot be read by the role {TRAIL_ROLE} ({error})", "high"),)
            return None
        return troubles(seen, self._wanted_arn)
