"""What the one table keeps of the fast path: records that EventBridge has yet to bring, and where it is lost.

``FAST#<region>`` of an account is what its records show. Two partitions of the index ``due`` find the rest without a
scan: ``AWAITED`` holds the marks of awaited records and the places with news to be told, ``LOST`` the places that are
lost now.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from rootwatch.core.fast_path import MISSING, TOGETHER, Awaited, FastPath, Missing, Place
from rootwatch.core.ports import Pending
from rootwatch.core.roll import Place as Watched
from rootwatch.core.roll import Roll
from rootwatch.edge import coverage_items, items
from rootwatch.edge.dynamo import ConditionFailedError, Dynamo
from rootwatch.edge.items import n, s

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LISTED: Final = 1_000
_FEW: Final = 50
_AT_ONCE: Final = 100  # what one BatchGetItem takes


class FastPaths:
    """The part of the table that is about the fast path. Every method raises ``StoreDownError`` as the table does."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._table = Dynamo(client, name)

    def of(self, place: Place) -> FastPath:
        """What is known of an account and Region."""
        found = self._table.get([items.fast_path_key(place)])
        return items.read(found[0], FastPath) if found else FastPath(account=place.account, region=place.region)

    def watched(self, place: Place) -> Watched | None:
        """What coverage knows of it: its canaries, and the comparison of its rules."""
        found = self._table.get([coverage_items.roll_key(place.account)])
        return items.read(found[0], Roll).places.get(place.region) if found else None

    def lost(self) -> list[FastPath]:
        """Where the fast path is lost now, the longest lost first; a thousand at most."""
        return self._lost("due_shard = :shard", {}, _LISTED)

    def lost_around(self, time: datetime) -> list[FastPath]:
        """Those that were lost within an hour of a time, the first of them: enough to see that there are several."""
        began, ended = (s(items.stamp(time + span)) for span in (-TOGETHER, TOGETHER))
        return self._lost(
            "due_shard = :shard AND due_at BETWEEN :began AND :ended", {":began": began, ":ended": ended}, _FEW
        )

    def due(self, now: datetime, limit: int) -> list[str | Place]:
        """What is to be looked at: the key of an awaited record, or a place with news."""
        values = {":shard": s(items.AWAITED), ":now": s(items.stamp(now))}
        page = self._table.query_index("due", "due_shard = :shard AND due_at <= :now", values, limit)
        return [
            item["PK"]["S"].removeprefix("EVT#") if item["SK"]["S"] == "MARK" else items.place_of(item) for item in page
        ]

    def awaited(self, key: str) -> Awaited | None:
        """An awaited record, or one that is booked and still to be told; None for any other."""
        found = self._table.get([items.mark_key(key)])
        if not found or "due_at" not in found[0]:
            return None
        state = found[0]["state"]["S"]
        return Awaited(items.read(found[0], Pending), next((one for one in MISSING if one == state), None))

    def arrived(self, key: str) -> bool:
        """EventBridge brought a record: whether it was awaited, and is so no more."""
        change, values = "SET #state = :arrived REMOVE due_at, due_shard", {":arrived": s("arrived")}
        return self._settle(key, change, "#state = :awaited", {**values, ":awaited": s("awaited")})

    def told(self, key: str) -> None:
        """As what an awaited record was booked is told."""
        self._settle(key, "REMOVE due_at, due_shard", "NOT #state = :awaited", {":awaited": s("awaited")})

    def book(self, key: str, missing: Missing, path: FastPath) -> bool:
        """Books an awaited record together with what it makes of its ``path``; it stays due until that is told. False:
        it arrived meanwhile, another booked it, or the path changed since it was read."""
        values = {":missing": s(missing), ":awaited": s("awaited")}
        mark = self._table.update_in(items.mark_key(key), "SET #state = :missing", "#state = :awaited", values)
        return not self._table.transact([mark, self._put(path)])

    def store(self, path: FastPath) -> bool:
        """Stores what is known of a place; False when it was changed since it was read."""
        return not self._table.transact([self._put(path)])

    def _put(self, path: FastPath) -> dict[str, Any]:
        item = items.fast_path(path)
        if path.version == 0:
            return self._table.put(item, "attribute_not_exists(PK)")
        return self._table.put(item, "version = :read", {":read": n(path.version)})

    def _settle(self, key: str, change: str, condition: str, values: dict[str, Any]) -> bool:
        try:
            self._table.update(items.mark_key(key), change, condition, values)
        except ConditionFailedError:
            return False
        return True

    def _lost(self, condition: str, values: dict[str, Any], limit: int) -> list[FastPath]:
        listed = self._table.query_index("due", condition, {":shard": s(items.LOST), **values}, limit)
        keys = [items.key(item["PK"]["S"], item["SK"]["S"]) for item in listed]
        pages = [self._table.get(keys[start : start + _AT_ONCE]) for start in range(0, len(keys), _AT_ONCE)]
        found = [items.read(item, FastPath) for page in pages for item in page]
        # The index is a moment behind the table.
        return sorted((path for path in found if path.lost), key=lambda path: (path.since, path.place))
