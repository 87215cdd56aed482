"""The part of the table that coverage reads and writes: rolls, what was heard, what the last run found."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from rootwatch.core.health import Health
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.seen import Seen
from rootwatch.edge import coverage_items, items
from rootwatch.edge.dynamo import Dynamo
from rootwatch.edge.items import Item, n, s

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LONGEST_RETRY: Final = timedelta(minutes=16)
_OLDEST: Final = 20  # of each of the index's partitions: 80 keys are one request


class CoverageTable:
    """Each method raises ``StoreDownError`` when the table can't be read or written."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._table = Dynamo(client, name)

    def all(self) -> tuple[dict[str, Roll], dict[tuple[str, str], Heard]]:
        """Every roll by account, and all that was heard by account and Region. The partitions are read side by side."""
        shards = [f"COV#{number}" for number in range(coverage_items.SHARDS)]
        with ThreadPoolExecutor(coverage_items.SHARDS) as pool:
            found = [item for page in pool.map(self._partition, shards) for item in page]
        rolls = [items.read(item, Roll) for item in found if not coverage_items.is_heard(item)]
        heard = [items.read(item, Heard) for item in found if coverage_items.is_heard(item)]
        return {roll.account: roll for roll in rolls}, {(one.account, one.region): one for one in heard}

    def keep(self, roll: Roll) -> bool:
        """Stores a roll; False when another run was first."""
        return self._put(coverage_items.roll(roll), roll.version)

    def health(self) -> Health | None:
        """What the last run found; None before the first."""
        found = self._table.get([coverage_items.health_key()])
        return items.read(found[0], Health) if found else None

    def keep_health(self, health: Health) -> bool:
        """Stores what this run found; False when another run was first."""
        return self._put(coverage_items.health(health), health.version)

    def oldest_unsent(self, now: datetime) -> datetime | None:
        """Since when the oldest unsent message is due; a retry that waits for its time counts from its first."""
        soon = s(items.stamp(now + _LONGEST_RETRY))
        keys = [
            items.key(entry["PK"]["S"], entry["SK"]["S"])
            for number in range(items.SHARDS)
            for entry in self._table.query_index(
                "due", "due_shard = :shard AND due_at <= :now", {":shard": s(f"DUE#{number}"), ":now": soon}, _OLDEST
            )
            if entry["SK"]["S"].startswith("SEND#")
        ]
        sends = self._table.get(keys)
        return min((datetime.fromisoformat(send["first_due"]["S"]) for send in sends), default=None)

    def seen(self, account: str) -> Seen | None:
        """What is remembered of the account's root, its leaving among it."""
        found = self._table.get([items.seen_key(account)])
        return items.read(found[0], Seen) if found else None

    def _partition(self, shard: str) -> list[Item]:
        return self._table.query_all("PK = :pk", {":pk": s(shard)})

    def _put(self, item: Item, read: int) -> bool:
        condition = "version = :read" if read else "attribute_not_exists(PK)"
        return not self._table.transact([self._table.put(item, condition, {":read": n(read)} if read else None)])
