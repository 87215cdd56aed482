"""CloudFormation StackSets: the accounts and regions that a set names, and whether it may deploy there.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from rootwatch_local.embedded.patches import organizations, trust
from rootwatch_local.embedded.patches.delegation import administrators
from rootwatch_local.embedded.patches.permissions import Request, allows

_SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"
_ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
_EXECUTION = "AWSCloudFormationStackSetExecutionRole"

Properties = Mapping[str, Any]


class Place(NamedTuple):
    """Where an instance of a stack set stands."""

    account: str
    region: str


def places(properties: Properties) -> Iterator[tuple[Place, list[Mapping[str, str]]]]:
    """Each place with the parameters that are its own.

    Raises:
        ValueError: the caller may not deploy the set, or not there.
    """
    managed = properties.get("PermissionModel") == "SERVICE_MANAGED"
    for group in properties.get("StackInstancesGroup") or []:
        targets = group["DeploymentTargets"]
        for account in _in_organisation(targets) if managed else _with_roles(properties, targets):
            for region in group["Regions"]:
                yield Place(account, region), group.get("ParameterOverrides") or []


def _in_organisation(targets: Properties) -> Iterable[str]:
    caller = get_account_id()
    management = organizations.management_of(caller)
    if management is None or (caller != management and _SERVICE not in administrators.get(caller, {})):
        raise ValueError("You must be the management account or a delegated administrator to deploy this stack set.")
    trust.must_be_trusted(trust.STACKSETS, "a stack set is deployed to it")
    units = targets["OrganizationalUnitIds"]
    below = {account for unit in units for account in organizations.accounts_below(management, unit)}
    # Service-managed stack sets never deploy to the management account, named or not.
    named = set(targets.get("Accounts") or []) - {management}
    filters = {"INTERSECTION": below & named, "DIFFERENCE": below - named, "UNION": below | named}
    return sorted(filters.get(targets.get("AccountFilterType", "NONE"), below))


def _with_roles(properties: Properties, targets: Properties) -> Iterable[str]:
    caller = get_account_id()
    administration = f"arn:aws:iam::{caller}:role/{_ADMINISTRATION}"
    administration = properties.get("AdministrationRoleARN") or administration
    stack_set = f"arn:aws:cloudformation:{get_region()}:{caller}:stackset/{properties['StackSetName']}:0"
    context = {"aws:sourceaccount": caller, "aws:sourcearn": stack_set}
    service = Request(action="sts:AssumeRole", service="cloudformation.amazonaws.com", context=context)
    if not _may_take(caller, administration.rpartition("/")[2], service):
        raise ValueError(f"CloudFormation cannot take the role {administration}.")
    named: list[str] = targets["Accounts"]
    execution = properties.get("ExecutionRoleName") or _EXECUTION
    principals = frozenset({caller, f"arn:aws:iam::{caller}:root", administration})
    request = Request(action="sts:AssumeRole", principals=principals, context={"aws:principalarn": administration})
    for account in named:
        if not _may_take(account, execution, request):
            raise ValueError(
                f"Account {account} should have '{execution}' role with trust relationship to Role '{administration}'."
            )
    return named


def _may_take(account: str, name: str, request: Request) -> bool:
    role = iam._roles.get_scoped(account, None, name)
    return role is not None and allows(role["AssumeRolePolicyDocument"], request)
