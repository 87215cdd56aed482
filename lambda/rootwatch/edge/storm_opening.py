"""Opening a storm, by one of the many workers that see it begin."""

from collections.abc import Callable
from datetime import datetime

from aws_lambda_powertools import Logger

from rootwatch.core import storm_notices
from rootwatch.core.incident import STORM_SCOPE, STORM_WINDOW
from rootwatch.core.ports import Plan, Store
from rootwatch.core.settings import Settings
from rootwatch.core.storm import is_stormy
from rootwatch.edge.retrying import TRIES, pause


def opened(store: Store, settings: Settings, now: Callable[[], datetime], logger: Logger) -> Plan | None:
    """The plan that opened a storm, if one has begun just now; its notices are stored, and to be sent. Raises
    ``StoreDownError``."""
    for _ in range(TRIES):
        at = now()
        # One read while a storm is on, and its list is long.
        there = store.open_incident(STORM_SCOPE)
        if there and not there.is_over(at, settings):
            return None
        pagings = store.pagings(at - STORM_WINDOW, at)
        if not is_stormy(pagings, at):
            return None
        known = store.load(storm_notices.needs(pagings))
        plan = None if known.duplicate else storm_notices.opening(pagings, known, settings, at)
        if plan is None:
            return None
        if store.commit(plan, at) == "committed":
            logger.warning("a storm has begun", extra={"incident": plan.incident.id if plan.incident else None})
            return plan
        pause()
    logger.warning("other workers were always first to open the storm")
    return None
