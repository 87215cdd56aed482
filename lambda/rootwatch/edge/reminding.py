"""Telling what break-glass windows have to tell by time alone: with each sweep, by the index, never by a scan."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from aws_lambda_powertools import Logger

from rootwatch.core import reminders
from rootwatch.core.ports import Store
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tags
from rootwatch.edge.observer import Observer

_AT_ONCE: Final = 50


class Reminding:
    """What is told is told before it is noted as told; telling it again is a duplicate. Made anew for each sweep, which
    looks at an account once."""

    def __init__(
        self, store: Store, observer: Observer, settings: Settings, now: Callable[[], datetime], logger: Logger
    ) -> None:
        self._store = store
        self._observer = observer
        self._settings = settings
        self._now = now
        self._logger = logger
        self._done: set[str] = set()

    def look(self) -> int:
        """Looks at the accounts that are due, the longest due first; answers how many. Raises ``StoreDownError``."""
        due = self._store.windows_due(self._now(), _AT_ONCE)
        accounts = [account for account in due if account not in self._done]
        for account in accounts:
            self._done.add(account)
            try:
                self._look_at(account)
            except Exception:
                # One account holds up no other; it is due again with the next sweep.
                self._logger.exception("an account's windows could not be looked at", extra={"account": account})
        return len(accounts)

    def _look_at(self, account: str) -> None:
        now, tags = self._now(), self._store.tags(account)
        for fact in reminders.facts(tags, self._uses(tags, now), self._settings, now):
            self._observer.tell(fact)
        if not self._store.looked(reminders.looked(tags, now)):
            self._logger.info("the tags changed meanwhile: they are looked at again", extra={"account": account})

    def _uses(self, tags: Tags, now: datetime) -> list[reminders.Use]:
        """The incidents that reach into the windows of which there is something to tell."""
        since = min((window.start for _, window in reminders.due(tags, now)), default=now)
        heads = self._store.incidents_of(tags.account, now)
        return [
            reminders.Use(head, self._store.facts(head.id))
            for head in heads
            if not head.is_watch and head.last >= since
        ]
