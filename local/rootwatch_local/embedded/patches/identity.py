"""IAM: every request counts as one over TLS, and one to Organizations has the resource that it names.

Our policies ask for TLS, which a loopback address has no use for, and name accounts and units, where ministack asks
about `*`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import ministack.app
from ministack.core import iam_actions

from rootwatch_local.embedded.patches import organizations
from rootwatch_local.embedded.patches.seam import replace

_pin_request_origin: Callable[..., None]
_extract_resource_arn: Callable[..., str]


def apply() -> None:
    """Have `aws:SecureTransport` be true, and resources of Organizations be known."""
    global _pin_request_origin, _extract_resource_arn
    _pin_request_origin = replace(ministack.app, "pin_request_origin", "source_ip secure_transport", _pin)
    names = "service method path headers body query_params region account_id"
    _extract_resource_arn = replace(iam_actions, "extract_resource_arn", names, _resource_arn)


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
    return _extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)
