"""What becomes of a page when its hold ends: it goes out and counts for a storm, or joins the one that stands."""

from collections.abc import Callable
from datetime import datetime

from aws_lambda_powertools import Logger

from rootwatch.core import held
from rootwatch.core import storm as storms
from rootwatch.core.incident import STORM_SCOPE
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Claimed, Store, StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.edge.storm_opening import opened


class HeldPages:
    """Asked before a send whose page was held."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime], logger: Logger) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._logger = logger

    def ended(self, claimed: Claimed) -> tuple[Notice, tuple[Notice, ...]]:
        """The notice as it goes out now; and what is told of a storm that begins with it. Where the table can't say,
        it pages."""
        if not claimed.notice.page_hold:
            return claimed.notice, ()
        try:
            there = self._store.open_incident(STORM_SCOPE)
            storm = storms.standing({STORM_SCOPE: there} if there else {}, self._settings, self._now())
            told, entry = held.ended(claimed.notice, storm, self._settings, claimed.first_due)
            if entry is None:
                return told, ()
            self._store.list_paging(entry)
            plan = None if entry.joined else opened(self._store, self._settings, self._now, self._logger)
        except StoreDownError:
            self._logger.warning("whether a held page is part of a storm could not be seen", exc_info=True)
            return claimed.notice, ()
        return told, plan.notices if plan else ()
