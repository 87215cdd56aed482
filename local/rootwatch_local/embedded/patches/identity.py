"""IAM: every request counts as one over TLS, and one to Organizations has the resource that it names; a session's
principal is its role, and a resource's organisation is known.

Our policies ask for TLS, which a loopback address has no use for, and name accounts and units, where ministack asks
about `*`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Callable, Mapping
from typing import Any

import ministack.app
import msgspec
from ministack.core import iam_actions, iam_evaluator

from rootwatch_local.embedded.patches import organizations
from rootwatch_local.embedded.patches.seam import replace

_pin_request_origin: Callable[..., None]
_extract_resource_arn: Callable[..., str]
_resolve_condition_key: Callable[..., Any]


def apply() -> None:
    """Have `aws:SecureTransport` be true, resources of Organizations be known, and what conditions ask of a role."""
    global _pin_request_origin, _extract_resource_arn, _resolve_condition_key
    _pin_request_origin = replace(ministack.app, "pin_request_origin", "source_ip secure_transport", _pin)
    names = "service method path headers body query_params region account_id"
    _extract_resource_arn = replace(iam_actions, "extract_resource_arn", names, _resource_arn)
    _resolve_condition_key = replace(iam_evaluator, "_resolve_condition_key", "key ctx", _condition_key)


def _pin(source_ip: str, secure_transport: bool) -> None:
    _pin_request_origin(source_ip, secure_transport or source_ip == "127.0.0.1")


def _resource_arn(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query_params: Mapping[str, Any],
    region: str,
    account_id: str,
) -> str:
    if service == "organizations":
        return organizations.resource_arn(account_id, body)
    rule = _rule(body) if service == "events" else ""
    if rule:
        return f"arn:aws:events:{region}:{account_id}:rule/{rule}"
    return _extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)


def _rule(body: bytes) -> str:
    """The rule that a request is about, as its ARN ends, "" for none: the default bus's name is left out of it.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
    """
    try:
        named = msgspec.json.decode(body or b"{}")
    except msgspec.DecodeError:
        return ""
    if not isinstance(named, dict) or {"EventSourceName", "Entries", "ArchiveName", "ReplayName"} & named.keys():
        return ""
    name, bus = named.get("Rule") or named.get("Name") or "", named.get("EventBusName", "default")
    return str(name) if bus == "default" or not name else f"{str(bus).rpartition('/')[2]}/{name}"


def _condition_key(key: str, ctx: Any) -> Any:
    name = key.lower()
    if name == "aws:resourceorgid":
        account = iam_evaluator._account_from_arn(ctx.resource_arn)
        return organizations.organization_id(account) if account else None
    if name == "aws:principalarn" and ":assumed-role/" in ctx.principal_arn:
        return _role_of(ctx.principal_arn)
    return _resolve_condition_key(key, ctx)


def _role_of(session_arn: str) -> str:
    """ARN of a session's role, with its path, which the session's own leaves out."""
    from ministack.services import iam

    _, _, _, _, account, resource = session_arn.split(":", 5)
    role = iam._roles.get_scoped(account, None, resource.split("/")[1])
    return str(role["Arn"]) if role else session_arn
