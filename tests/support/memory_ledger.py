"""The ledger of a monitor in memory, as the commands read it: the plain model of what the table answers."""

from collections.abc import Sequence
from datetime import datetime

from rootwatch.core.incident import ORGANISATION_WIDE, Incident
from rootwatch.core.ports import StoreDownError
from rootwatch.core.tags import Tagging
from rootwatch.edge import items
from rootwatch.edge.items import Item, n, s
from tests.support.monitor import Monitor


class MemoryLedger:
    """``asked`` keeps the days that were read."""

    def __init__(self, monitor: Monitor) -> None:
        self._store = monitor.store
        self.asked: list[datetime] = []
        self.down = False

    def opened_on(self, day: datetime) -> list[Incident]:
        self._check()
        self.asked.append(day)
        return [head for head in self._heads() if head.opened_at.date() == day.date()]

    def all_of(self, account: str) -> list[Incident]:
        self._check()
        return [head for head in self._heads() if (head.account or ORGANISATION_WIDE) == account]

    def open_incidents(self) -> list[Incident]:
        self._check()
        return [head for head in self._heads() if head.state == "open"]

    def taggings(self, account: str) -> Sequence[Tagging]:
        return self._store.tags(account).taggings

    def whole(self, incident_id: str) -> list[Item]:
        self._check()
        head = self._store.incident(incident_id)
        if head is None:
            return []
        notices = self._store._notices[incident_id].values()
        sends = [
            {
                **items.send_key(send.due),
                "state": s(send.state),
                "attempts": n(send.attempts),
                "first_due": s(items.stamp(send.first_due)),
                **({"receipt": s(send.receipt)} if send.receipt else {}),
                **({"reason": s(send.reason), "settled_at": s(items.stamp(send.due_at))} if send.attempts else {}),
            }
            for send in self._store._sends[incident_id]
        ]
        facts = [items.fact(incident_id, fact) for fact in self._store.facts(incident_id)]
        return [*facts, items.head(head), *map(items.notice, notices), *sends]

    def _heads(self) -> list[Incident]:
        return sorted(self._store.heads.values(), key=lambda head: (head.opened_at, head.id))

    def _check(self) -> None:
        if self.down:
            raise StoreDownError("DynamoDB answered AccessDeniedException")
