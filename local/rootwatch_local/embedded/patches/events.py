"""EventBridge: how a CloudTrail record comes in, which rules hear it, and who may put events on a bus.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import ministack.services.eventbridge as eb
import msgspec
from ministack.core.responses import error_response_json, new_uuid, request_scope

from rootwatch_local.embedded.patches import journal
from rootwatch_local.embedded.patches.seam import replace

_HEARS_ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_CLOUDTRAIL = " via CloudTrail"
_LARGEST = 256 * 1024

_put_permission: Callable[..., Any]


def apply() -> None:
    """Put our dispatch and our PutPermission in the place of ministack's."""
    global _put_permission
    replace(eb, "_dispatch_event", "event view", _dispatch)
    _put_permission = replace(eb, "_put_permission", "data", _permit)


def emit(account: str, region: str, *, source: str, detail_type: str, detail: Mapping[str, Any]) -> str:
    """Put a CloudTrail record on the default bus of an account and region, as CloudTrail itself does.

    A record of more than 256 KB does not come through, which is CloudTrail's rule.

    Returns:
        the id of the EventBridge event.
    """
    text = msgspec.json.encode(detail).decode()
    event = {
        "EventId": new_uuid(),
        "Source": source,
        "DetailType": detail_type,
        "Detail": text,
        "EventBusName": "default",
        "Time": _seconds(detail.get("eventTime")),
        "Resources": [],
        "Account": account,
        "Region": region,
    }
    with request_scope(account, region):
        eb._ensure_default_bus()
        if len(text.encode()) > _LARGEST:
            reason = "CloudTrail sends no record of more than 256 KB to EventBridge."
            journal.drop(event, reason, account=account, region=region)
        else:
            _dispatch(event)
            eb._archive_event(event)
    return str(event["EventId"])


def _seconds(event_time: object) -> int:
    """Since 1970: an archive's replay compares them. A record without a time that can be read is of now."""
    try:
        return int(datetime.fromisoformat(str(event_time)).timestamp())
    except ValueError:
        return int(time.time())


def _dispatch(event: dict[str, Any], view: Any = None) -> None:
    bus = event.get("EventBusName", "default")
    view = view or eb._pattern_event_view(event)
    for key, rule in eb._rules.items():
        if rule.get("EventBusName", "default") != bus or not rule.get("EventPattern"):
            continue
        if _hears(rule.get("State", "ENABLED"), view) and eb._matches_pattern_view(rule["EventPattern"], view, key):
            for target in list(eb._targets.get(key, [])):
                eb._invoke_target(target, event, rule, view)


def _hears(state: str, view: Any) -> bool:
    """Whether a rule in `state` gets the event at all: ENABLED gets no read-only management event of CloudTrail."""
    if state == _HEARS_ALL:
        return True
    if state != "ENABLED":
        return False
    if not view.envelope()["detail-type"].endswith(_CLOUDTRAIL):
        return True
    detail = view.event_with_detail()["detail"]
    return not (isinstance(detail, dict) and detail.get("readOnly") in (True, "true"))


def _permit(data: dict[str, Any]) -> Any:
    """PutPermission: ministack keeps its parameters as a statement, where AWS makes a policy of them."""
    name = data.get("EventBusName", "default")
    if name not in eb._event_buses:
        return error_response_json("ResourceNotFoundException", f"Event bus {name} does not exist.", 400)
    if data.get("Policy"):
        eb._event_bus_policies[name] = msgspec.json.decode(data["Policy"])
        return eb.json_response({})
    principal, condition = data.get("Principal", "*"), data.get("Condition")
    data = {**data, "Principal": "*" if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"}}
    if condition:
        data["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}
    return _put_permission(data)
