"""CloudFormation: the resource types of our stacks that ministack lacks, and the checks it leaves out.

A stack with one unknown type is refused whole, so each is registered, if only as a record.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

from collections.abc import Callable, Mapping
from typing import Any

import ministack.services.cloudtrail as trails
import ministack.services.eventbridge as eb
import msgspec
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners

from rootwatch_local.embedded.patches import trust
from rootwatch_local.embedded.patches.organizations import management_of

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties, str], Made]

# Types whose effect nothing here could show: they are kept in the stack and nowhere else.
_RECORD_ONLY = (
    "AWS::Athena::NamedQuery",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Logs::QueryDefinition",
    "AWS::Organizations::ResourcePolicy",
    "AWS::SecretsManager::ResourcePolicy",
)

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_TARGETS_A_RULE = 5
_PATTERN_CHARACTERS = 2048

_create_rule: Create


def apply() -> None:
    """Register the types, and check rules as PutRule and PutTargets do."""
    global _create_rule
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::Events::EventBusPolicy"] = {
        "create": _create_bus_policy,
        "update": _update_bus_policy,
        "delete": _delete_bus_policy,
    }
    handlers["AWS::CloudTrail::Trail"] = {"create": _create_trail, "update": _update_trail, "delete": _delete_trail}
    for name in _RECORD_ONLY:
        handlers.setdefault(name, {"create": _record, "update": _keep, "delete": lambda _id, _properties: None})
    _create_rule = handlers["AWS::Events::Rule"]["create"]
    handlers["AWS::Events::Rule"]["create"] = _create_checked_rule


def _create_checked_rule(logical_id: str, properties: Properties, stack: str) -> Made:
    bus = properties.get("EventBusName") or "default"
    bus = bus.rpartition("/")[2]
    eb._ensure_default_bus()
    if bus not in eb._event_buses:
        raise ValueError(f"Event bus {bus} does not exist.")
    pattern = properties.get("EventPattern")
    if pattern:
        _check_pattern(pattern if isinstance(pattern, str) else msgspec.json.encode(pattern).decode())
    targets = properties.get("Targets") or []
    if len(targets) > _TARGETS_A_RULE:
        raise ValueError(f"A rule has at most {_TARGETS_A_RULE} targets.")
    for target in targets:
        refused = eb._validate_target_arn(target)
        if refused:
            raise ValueError(msgspec.json.decode(refused[2])["message"])
    return _create_rule(logical_id, properties, stack)


def _check_pattern(pattern: str) -> None:
    reason = eb._event_pattern_error(pattern)
    if reason:
        raise ValueError(f"Event pattern is not valid. Reason: {reason}")
    if len(pattern) > _PATTERN_CHARACTERS:
        raise ValueError(f"Event pattern is {len(pattern)} characters long, the quota is {_PATTERN_CHARACTERS}.")


def _create_bus_policy(logical_id: str, properties: Properties, stack: str) -> Made:
    bus = properties.get("EventBusName") or "default"
    eb._ensure_default_bus()
    if bus not in eb._event_buses:
        raise ValueError(f"Event bus {bus} does not exist.")
    statement = dict(properties.get("Statement") or _legacy_statement(properties, bus))
    statement["Sid"] = properties["StatementId"]
    policy = eb._event_bus_policies.setdefault(bus, {"Version": "2012-10-17", "Statement": []})
    policy["Statement"] = [s for s in policy["Statement"] if s.get("Sid") != statement["Sid"]] + [statement]
    return f"{stack}-{logical_id}", {}


def _legacy_statement(properties: Properties, bus: str) -> dict[str, Any]:
    """The statement of a policy written with Action, Principal and Condition, the older properties."""
    principal = str(properties["Principal"])
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
        "Action": properties["Action"],
        "Resource": f"arn:aws:events:{get_region()}:{get_account_id()}:event-bus/{bus}",
    }
    condition = properties.get("Condition")
    if condition:
        statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return statement


def _update_bus_policy(physical_id: str, old: Properties, new: Properties, stack: str) -> Made:
    _delete_bus_policy(physical_id, old)
    _create_bus_policy("", new, stack)
    return physical_id, {}


def _delete_bus_policy(_physical_id: str, properties: Properties) -> None:
    bus = properties.get("EventBusName") or "default"
    eb._remove_permission({"EventBusName": bus, "StatementId": properties["StatementId"]})


_TRAIL_SWITCHES = {
    "EnableLogFileValidation": False,
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": False,
    "IsOrganizationTrail": False,
}


def _create_trail(logical_id: str, properties: Properties, stack: str) -> Made:
    if str(properties.get("IsOrganizationTrail")).lower() == "true" and management_of(get_account_id()):
        trust.must_be_trusted(trust.CLOUDTRAIL, "you create an organization trail")
    name = properties.get("TrailName") or provisioners._physical_name(stack, logical_id)
    answer = _checked(trails._create_trail({**_trail_request(properties), "Name": name}))
    _configure_trail(name, properties)
    return name, {"Arn": answer["TrailARN"]}


def _update_trail(physical_id: str, _old: Properties, new: Properties, _stack: str) -> Made:
    answer = _checked(trails._update_trail({**_trail_request(new), "Name": physical_id}))
    _configure_trail(physical_id, new)
    return physical_id, {"Arn": answer["TrailARN"]}


def _delete_trail(physical_id: str, _properties: Properties) -> None:
    _checked(trails._delete_trail({"Name": physical_id}))


def _trail_request(properties: Properties) -> dict[str, Any]:
    switches = {name: str(properties.get(name, default)).lower() == "true" for name, default in _TRAIL_SWITCHES.items()}
    names = {"S3KeyPrefix": "S3KeyPrefix", "KMSKeyId": "KmsKeyId", "SnsTopicName": "SnsTopicName"}
    texts = {there: properties[here] for here, there in names.items() if here in properties}
    return {**switches, **texts, "S3BucketName": properties["S3BucketName"]}


def _configure_trail(name: str, properties: Properties) -> None:
    logging = str(properties["IsLogging"]).lower() == "true"
    _checked((trails._start_logging if logging else trails._stop_logging)({"Name": name}))
    for kind in ("EventSelectors", "AdvancedEventSelectors"):
        if properties.get(kind):
            _checked(trails._put_event_selectors({"TrailName": name, kind: properties[kind]}))


def _checked(answer: tuple[int, Any, bytes]) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(answer[2])
    if answer[0] >= 400:
        raise ValueError(body.get("message") or body)
    return body


def _record(logical_id: str, _properties: Properties, stack: str) -> Made:
    name = provisioners._physical_name(stack, logical_id)
    return name, {"Id": name, "Arn": f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:record/{name}"}


def _keep(physical_id: str, _old: Properties, _new: Properties, _stack: str) -> Made:
    return physical_id, {"Id": physical_id}
