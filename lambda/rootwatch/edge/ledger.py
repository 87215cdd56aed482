"""Finding what the table keeps without reading all of it: incidents by day and by account, and the accounts whose
break-glass windows have something to tell.

``DAY#<day>``/``<opened>#<incident>`` and ``ACC#<account>``/``INC#<opened>#<incident>`` are put with an incident's first
record, and name it; what it is, its HEAD says. ``WINDOWS`` is a partition of the index ``due``.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from rootwatch.core.incident import Incident
from rootwatch.core.tags import Tagging, Tags
from rootwatch.edge import items
from rootwatch.edge.items import Item, n, s
from rootwatch.edge.sends import Sends

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AT_ONCE: Final = 100  # what one BatchGetItem takes
_LATEST: Final = 100  # of one account


class Ledger(Sends):
    """``keep_days``: after how many days what is written now may be deleted, 0 for never."""

    def __init__(self, client: "DynamoDBClient", name: str, keep_days: int = 0) -> None:
        super().__init__(client, name)
        self._keep_days = keep_days

    def windows_due(self, now: datetime, limit: int) -> list[str]:
        """The accounts whose windows have something to tell by now, the longest due first."""
        values = {":shard": s(items.WINDOWS), ":now": s(items.stamp(now))}
        page = self._table.query_index("due", "due_shard = :shard AND due_at <= :now", values, limit)
        return [item["PK"]["S"].removeprefix("ACC#") for item in page]

    def looked(self, tags: Tags) -> bool:
        """Stores the tags once they were looked at; False when they changed since they were read."""
        put = self._table.put(items.tags(tags), "version = :read", {":read": n(tags.version)})
        return not self._table.transact([put])

    def incidents_of(self, account: str, until: datetime) -> list[Incident]:
        """The latest incidents of an account that were opened by then, newest first; a hundred at most."""
        values = {":pk": s(f"ACC#{account}"), ":since": s("INC#"), ":until": s(f"INC#{items.stamp(until)}#~")}
        found = self._table.query_back("PK = :pk AND SK BETWEEN :since AND :until", values, _LATEST)
        return self._heads(item["SK"]["S"].split("#", 2)[2] for item in found)

    def opened_on(self, day: datetime) -> list[Incident]:
        """The incidents that were opened on this day of UTC, oldest first."""
        found = self._table.query_all("PK = :pk", {":pk": s(items.day(day))})
        return self._heads(item["SK"]["S"].split("#", 1)[1] for item in found)

    def all_of(self, account: str) -> list[Incident]:
        """Every incident of an account, or of no one account (``ORGANISATION_WIDE``), oldest first."""
        found = self._begins(f"ACC#{account}", "INC#")
        return self._heads(item["SK"]["S"].split("#", 2)[2] for item in found)

    def open_incidents(self) -> list[Incident]:
        """Every incident that is not closed, however long ago it was opened; oldest first."""
        shards = (f"DUE#{number}" for number in range(items.SHARDS))
        found = [
            item["PK"]["S"].removeprefix("INC#")
            for shard in shards
            for item in self._table.query_index_all("due", "due_shard = :shard", {":shard": s(shard)})
            if item["SK"]["S"] == "HEAD"
        ]
        # The index is a moment behind the table.
        heads = [head for head in self._heads(found) if head.state == "open"]
        return sorted(heads, key=lambda head: (head.opened_at, head.id))

    def taggings(self, account: str) -> list[Tagging]:
        """Every value of the account's break-glass tags that was ever seen, oldest first."""
        return [items.read(item, Tagging) for item in self._begins(f"ACC#{account}", "WIN#")]

    def whole(self, incident_id: str) -> list[Item]:
        """All items of one incident: HEAD, facts, notices, sends."""
        return self._table.query_all("PK = :pk", {":pk": s(f"INC#{incident_id}")})

    def tags_of(self, accounts: Sequence[str]) -> dict[str, Tags]:
        """The break-glass tags of these accounts, where any were ever seen."""
        found = (items.read(item, Tags) for item in self._get_many([items.tags_key(one) for one in accounts]))
        return {tags.account: tags for tags in found}

    def _entries(self, incident: Incident) -> list[dict[str, Any]]:
        """The entries of a new incident; and of a closed one again, with their time to be deleted."""
        if incident.version and not (incident.state == "closed" and self._keep_days):
            return []
        closed_at = incident.processed_at if incident.state == "closed" else None
        return [
            self._table.put(self._lasting(item, closed_at) if closed_at else item) for item in items.entries(incident)
        ]

    def _lasting(self, item: Item, at: datetime) -> Item:
        """The item with the time from which on DynamoDB may delete it, if it may at all."""
        if not self._keep_days:
            return item
        return {**item, "expires": n(int((at + timedelta(days=self._keep_days)).timestamp()))}

    def _heads(self, incident_ids: Iterable[str]) -> list[Incident]:
        """In the order of their ids as given."""
        ids = list(dict.fromkeys(incident_ids))
        found = (items.read(item, Incident) for item in self._get_many([items.head_key(one) for one in ids]))
        by_id = {incident.id: incident for incident in found}
        return [by_id[one] for one in ids if one in by_id]

    def _get_many(self, keys: list[Item]) -> Iterator[Item]:
        for start in range(0, len(keys), _AT_ONCE):
            yield from self._table.get(keys[start : start + _AT_ONCE])
