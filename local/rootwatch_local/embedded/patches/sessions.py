"""STS: CloudTrail's record of a session that asks who it is, on the default bus of its account and Region.

https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import ministack.services.sts as sts
from ministack.core.responses import get_region, new_uuid
from ministack.services import iam

from rootwatch_local.embedded.patches import events
from rootwatch_local.embedded.patches.delegation import Answer
from rootwatch_local.embedded.patches.seam import replace

_ACTION = "GetCallerIdentity"

_handle_request: Callable[..., Any]


def apply() -> None:
    """Have GetCallerIdentity leave its record when a role's session calls it."""
    global _handle_request
    _handle_request = replace(sts, "handle_request", "method path headers body query_params", _handle)


async def _handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> Answer:
    answer: Answer = await _handle_request(method, path, headers, body, query_params)
    form = {**query_params, **parse_qs(body.decode("utf-8", "replace"))}
    if answer[0] == 200 and form.get("Action", [""])[0] == _ACTION:
        caller = sts._caller_identity(dict(headers), query_params)
        if isinstance(caller, dict) and ":assumed-role/" in caller["userArn"]:
            detail_type = "AWS API Call via CloudTrail"
            record = _record(caller, headers)
            events.emit(caller["accountId"], get_region(), source="aws.sts", detail_type=detail_type, detail=record)
    return answer


def _record(caller: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    account, arn = caller["accountId"], caller["userArn"]
    name = arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, name) or {"Arn": f"arn:aws:iam::{account}:role/{name}"}
    now = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    role_id = str(caller["userId"]).partition(":")[0]
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": caller["userId"],
            "arn": arn,
            "accountId": account,
            "accessKeyId": caller["accessKey"],
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": role_id,
                    "arn": role["Arn"],
                    "accountId": account,
                    "userName": name,
                },
                "attributes": {"creationDate": now, "mfaAuthenticated": "false"},
            },
        },
        "eventTime": now,
        "eventSource": "sts.amazonaws.com",
        "eventName": _ACTION,
        "awsRegion": get_region(),
        "sourceIPAddress": "192.0.2.1",
        "userAgent": headers.get("user-agent", ""),
        "requestParameters": None,
        "responseElements": None,
        "requestID": new_uuid(),
        "eventID": new_uuid(),
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
