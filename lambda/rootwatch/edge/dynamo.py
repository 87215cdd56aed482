"""DynamoDB's calls on one table, and what its errors mean to us.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from rootwatch.core.ports import StoreDownError
from rootwatch.edge.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_BATCH_ROUNDS: Final = 3


class RecordRefusedError(Exception):
    """DynamoDB calls the request itself wrong: trying again can't help, and the table is not down."""


class ConditionFailedError(Exception):
    """A condition of ours did not hold."""


class Dynamo:
    """The few calls that the table's adapter makes; all reads are consistent but those of the index."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, item: Item, condition: str = "", values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A put, to be made part of a transaction."""
        return {"Put": self._operation({"Item": item}, condition, values)}

    def delete(self, key: Item, condition: str = "", values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A delete, to be made part of a transaction."""
        return {"Delete": self._operation({"Key": key}, condition, values)}

    def check(self, key: Item, condition: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A condition on an item that is not changed, to be made part of a transaction."""
        return {"ConditionCheck": self._operation({"Key": key}, condition, values)}

    def update_in(self, key: Item, change: str, condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """An update, to be made part of a transaction. ``#state`` stands for state."""
        operation = self._operation({"Key": key}, condition, values)
        return {"Update": {**operation, "UpdateExpression": change, "ExpressionAttributeNames": {"#state": "state"}}}

    def transact(self, operations: Sequence[dict[str, Any]]) -> list[str]:
        """All or nothing. Empty when all was written; else each operation's reason, "None" where it would have passed.

        Raises RecordRefusedError for a request that DynamoDB calls invalid, StoreDownError for all else.
        """
        try:
            with _errors():
                self._client.transact_write_items(TransactItems=list(operations))  # type: ignore[arg-type] # put, delete
        except _CancelledError as error:
            if "ValidationError" in error.reasons:
                raise RecordRefusedError("DynamoDB calls an item of the transaction invalid") from error
            if {"ConditionalCheckFailed", "TransactionConflict"}.isdisjoint(error.reasons):
                raise StoreDownError(f"the transaction was cancelled: {', '.join(error.reasons)}") from error
            return error.reasons
        return []

    def get(self, keys: Sequence[Item]) -> list[Item]:
        """The items that exist among these keys, in any order."""
        unread: list[Item] = [key for i, key in enumerate(keys) if key not in keys[:i]]
        found: list[Item] = []
        for _ in range(_BATCH_ROUNDS):
            if not unread:
                return found
            with _errors():
                answer = self._client.batch_get_item(
                    RequestItems={self._table: {"Keys": unread, "ConsistentRead": True}}
                )
            found += answer["Responses"].get(self._table, [])
            left = answer["UnprocessedKeys"]
            unread = list(left[self._table]["Keys"]) if self._table in left else []
        if unread:
            raise StoreDownError(f"DynamoDB left keys unread {_BATCH_ROUNDS} times")
        return found

    def query(self, condition: str, values: Mapping[str, Any], limit: int | None = None) -> list[Item]:
        """A page of a partition, read consistently, in the order of the sort key."""
        more = {"Limit": limit} if limit else {}
        return self._page(condition, values, ConsistentRead=True, **more)

    def query_all(self, condition: str, values: Mapping[str, Any]) -> list[Item]:
        """Every page of it."""
        return self._pages(condition, values, ConsistentRead=True)

    def query_back(self, condition: str, values: Mapping[str, Any], limit: int) -> list[Item]:
        """A page of a partition from its end, read consistently."""
        return self._page(condition, values, ConsistentRead=True, ScanIndexForward=False, Limit=limit)

    def query_index(self, index: str, condition: str, values: Mapping[str, Any], limit: int) -> list[Item]:
        """A page of an index's partition."""
        return self._page(condition, values, IndexName=index, Limit=limit)

    def query_index_all(self, index: str, condition: str, values: Mapping[str, Any]) -> list[Item]:
        """Every page of it."""
        return self._pages(condition, values, IndexName=index)

    def update(self, key: Item, change: str, condition: str, values: Mapping[str, Any]) -> Item:
        """Changes one item if the condition holds; raises ConditionFailedError if not. ``#state`` stands for state."""
        # DynamoDB refuses a name that stands nowhere.
        names: dict[str, Any] = (
            {"ExpressionAttributeNames": {"#state": "state"}} if "#state" in change + condition else {}
        )
        with _errors():
            return self._client.update_item(
                TableName=self._table,
                Key=key,
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=dict(values),
                ReturnValues="ALL_NEW",
                **names,
            )["Attributes"]

    def _page(self, condition: str, values: Mapping[str, Any], **how: Any) -> list[Item]:
        with _errors():
            return self._client.query(**self._asked(condition, values), **how)["Items"]

    def _pages(self, condition: str, values: Mapping[str, Any], **how: Any) -> list[Item]:
        pages = self._client.get_paginator("query").paginate(**self._asked(condition, values), **how)
        with _errors():
            return [item for page in pages for item in page["Items"]]

    def _asked(self, condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": dict(values),
        }

    def _operation(self, what: Item, condition: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
        operation: dict[str, Any] = {"TableName": self._table, **what}
        if condition:
            operation["ConditionExpression"] = condition
        if values:
            operation["ExpressionAttributeValues"] = dict(values)
        return operation


class _CancelledError(Exception):
    def __init__(self, reasons: list[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except ParamValidationError as error:
        raise RecordRefusedError("botocore calls the request invalid") from error
    except BotoCoreError as error:
        raise StoreDownError(f"DynamoDB can't be reached: {type(error).__name__}") from error
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code == "ConditionalCheckFailedException":
            raise ConditionFailedError from error
        if code == "TransactionCanceledException":
            reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment] # only here
            raise _CancelledError([str(reason.get("Code", "None")) for reason in reasons]) from error
        if code == "ValidationException":
            raise RecordRefusedError("DynamoDB calls the request invalid") from error
        raise StoreDownError(f"DynamoDB answered {code}") from error
