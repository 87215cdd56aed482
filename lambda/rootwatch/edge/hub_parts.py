"""The hub's rules, queues, schedules and its table as they are, against what should be."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rootwatch.core import hub_parts
from rootwatch.core.hub_parts import THE_TABLE, HubPart, differing
from rootwatch.edge.assumed import CallFailedError, calls

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient

_GONE: Final = frozenset({"ResourceNotFoundException", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"})


class HubParts:
    """``wanted``: of the manifest. ``table``: the name that the table was given."""

    def __init__(
        self,
        *,
        events: "EventBridgeClient",
        sqs: "SQSClient",
        scheduler: "EventBridgeSchedulerClient",
        dynamodb: "DynamoDBClient",
        wanted: Iterable[HubPart],
        table: str,
    ) -> None:
        self._events = events
        self._sqs = sqs
        self._scheduler = scheduler
        self._dynamodb = dynamodb
        self._wanted = {one.what.replace(THE_TABLE, table): one for one in wanted}

    def look(self, touched: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """What is not as it should be with each of these, as in ``Fact.part``; () where all is. That one could not be
        read is no all-clear. Never raises."""
        return {what: self._of(what) for what in touched}

    def _of(self, what: str) -> tuple[str, ...]:
        kind, _, name = what.partition(":")
        part = self._wanted.get(what)
        if part is None:
            return (f"there is nothing to compare the {kind} {name} with",)
        try:
            return differing(part, name, self._read(part, name))
        except CallFailedError as error:
            if str(error) in _GONE:
                return differing(part, name, None)
            return (f"the {kind} {name} could not be compared ({error})",)

    def _read(self, part: HubPart, name: str) -> Mapping[str, Any]:
        match part.kind:
            case "hub rule":
                return self._rule(name, part.bus or "default")
            case "queue":
                return self._queue(name)
            case "schedule":
                return self._schedule(name)
            case "table":
                return self._table(name)

    def _rule(self, name: str, bus: str) -> Mapping[str, Any]:
        with calls():
            described = self._events.describe_rule(Name=name, EventBusName=bus)
            sent = self._events.list_targets_by_rule(Rule=name, EventBusName=bus)
        return hub_parts.rule(described, sent["Targets"])

    def _queue(self, name: str) -> Mapping[str, Any]:
        with calls():
            url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
            answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return hub_parts.queue({str(name): value for name, value in answer.get("Attributes", {}).items()})

    def _schedule(self, name: str) -> Mapping[str, Any]:
        with calls():
            return hub_parts.schedule(self._scheduler.get_schedule(Name=name))

    def _table(self, name: str) -> Mapping[str, Any]:
        with calls():
            table = self._dynamodb.describe_table(TableName=name)["Table"]
            backups = self._dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            expires = self._dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {})
        is_expiring = expires.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
        return hub_parts.table(
            billing=table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            indexes=table.get("GlobalSecondaryIndexes", ()),
            is_protected=table.get("DeletionProtectionEnabled", False),
            is_recoverable=recovery.get("PointInTimeRecoveryStatus") == "ENABLED",
            is_under_kms=table.get("SSEDescription", {}).get("SSEType") == "KMS",
            expires=expires.get("AttributeName") if is_expiring else None,
            is_copied=table.get("StreamSpecification", {}).get("StreamEnabled", False) or bool(table.get("Replicas")),
            throughput=table.get("OnDemandThroughput", {}),
        )
