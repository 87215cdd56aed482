"""Who did something, as people say it: ``ana`` of a session's ARN, ``AWS Organizations`` of a service event.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import re
from typing import Final

from rootwatch.core.network import names_aws
from rootwatch.core.record import Identity

STACK_SETS: Final = "StackSets"
_SERVICES: Final = {
    "organizations.amazonaws.com": "AWS Organizations",
    "cloudformation.amazonaws.com": "CloudFormation",
}
# The roles by which StackSets act in members, and which only an organisation's StackSets are given.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html
_STACK_SETS_ROLE: Final = re.compile(
    r":(assumed-)?role/(stacksets-exec-[0-9a-f]+|AWSServiceRoleForCloudFormationStackSets)"
)


def full(identity: Identity | None) -> str | None:
    """The principal's ARN, else the service that acted; None if the record names nobody."""
    return (identity.arn or identity.invoked_by) if identity else None


def name(identity: Identity | None, address: str | None) -> str:
    """A short name that begins a sentence."""
    if identity is None:
        return _service(address) or "somebody"
    if cause(identity, address) == STACK_SETS:
        return STACK_SETS
    _, _, last = (identity.arn or "").partition("/")
    found = identity.user_name if identity.type == "IAMUser" else last.rpartition("/")[2]
    if found:
        return found
    account = f"account {identity.account}" if identity.account else "somebody"
    return _service(identity.invoked_by) or identity.user_name or account


def through(identity: Identity | None) -> str | None:
    """The AWS service that made the call for a principal; None where the service itself is all that is named."""
    if identity is None or "/" not in (identity.arn or "") or not names_aws(identity.invoked_by):
        return None
    return None if _STACK_SETS_ROLE.search(identity.arn or "") else identity.invoked_by


def by_cloudformation(identity: Identity | None, address: str | None) -> bool:
    """Whether CloudFormation made the call, for whomever: AWS writes both, and the caller neither."""
    return "cloudformation.amazonaws.com" in ((identity.invoked_by if identity else None), address)


def cause(identity: Identity | None, address: str | None) -> str:
    """What repeats fold by: the principal. Where a service acts with a role, the role: it names its sessions at random.
    Where the organisation's StackSets act, these, whatever the account: one broken hub is one cause, not thousands."""
    if identity is None:
        return address or ""
    by_service = names_aws(identity.invoked_by) or names_aws(address)
    if by_service and _STACK_SETS_ROLE.search(identity.arn or ""):
        return STACK_SETS
    return (identity.issuer_arn if by_service else None) or full(identity) or identity.account or ""


def _service(principal: str | None) -> str | None:
    return _SERVICES.get(principal or "", principal) if names_aws(principal) else None
