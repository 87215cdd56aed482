"""Organizations: trusted access of AWS services, which ministack lacks; and what AWS refuses to a service without it.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html
"""

import time
from collections.abc import Iterable
from typing import Any

import ministack.services.organizations as org

from rootwatch_local.embedded.organisation import CLOUDTRAIL, STACKSETS
from rootwatch_local.embedded.patches.delegation import Answer, refusal

__all__ = ["CLOUDTRAIL", "STACKSETS"]

# Service principals that may enter the organisation, each since when.
trusted: dict[str, float] = {}


def apply() -> None:
    """Add the operations."""
    org._DISPATCH.update(
        EnableAWSServiceAccess=_enable,
        DisableAWSServiceAccess=_disable,
        ListAWSServiceAccessForOrganization=_list,
    )


def trust(services: Iterable[str]) -> None:
    """Let these in, and no others."""
    trusted.clear()
    trusted.update(dict.fromkeys(services, time.time()))


def must_be_trusted(service: str, what: str) -> None:
    """Raises ValueError, as which CloudFormation tells why a resource failed."""
    if service not in trusted:
        raise ValueError(f"You must enable trusted access of {service} to the organization before {what}.")


def _enable(payload: dict[str, Any]) -> Answer:
    service = payload.get("ServicePrincipal", "")
    if not service.endswith(".amazonaws.com"):
        return refusal("InvalidInputException", f"You specified an unrecognized service principal: {service!r}.")
    trusted.setdefault(service, time.time())
    return _answer({})


def _disable(payload: dict[str, Any]) -> Answer:
    trusted.pop(payload.get("ServicePrincipal", ""), None)
    return _answer({})


def _list(_payload: dict[str, Any]) -> Answer:
    shown = [{"ServicePrincipal": name, "DateEnabled": since} for name, since in sorted(trusted.items())]
    return _answer({"EnabledServicePrincipals": shown})


def _answer(body: dict[str, Any]) -> Answer:
    answer: Answer = org._json(200, body)
    return answer
