"""Looking whether a storm has begun: after each record that pages, and with each sweep, lest a crash hide it."""

from collections.abc import Callable
from datetime import datetime

from aws_lambda_powertools import Logger

from rootwatch.core.ports import Plan, Store, StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.storm_opening import opened


class Storms:
    """Opens the storm, once, and tells it. Its digests and its end are the sweep's."""

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
            plan = opened(self._store, self._settings, self._now, self._logger)
            if plan:
                self._delivery.deliver_stored(plan.notices)
        except StoreDownError:
            self._logger.warning("whether there is a storm could not be seen", exc_info=True)
            return None
        return plan
