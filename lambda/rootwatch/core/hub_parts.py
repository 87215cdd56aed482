"""The hub's functions, rules, queues, schedules and its table: what is compared of them, and what differs, in words.

What should be (from the template) and what is (from AWS) are brought into one form here, in which equal means alike.
Sources:
https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html
https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, get_args

import msgspec

Kind = Literal["function", "hub rule", "queue", "schedule", "table"]
Values = dict[str, Any]  # by the words that a person has for them

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
# What is known only when it is deployed stands so in the manifest.
THE_TABLE: Final = "{table}"  # CloudFormation gives it its name: the functions have it in their environment
THE_TOPIC: Final = "{topic}"  # the same of its ARN
THE_CODE: Final = "{code}"  # the asset's hash, as Lambda has it: all functions are made of the same
_LARGEST: Final = 262_144  # no event is larger; what a queue takes beyond is its own affair
_A_DAY: Final = 86_400


class HubPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part as it should be."""

    kind: Kind
    name: str
    bus: str = ""  # a rule's; "": the default one
    settings: Values

    @property
    def what(self) -> str:
        """As in ``Fact.part``."""
        return f"{self.kind}:{self.name}"


def differing(part: HubPart, found: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What is not as it should be, a sentence each; () when all is. ``found``: None when it is gone."""
    called = f"the {part.kind} {part.name}"
    if found is None:
        return (f"{called} is gone",)
    return tuple(f"{called} has another {key}" for key, wanted in part.settings.items() if found.get(key) != wanted)


def known(part: HubPart, values: Mapping[str, str]) -> HubPart:
    """The part with these values in the place of what is known only when it is deployed."""
    told = {key: values.get(value, value) if isinstance(value, str) else value for key, value in part.settings.items()}
    return msgspec.structs.replace(part, name=values.get(part.name, part.name), settings=told)


def function(described: Mapping[str, Any]) -> Values:
    """Of a Lambda function, but for its role. Each variable of its environment by itself, and that there are no others:
    the code obeys some, and so do AWS's libraries and the runtime."""
    variables = described.get("Environment", {}).get("Variables", {})
    return {
        "code package": described.get("CodeSha256"),
        "handler": described.get("Handler"),
        "runtime": described.get("Runtime"),
        "architecture": described.get("Architectures", ["x86_64"]),
        "timeout": described.get("Timeout", 3),
        "memory size": described.get("MemorySize", 128),
        "layer": bool(described.get("Layers")),
        "network": bool(described.get("VpcConfig", {}).get("SubnetIds")),
        "file system": bool(described.get("FileSystemConfigs")),
        "set of variables": sorted(variables),
        **{f"variable {name}": value for name, value in variables.items()},
        "update status": described.get("LastUpdateStatus", "Successful"),
    }


def rule(described: Mapping[str, Any], targets: Iterable[Mapping[str, Any]]) -> Values:
    """Of an EventBridge rule. A target's id says nothing."""
    sent = [{key: value for key, value in target.items() if key != "Id"} for target in targets]
    return {
        "pattern": _document(described.get("EventPattern")),
        "state": described.get("State", "ENABLED"),
        "target": sorted(sent, key=_text),
    }


def queue(attributes: Mapping[str, Any]) -> Values:
    """Of an SQS queue, from its attributes: SQS has texts where templates have numbers and documents."""
    return {
        "policy": _policy(attributes.get("Policy")),
        "redrive policy": {key: str(value) for key, value in _document(attributes.get("RedrivePolicy")).items()},
        "encryption": _queue_key(attributes),
        "retention period": int(attributes.get("MessageRetentionPeriod", 4 * _A_DAY)),
        "visibility timeout": int(attributes.get("VisibilityTimeout", 30)),
        "delay": int(attributes.get("DelaySeconds", 0)),
        "largest message": min(int(attributes.get("MaximumMessageSize", _LARGEST)), _LARGEST),
    }


def schedule(described: Mapping[str, Any]) -> Values:
    """Of an EventBridge Scheduler schedule."""
    target = described.get("Target", {})
    retries = target.get("RetryPolicy", {})
    return {
        "rate": described.get("ScheduleExpression"),
        "state": described.get("State", "ENABLED"),
        "key": described.get("KmsKeyArn"),
        "beginning or end": [bool(described.get("StartDate")), bool(described.get("EndDate"))],
        "window": described.get("FlexibleTimeWindow"),
        "target": target.get("Arn"),
        "retry policy": [
            retries.get("MaximumRetryAttempts", 185),
            retries.get("MaximumEventAgeInSeconds", _A_DAY),
        ],
    }


def table(
    *,
    billing: str,
    indexes: Iterable[Mapping[str, Any]],
    is_protected: bool,
    is_recoverable: bool,
    is_under_kms: bool,
    expires: str | None,
    is_copied: bool,
    throughput: Mapping[str, Any],
) -> Values:
    """Of a DynamoDB table. ``indexes`` and ``throughput`` (what it may do on demand, at most) as the API and templates
    both describe them; ``expires``: the attribute of its time to live; ``is_copied``: by a stream or replicas."""
    indexes = list(indexes)
    limited = [throughput, *(one.get("OnDemandThroughput", {}) for one in indexes)]
    return {
        "deletion protection": is_protected,
        "point-in-time recovery": is_recoverable,
        "encryption": is_under_kms,
        "time to live": expires,
        "billing mode": billing,
        "index": sorted((_index(one) for one in indexes), key=_text),
        "stream or replica": is_copied,
        "throughput limit": [limit for one in limited if max(limit := _limit(one)) >= 0],
    }


def _limit(throughput: Mapping[str, Any]) -> list[int]:
    """-1: none."""
    return [throughput.get(key, -1) for key in ("MaxReadRequestUnits", "MaxWriteRequestUnits")]


def _index(described: Mapping[str, Any]) -> Values:
    return {key: described.get(key) for key in ("IndexName", "KeySchema", "Projection")}


def _queue_key(attributes: Mapping[str, Any]) -> str:
    if attributes.get("KmsMasterKeyId"):
        return str(attributes["KmsMasterKeyId"])
    return "SQS" if str(attributes.get("SqsManagedSseEnabled")).lower() == "true" else "none"


def _document(value: object) -> dict[str, Any]:
    """A JSON object, whether it comes as text or as itself; what is none is as good as none."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {"not JSON": value}
    return dict(value) if isinstance(value, Mapping) else {}


def _policy(value: object) -> list[Any]:
    """The statements, in the one of several spellings that they may have."""
    statements = _document(value).get("Statement", [])
    found = [_statement(one) for one in _listed(statements) if isinstance(one, Mapping)]
    return sorted(found, key=_text)


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    anybody = {"AWS": "*"}
    return {key: _spelt(anybody if key == "Principal" and value == "*" else value) for key, value in statement.items()}


def _spelt(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _spelt(one) for key, one in value.items()}
    return sorted(str(one).lower() if isinstance(one, bool) else str(one) for one in _listed(value))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)
