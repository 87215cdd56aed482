"""DynamoDB in memory, behind the few calls of its client that the table's adapter makes; held against the same contract
as the table on the embedded AWS.

One index, ``due``, keys only, a moment behind the table as a real one is. Refuses what DynamoDB refuses: an item above
400 kB, a hundred operations and more, two operations on one item, a value that no expression names.
"""

import json
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.chaos.expressions import Item, holds, updated

_MOST_OPERATIONS = 100
_MOST_BYTES = 400_000
_PAGE = 1_000
Key = tuple[str, str]
Call = Callable[[str, Callable[[], Any]], Any]
_KEYS = ("PK", "SK", "due_shard", "due_at")


def refused(code: str, operation: str, reasons: Sequence[str] = ()) -> ClientError:
    """The error that AWS answers with this code; ``reasons`` of a cancelled transaction, one an operation."""
    answer: dict[str, Any] = {"Error": {"Code": code, "Message": code}}
    if reasons:
        answer["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(answer, operation)  # type: ignore[arg-type]


def broken(fault: str, operation: str, effect: Callable[[], Any]) -> Any:
    """What a call comes to that meets a fault; with "lost answer" its effect is there all the same."""
    if fault == "throttled":
        raise refused("ProvisionedThroughputExceededException", operation)
    if fault == "lost answer":
        effect()
        raise ReadTimeoutError(endpoint_url="https://dynamodb")
    raise EndpointConnectionError(endpoint_url="https://dynamodb")


class DynamoDB:
    """The table and its index. ``lag``: seconds that the index is behind; ``now``: the time by which it is."""

    def __init__(self, now: Callable[[], float] = lambda: 0.0, lag: float = 0.0) -> None:
        self._now = now
        self._lag = lag
        self.items: dict[str, dict[str, Item]] = {}
        self._sorted: dict[str, list[str]] = {}
        self._index: dict[str, list[tuple[str, str, str]]] = {}
        self._behind: deque[tuple[float, Item, Item]] = deque()

    def client(self, call: Call = lambda name, effect: effect()) -> "Client":
        """A client of it, whose calls go through ``call``."""
        return Client(self, call)

    def get(self, key: Key) -> Item:
        """The item, or an empty one."""
        return self.items.get(key[0], {}).get(key[1], {})

    def all(self, beginning: str) -> Iterator[Item]:
        """Every item whose partition begins so."""
        for partition, found in self.items.items():
            if partition.startswith(beginning):
                yield from found.values()

    def write(self, key: Key, after: Item | None) -> None:
        """Puts an item in the place of another, or deletes it."""
        before = self.get(key)
        partition = self.items.setdefault(key[0], {})
        order = self._sorted.setdefault(key[0], [])
        if after is None:
            if partition.pop(key[1], None) is not None:
                order.remove(key[1])
        else:
            if key[1] not in partition:
                insort(order, key[1])
            partition[key[1]] = after
        self._behind.append((self._now() + self._lag, before, after or {}))

    def partition(self, name: str, *, forward: bool = True) -> Iterator[Item]:
        """The items of a partition, in the order of their sort keys, or from its end."""
        found = self.items.get(name, {})
        order = list(self._sorted.get(name, ()))
        return (found[sort] for sort in (order if forward else reversed(order)))

    def index(self, shard: str, until: str) -> Iterator[Item]:
        """The entries of the index's partition that are due by then, as far as the index has got."""
        while self._behind and self._behind[0][0] <= self._now():
            _, before, after = self._behind.popleft()
            self._index_change(before, after)
        entries = self._index.get(shard, [])
        end = bisect_left(entries, (until + "~", "", ""))
        for at, pk, sk in entries[:end]:
            yield {"PK": {"S": pk}, "SK": {"S": sk}, "due_shard": {"S": shard}, "due_at": {"S": at}}

    def _index_change(self, before: Item, after: Item) -> None:
        old, new = _entry(before), _entry(after)
        if old == new:
            return
        if old:
            entries = self._index[old[0]]
            del entries[bisect_left(entries, old[1])]
        if new:
            insort(self._index.setdefault(new[0], []), new[1])


def _entry(item: Item) -> tuple[str, tuple[str, str, str]] | None:
    if "due_shard" not in item or "due_at" not in item:
        return None
    return item["due_shard"]["S"], (item["due_at"]["S"], item["PK"]["S"], item["SK"]["S"])


class Client:
    """The client's calls, by boto3's names."""

    def __init__(self, table: DynamoDB, call: Call) -> None:
        self._table = table
        self._call = call

    def transact_write_items(self, *, TransactItems: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """All of it, or nothing."""
        self._call("TransactWriteItems", lambda: self._transact(TransactItems))
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        """One item, if its condition holds."""

        def effect() -> dict[str, Any]:
            key = _key(request["Key"])
            if not self._holds(request, key):
                raise refused("ConditionalCheckFailedException", "UpdateItem")
            after = self._after("Update", request, key)
            self._table.write(key, after)
            return {"Attributes": dict(after or {})}

        return self._call("UpdateItem", effect)  # type: ignore[no-any-return]

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """The items that are there."""
        [(name, asked)] = RequestItems.items()
        if not 0 < len(asked["Keys"]) <= _MOST_OPERATIONS:
            raise refused("ValidationException", "BatchGetItem")

        def effect() -> dict[str, Any]:
            found = (self._table.get(_key(key)) for key in asked["Keys"])
            return {"Responses": {name: [dict(item) for item in found if item]}, "UnprocessedKeys": {}}

        return self._call("BatchGetItem", effect)  # type: ignore[no-any-return]

    def query(self, **request: Any) -> dict[str, Any]:
        """A page of a partition, or of one of the index."""
        return self._call("Query", lambda: self._page(request))  # type: ignore[no-any-return]

    def get_paginator(self, name: str) -> "_Pages":
        """Pages of a query."""
        assert name == "query"
        return _Pages(self)

    def _page(self, request: Mapping[str, Any]) -> dict[str, Any]:
        values, condition = request["ExpressionAttributeValues"], request["KeyConditionExpression"]
        _check_values(values, condition)
        limit = request.get("Limit", _PAGE)
        if "IndexName" in request:
            assert "ConsistentRead" not in request, "an index is never read consistently"
            candidates: Any = self._table.index(values[":shard"]["S"], (values.get(":now") or {"S": "~"})["S"])
        else:
            name = condition.partition("=")[2].split()[0]
            candidates = self._table.partition(values[name]["S"], forward=request.get("ScanIndexForward", True))
        found: list[Item] = []
        after = request.get("ExclusiveStartKey", {}).get("SK", {"S": ""})["S"]
        for item in candidates:
            if "IndexName" not in request and item["SK"]["S"] <= after:
                continue
            if holds(condition, item, {}, values):
                if len(found) == limit:
                    return {"Items": found, "LastEvaluatedKey": {name: found[-1][name] for name in ("PK", "SK")}}
                found.append(dict(item))
        return {"Items": found}

    def _transact(self, operations: Sequence[Mapping[str, Any]]) -> None:
        keys = []
        for operation in operations:
            [(kind, request)] = operation.items()
            keys.append((kind, request, _key(request["Item"] if kind == "Put" else request["Key"])))
        if not 0 < len(keys) <= _MOST_OPERATIONS or len({key for _, _, key in keys}) < len(keys):
            raise refused("ValidationException", "TransactWriteItems")
        reasons = ["None" if self._holds(request, key) else "ConditionalCheckFailed" for _, request, key in keys]
        if set(reasons) != {"None"}:
            raise refused("TransactionCanceledException", "TransactWriteItems", reasons)
        after = [(key, self._after(kind, request, key)) for kind, request, key in keys if kind != "ConditionCheck"]
        for key, item in after:
            self._table.write(key, item)

    def _holds(self, request: Mapping[str, Any], key: Key) -> bool:
        condition, values = request.get("ConditionExpression"), request.get("ExpressionAttributeValues", {})
        names = request.get("ExpressionAttributeNames", {})
        _check_values({**values, **names}, f"{condition or ''} {request.get('UpdateExpression', '')}")
        if condition is None:
            return True
        return holds(condition, self._table.get(key), names, values)

    def _after(self, kind: str, request: Mapping[str, Any], key: Key) -> Item | None:
        if kind == "Delete":
            return None
        if kind == "Put":
            item = dict(request["Item"])
        else:
            known = self._table.get(key) or dict(zip(("PK", "SK"), ({"S": key[0]}, {"S": key[1]}), strict=True))
            names, values = request.get("ExpressionAttributeNames", {}), request["ExpressionAttributeValues"]
            item = updated(request["UpdateExpression"], known, names, values)
        if sum(len(value.get("S", "")) for value in item.values()) > _MOST_BYTES // 4 and (
            len(json.dumps(item).encode()) > _MOST_BYTES
        ):
            raise refused("ValidationException", "PutItem")
        return item


class _Pages:
    def __init__(self, client: Client) -> None:
        self._client = client

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        while True:
            page = self._client.query(**request)
            yield page
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _key(given: Mapping[str, Any]) -> Key:
    return given["PK"]["S"], given["SK"]["S"]


def _check_values(values: Mapping[str, Any], expressions: str) -> None:
    """DynamoDB refuses a value, or a name, that stands nowhere."""
    if any(name not in expressions for name in values):
        raise refused("ValidationException", "a call")
