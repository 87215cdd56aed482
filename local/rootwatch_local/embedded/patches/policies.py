"""CloudFormation's organisation policies as Organizations holds them, so that the command in an alert finds ours.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html
"""

from collections.abc import Mapping
from typing import Any

import ministack.services.organizations as org
import msgspec
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]


def apply() -> None:
    """Register the type."""
    provisioners._RESOURCE_HANDLERS["AWS::Organizations::Policy"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def _create(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, dict[str, Any]]:
    policy = _checked(org._create_policy({**_request(properties), "Type": properties["Type"]}))["PolicySummary"]
    for target in properties.get("TargetIds", []):
        _checked(org._attach_policy({"PolicyId": policy["Id"], "TargetId": target}))
    return policy["Id"], {"Id": policy["Id"], "Arn": policy["Arn"]}


def _update(physical_id: str, _old: Properties, new: Properties, _stack: str) -> tuple[str, dict[str, Any]]:
    policy = _checked(org._update_policy({**_request(new), "PolicyId": physical_id}))["PolicySummary"]
    return physical_id, {"Id": policy["Id"], "Arn": policy["Arn"]}


def _delete(physical_id: str, _properties: Properties) -> None:
    _checked(org._delete_policy({"PolicyId": physical_id}))


def _request(properties: Properties) -> dict[str, Any]:
    content = properties["Content"]
    return {
        "Name": properties["Name"],
        "Description": properties.get("Description", ""),
        "Content": content if isinstance(content, str) else msgspec.json.encode(content).decode(),
        "Tags": properties.get("Tags", []),
    }


def _checked(answer: tuple[int, Any, bytes]) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(answer[2] or b"{}")
    if answer[0] >= 400:
        raise ValueError(body.get("message") or body)
    return dict(body.get("Policy") or body)
