"""The part of the table that posture reads and writes: ``POS#<0..7>``/``<account>`` is an account as it was last looked
at, ``POS``/``ROUND`` the round that is under way. Nothing else of the table is touched."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from rootwatch.core.posture import Posture, Round
from rootwatch.edge import items
from rootwatch.edge.dynamo import Dynamo
from rootwatch.edge.items import Item, n, s

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS: Final = 8
_KEEP_GONE: Final = timedelta(days=90)


class PostureTable:
    """Each method raises ``StoreDownError`` when the table can't be read or written."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._table = Dynamo(client, name)

    def all(self) -> list[Posture]:
        """Every account that was ever enrolled, by its id."""
        shards = [f"POS#{number}" for number in range(SHARDS)]
        with ThreadPoolExecutor(SHARDS) as pool:
            found = [item for page in pool.map(self._partition, shards) for item in page]
        return sorted((items.read(item, Posture) for item in found), key=lambda one: one.account)

    def keep(self, one: Posture) -> bool:
        """Stores an account; False when another run was first."""
        stored = msgspec.structs.replace(one, version=one.version + 1)
        item = {**_key(one.account), "version": n(stored.version), "body": items.body(stored)}
        if one.gone:
            item["expires"] = n(int((one.gone.astimezone(UTC) + _KEEP_GONE).timestamp()))
        return self._put(item, one.version)

    def round(self) -> Round | None:
        """The round that is under way, or was last; None before the first."""
        found = self._table.get([items.key("POS", "ROUND")])
        return items.read(found[0], Round) if found else None

    def keep_round(self, one: Round) -> bool:
        """Stores the round; False when another run was first."""
        stored = msgspec.structs.replace(one, version=one.version + 1)
        item = {**items.key("POS", "ROUND"), "version": n(stored.version), "body": items.body(stored)}
        return self._put(item, one.version)

    def _partition(self, shard: str) -> list[Item]:
        return self._table.query_all("PK = :pk", {":pk": s(shard)})

    def _put(self, item: Item, read: int) -> bool:
        condition = "version = :read" if read else "attribute_not_exists(PK)"
        return not self._table.transact([self._table.put(item, condition, {":read": n(read)} if read else None)])


def _key(account: str) -> Item:
    return items.key(f"POS#{zlib.crc32(account.encode()) % SHARDS}", account)
