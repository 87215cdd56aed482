"""Looking whether a storm has begun: after each record that pages, and with each sweep, lest a crash hide it."""

from collections.abc import Callable
from datetime import datetime

from aws_lambda_powertools import Logger

from rootwatch.core import storm_notices
from rootwatch.core.incident import STORM_SCOPE, STORM_WINDOW
from rootwatch.core.ports import Plan, Store, StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.core.storm import is_stormy
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.retrying import TRIES, pause


class Storms:
    """Opens the storm, once. Its digests and its end are the sweep's."""

    def __init__(
        self, store: Store, delivery: Delivery, settings: Settings, now: Callable[[], datetime], logger: Logger
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._settings = settings
        self._now = now
        self._logger = logger

    def look(self) -> Plan | None:
        """The plan that opened a storm, if one has begun just now. Never raises: the next look sees it as well."""
        try:
            return self._opened()
        except StoreDownError:
            self._logger.warning("whether there is a storm could not be seen", exc_info=True)
        return None

    def _opened(self) -> Plan | None:
        for _ in range(TRIES):
            now = self._now()
            # One read while a storm is on, and its list is long.
            there = self._store.open_incident(STORM_SCOPE)
            if there and not there.is_over(now, self._settings):
                return None
            pagings = self._store.pagings(now - STORM_WINDOW, now)
            if not is_stormy(pagings, now):
                return None
            known = self._store.load(storm_notices.needs(pagings))
            plan = None if known.duplicate else storm_notices.opening(pagings, known, self._settings, now)
            if plan is None or self._store.commit(plan, now) == "committed":
                break
            pause()
        else:
            self._logger.warning("other workers were always first to open the storm")
            return None
        if plan:
            self._logger.warning("a storm has begun", extra={"incident": plan.incident.id if plan.incident else None})
            self._delivery.deliver_stored(plan.notices)
        return plan
