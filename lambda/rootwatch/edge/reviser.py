"""Looking again at incidents that later knowledge explains: a tag, an AssumeRoot, an earlier use of a window."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from aws_lambda_powertools import Logger

from rootwatch.core.ports import Plan, Store
from rootwatch.core.record import Item, Record
from rootwatch.core.revise import revise
from rootwatch.core.settings import Settings
from rootwatch.core.tags import tagged_account
from rootwatch.core.tasks import task_of
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.retrying import TRIES, NotStoredError, pause

_MOST_KEYS: Final = 50  # of one incident: its sessions


class Reviser:
    """Weighs the facts of incidents again, and tells what that changes. Doing it twice changes nothing more."""

    def __init__(
        self, store: Store, delivery: Delivery, settings: Settings, now: Callable[[], datetime], logger: Logger
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._settings = settings
        self._now = now
        self._logger = logger

    def revise_after(self, items: Sequence[Item], plan: Plan | None) -> None:
        """Revises what these records explain, each incident once. ``plan`` is None for duplicates.

        Raises ``StoreDownError``, or ``NotStoredError`` when the message must come again.
        """
        for incident_id in self._explained_by([item for item in items if isinstance(item, Record)], plan):
            self._revise(incident_id)

    def _explained_by(self, records: Sequence[Record], plan: Plan | None) -> list[str]:
        accounts: set[str] = set()
        found: list[str] = []
        for record in records:
            task = task_of(record)
            if task:
                found += self._store.waiting(task.access_key_id)
                continue
            # Of a duplicate nobody knows any more what it changed: its own account's incident is looked at again.
            accounts |= {one.account for one in plan.taggings} if plan else {record.account or ""}
            accounts.add(tagged_account(record, self._settings) or "")
        named = (self._store.open_incident(account) for account in sorted(accounts - {""}))
        return list(dict.fromkeys([*found, *(incident.id for incident in named if incident)]))

    def _revise(self, incident_id: str) -> None:
        for _ in range(TRIES):
            incident = self._store.incident(incident_id)
            if incident is None or incident.account is None:
                return
            facts = self._store.facts(incident_id)
            keys = {f.access_key_id for f in facts if f.access_key_id and f.access_key_id.startswith("ASIA")}
            tags, tasks = self._store.tags(incident.account), self._store.tasks(sorted(keys)[:_MOST_KEYS])
            revision = revise(incident, facts, tags, tasks, self._settings, self._now())
            if revision is None:
                return
            if self._store.revise(revision):
                self._logger.info("incident revised", extra={"incident": incident_id, "facts": len(revision.facts)})
                self._delivery.deliver_stored(revision.notices)
                return
            pause()
        raise NotStoredError(f"the incident {incident_id} changed {TRIES} times while it was revised")
