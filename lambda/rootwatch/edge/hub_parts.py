"""The hub's functions, rules, queues, schedules and its table as they are, against what should be."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rootwatch.core import hub_parts
from rootwatch.core.hub_parts import THE_CODE, THE_TABLE, THE_TOPIC, HubPart, differing, known
from rootwatch.edge.assumed import CallFailedError, calls

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient

_OWN: Final = "rootwatch-coverage"  # the function that compares
_GONE: Final = frozenset({"ResourceNotFoundException", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"})


class HubParts:
    """``wanted``: of the manifest. ``table`` and ``topic``: the name and the ARN that these were given."""

    def __init__(
        self,
        *,
        lambda_: "LambdaClient",
        events: "EventBridgeClient",
        sqs: "SQSClient",
        scheduler: "EventBridgeSchedulerClient",
        dynamodb: "DynamoDBClient",
        wanted: Iterable[HubPart],
        table: str,
        topic: str,
    ) -> None:
        self._lambda = lambda_
        self._events = events
        self._sqs = sqs
        self._scheduler = scheduler
        self._dynamodb = dynamodb
        told = {THE_TABLE: table, THE_TOPIC: topic}
        self._wanted = {part.what: part for one in wanted if (part := known(one, told))}

    def look(self, touched: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """What is not as it should be with each of these, as in ``Fact.part``, and where a function is among them with
        every function: they change together. () where all is. That one could not be read is no all-clear. Never
        raises."""
        asked = set(touched)
        if any(what.startswith("function:") for what in asked):
            asked |= {what for what, part in self._wanted.items() if part.kind == "function"}
        return {what: self._of(what) for what in sorted(asked)}

    def _of(self, what: str) -> tuple[str, ...]:
        kind, _, name = what.partition(":")
        part = self._wanted.get(what)
        if part is None:
            return (f"there is nothing to compare the {kind} {name} with",)
        try:
            found = self._read(part)
            return differing(self._with_our_code(part), found)
        except CallFailedError as error:
            if str(error) in _GONE:
                return differing(part, None)
            return (f"the {kind} {name} could not be compared ({error})",)

    def _with_our_code(self, part: HubPart) -> HubPart:
        return known(part, {THE_CODE: self._function(_OWN)["code package"]}) if part.kind == "function" else part

    def _read(self, part: HubPart) -> Mapping[str, Any]:
        name = part.name
        match part.kind:
            case "function":
                return self._function(name)
            case "hub rule":
                return self._rule(name, part.bus or "default")
            case "queue":
                return self._queue(name)
            case "schedule":
                return self._schedule(name)
            case "table":
                return self._table(name)

    def _function(self, name: str) -> Mapping[str, Any]:
        with calls():
            return hub_parts.function(self._lambda.get_function_configuration(FunctionName=name))

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
