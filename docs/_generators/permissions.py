"""Who may do what, from the templates in tests/golden, which a test holds equal to what is synthesized."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from docs._generators.tables import table

_TEMPLATES: Final = Path(__file__).resolve().parents[2] / "tests" / "golden" / "templates"
# Every stack there is, each from a placement that has it.
_STACKS: Final = {
    "hub": "delegated/rootwatch-hub.json",
    "management account": "delegated/rootwatch-management.json",
    "every account": "rootwatch-member.json",
    "log archive": "foreign/rootwatch-log-archive.json",
}
# The hub with settings that add permissions.
_WITH_MORE: Final = "in_management/rootwatch-hub.json"
# CDK ends a logical id with a hash.
_HASH: Final = re.compile(r"(?<=\w)[0-9A-F]{8}(?=\.|$)")
_REFERENCE: Final = re.compile(r"\$\{(\w+)(?:\.Arn)?\}")
_FIELD: Final = re.compile(r"<field 4 of \$\{HubBusArn\}>")

# Why a role has a statement, by the first of its actions.
_WHY: Final[Mapping[str, str]] = {
    "cloudformation:CancelUpdateStack": "CloudFormation makes, changes and deletes the StackSet's own stacks here.",
    "cloudformation:DescribeStackDriftDetectionStatus": "The same; the service knows no resource for these two.",
    "cloudtrail:DescribeTrails": "Coverage looks whether the organisation's trail logs everything; the service knows "
    "no resource for the first.",
    "cloudwatch:GetMetricData": "The age of the queues' oldest messages; the service knows no resource.",
    "dynamodb:BatchGetItem": "Incidents, what is due, what was heard.",
    "dynamodb:DeleteItem": "The pointer to an incident goes when the incident closes.",
    "dynamodb:Query": "What is due, by the index.",
    "dynamodb:DescribeContinuousBackups": "Whether the table is set as it should be, after a deployment.",
    "events:DeleteRule": "The rules of the member's template.",
    "events:DescribeRule": "Coverage compares the deployed rules with those that should be there.",
    "events:PutEvents": "Forwards to the hub's bus, and to nothing else.",
    "account:GetAlternateContact": "Whether the account has a security contact.",
    "iam:GenerateCredentialReport": "Posture looks how credentials are guarded; the service knows no resource.",
    "sts:AssumeRoot": "Posture looks as root, where its role is not there and the settings say so.",
    "iam:CreateRole": "The roles of the member's template, by their names.",
    "iam:PassRole": "The forwarding role, to EventBridge alone.",
    "kms:Decrypt": "SNS and S3 use the key in the caller's name.",
    "lambda:GetFunctionConfiguration": "Whether all functions of the hub run the same code after a deployment.",
    "lambda:InvokeFunction": "The schedule starts the function.",
    "logs:CreateLogStream": "Its own log group.",
    "organizations:DescribeAccount": "The account's name, owner and break-glass tag.",
    "organizations:DescribeOrganizationalUnit": "The names of the units above it.",
    "organizations:ListAccounts": "Every account is to be covered; the service knows no resource.",
    "organizations:ListParents": "The units above it.",
    "s3:GetObject": "CloudTrail's log files, in the version that was written.",
    "scheduler:GetSchedule": "Whether the schedules are set as they should be, after a deployment.",
    "secretsmanager:GetSecretValue": "What Slack, PagerDuty or the heartbeat's service is reached with.",
    "sns:Publish": "Notices.",
    "sqs:ChangeMessageVisibility": "Lambda reads the queue in the function's name.",
    "sqs:GetQueueUrl": "Whether the queues are set as they should be, after a deployment.",
    "sts:AssumeRole": "Roles of rootwatch by their names; in other accounts only in this organisation's.",
}


def roles() -> str:
    """Each role: who takes it, what it may do, on what and why."""
    parts = [part for where, file in _STACKS.items() for part in _roles(where, _read(file))]
    return "\n\n".join([*parts, _by_settings()])


def resource_policies() -> str:
    """What queues, topics, keys, buckets and the bus let others do."""
    rows = [row for where, file in _STACKS.items() for row in _resources(where, _read(file))]
    return table(("where", "resource", "who", "may", "only if"), rows)


def _read(file: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_TEMPLATES / file).read_bytes())["Resources"]
    return found


def _by_settings() -> str:
    """What a role of the hub may do only where the settings say so."""
    as_a_rule, otherwise = _read(_STACKS["hub"]), _read(_WITH_MORE)
    rows = [
        (f"`{_HASH.sub('', role)}`", *_row(statement))
        for role in otherwise
        for statement in _statements(role, otherwise)
        if {*_list(statement["Action"])} - _actions(role, as_a_rule)
    ]
    return f"### hub: more, by the settings\n\n{table(('role', 'may', 'on', 'why'), rows)}"


def _actions(role: str, resources: Mapping[str, Any]) -> set[str]:
    return {action for statement in _statements(role, resources) for action in _list(statement["Action"])}


def _roles(where: str, resources: Mapping[str, Any]) -> Iterator[str]:
    for name, resource in resources.items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        role = resource["Properties"]
        rows = [_row(statement) for statement in _statements(name, resources)]
        may = table(("may", "on", "why"), rows) if rows else "It may do nothing."
        yield (
            f"### {where}: {role.get('RoleName') or _HASH.sub('', name)}\n\n{role['Description']} "
            f"Taken by {_takers(role['AssumeRolePolicyDocument'])}.\n\n{may}"
        )


def _statements(role: str, resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in resources.get(role, {}).get("Properties", {}).get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]
    for resource in resources.values():
        if resource["Type"] == "AWS::IAM::Policy" and f"${{{role}}}" in resource["Properties"]["Roles"]:
            yield from resource["Properties"]["PolicyDocument"]["Statement"]


def _row(statement: Mapping[str, Any]) -> tuple[str, str, str]:
    actions = _list(statement["Action"])
    condition = f", if {_conditions(statement)}" if "Condition" in statement else ""
    return _code(actions), _code(map(_plain, _list(statement["Resource"]))) + condition, _why(actions)


def _why(actions: Sequence[str]) -> str:
    """CDK makes one statement of several that are about the same: all their reasons, then."""
    reasons = [_WHY[action] for action in actions if action in _WHY]
    if not reasons:
        raise LookupError(f"Nothing says why a role has {actions[0]}: write it into {Path(__file__).name}.")
    return " ".join(reasons)


def _resources(where: str, resources: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, resource in resources.items():
        for document in _documents(resource):
            for statement in _list(document["Statement"]):
                verb = "" if statement["Effect"] == "Allow" else "not: "
                yield (
                    where,
                    f"`{_HASH.sub('', name)}`",
                    _who(statement["Principal"]),
                    verb + _code(_list(statement["Action"])),
                    _conditions(statement) or "always",
                )


def _documents(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::KMS::Key":
            yield properties["KeyPolicy"]
        case "AWS::Events::EventBusPolicy":
            yield {"Statement": properties["Statement"]}
        case "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy" | "AWS::S3::BucketPolicy":
            yield properties["PolicyDocument"]


def _takers(trust: Mapping[str, Any]) -> str:
    return "; ".join(
        _who(statement["Principal"]) + (f", if {_conditions(statement)}" if "Condition" in statement else "")
        for statement in trust["Statement"]
    )


def _who(principal: Any) -> str:
    if isinstance(principal, str):
        return "anybody" if principal == "*" else f"`{_plain(principal)}`"
    named = [one for value in principal.values() for one in _list(value)]
    return ", ".join("anybody" if one == "*" else f"`{_plain(one)}`" for one in named)


def _conditions(statement: Mapping[str, Any]) -> str:
    return " and ".join(
        f"`{key}` is {' or '.join(f'`{_plain(str(one))}`' for one in _list(value))}"
        for condition in statement.get("Condition", {}).values()
        for key, value in condition.items()
    )


def _code(values: Iterable[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _plain(value: str) -> str:
    """References by the name they have in the template, without CDK's hash and without what is the same everywhere."""
    value = _FIELD.sub("<hub>", value.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", "<account>"))
    value = value.replace("${AWS::Region}", "<region>").replace("${AWS::URLSuffix}", "amazonaws.com")
    return _REFERENCE.sub(lambda found: _HASH.sub("", found[1]), value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
