"""The StackSets that bring the member's template to every account and Region."""

from aws_cdk import Aws, CfnStackSet
from aws_cdk import aws_iam as iam
from constructs import Construct

from rootwatch.core.regions import ALWAYS_ENABLED, partition_of
from rootwatch.core.settings import Settings
from stacks import member, names
from stacks.accepted import accept_wide

MEMBERS = "rootwatch-members"
HUB_MEMBER = "rootwatch-hub-member"
MANAGEMENT_MEMBER = "rootwatch-management-member"

_STACK_ACTIONS = (
    "CancelUpdateStack", "ContinueUpdateRollback", "CreateChangeSet", "CreateStack", "DeleteChangeSet", "DeleteStack",
    "DescribeChangeSet", "DescribeStackEvents", "DescribeStackResource", "DescribeStackResourceDrifts",
    "DescribeStackResources", "DescribeStacks", "DetectStackDrift", "DetectStackResourceDrift", "ExecuteChangeSet",
    "GetStackPolicy", "GetTemplate", "GetTemplateSummary", "ListStackResources", "RollbackStack", "SetStackPolicy",
    "TagResource", "UntagResource", "UpdateStack", "UpdateTerminationProtection",
)  # fmt: skip
# These two know no resource.
_TEMPLATE_ACTIONS = ("DescribeStackDriftDetectionStatus", "ValidateTemplate")
_RULE_ACTIONS = (
    "DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "ListTagsForResource", "ListTargetsByRule", "PutRule",
    "PutTargets", "RemoveTargets", "TagResource", "UntagResource",
)  # fmt: skip
_ROLE_ACTIONS = (
    "CreateRole", "DeleteRole", "DeleteRolePolicy", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies",
    "ListRolePolicies", "PutRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole",
    "UpdateRoleDescription",
)  # fmt: skip


class MembersStackSet(Construct):
    """Every account of the organisational units, those to come included; StackSets leave out the management account.

    Needs trusted access of CloudFormation StackSets to the organisation.
    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "Members")
        _service_managed(
            self,
            settings,
            name=MEMBERS,
            where="every account but the management account",
            targets=CfnStackSet.DeploymentTargetsProperty(organizational_unit_ids=list(settings.organizational_units)),
            later_accounts=True,
        )


class HubMemberStackSet(Construct):
    """The hub's own account, where none of the organisational units holds it.

    A StackSet of its own: one that takes in later accounts would take in those of this unit too.
    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/account-level-targets.html
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "HubMember")
        _service_managed(
            self,
            settings,
            name=HUB_MEMBER,
            where="the hub's own account",
            targets=CfnStackSet.DeploymentTargetsProperty(
                organizational_unit_ids=[settings.hub_unit],
                accounts=[settings.hub_account],
                account_filter_type="INTERSECTION",
            ),
            later_accounts=False,
        )


def _service_managed(
    scope: Construct,
    settings: Settings,
    *,
    name: str,
    where: str,
    targets: CfnStackSet.DeploymentTargetsProperty,
    later_accounts: bool,
) -> None:
    CfnStackSet(
        scope,
        "StackSet",
        stack_set_name=name,
        description=f"rootwatch: the member's rules in {where}.",
        permission_model="SERVICE_MANAGED",
        call_as="SELF",
        auto_deployment=CfnStackSet.AutoDeploymentProperty(
            enabled=later_accounts, retain_stacks_on_account_removal=False if later_accounts else None
        ),
        capabilities=["CAPABILITY_NAMED_IAM"],
        managed_execution={"Active": True},
        operation_preferences=_one_failure_stops_no_other(),
        parameters=_parameters(settings),
        stack_instances_group=[
            CfnStackSet.StackInstancesProperty(deployment_targets=targets, regions=list(settings.regions))
        ],
        template_body=member.template(),
    )


class ManagementMemberStackSet(Construct):
    """The management account, whose root is the most dangerous: it needs a StackSet with roles of its own.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "ManagementMember")
        administration = self._administration_role(settings)
        execution = self._execution_role(administration)
        administration.add_to_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[_execution_role_arn()]))
        stack_set = CfnStackSet(
            self,
            "StackSet",
            stack_set_name=MANAGEMENT_MEMBER,
            description="rootwatch: the member's rules in the management account.",
            permission_model="SELF_MANAGED",
            call_as="SELF",
            administration_role_arn=administration.role_arn,
            execution_role_name=execution.role_name,
            capabilities=["CAPABILITY_NAMED_IAM"],
            managed_execution={"Active": True},
            operation_preferences=_one_failure_stops_no_other(),
            parameters=_parameters(settings),
            stack_instances_group=[
                CfnStackSet.StackInstancesProperty(
                    deployment_targets=CfnStackSet.DeploymentTargetsProperty(accounts=[settings.management_account]),
                    regions=list(settings.regions),
                )
            ],
            template_body=member.template(),
        )
        # The policies are needed until the last instance is gone.
        stack_set.node.add_dependency(administration, execution)

    def _administration_role(self, settings: Settings) -> iam.Role:
        """In a Region that accounts must opt into, CloudFormation takes it under that Region's own name.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
        """
        for_this_stack_set = {
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": _arn("cloudformation", f"stackset/{MANAGEMENT_MEMBER}:*")},
        }
        services = [f"cloudformation{where}.amazonaws.com" for where in ("", *_opted_into(settings))]
        return iam.Role(
            self,
            "AdministrationRole",
            path=names.ROLE_PATH,
            description="Lets CloudFormation take the execution role of rootwatch in this account.",
            assumed_by=iam.CompositePrincipal(
                *(iam.ServicePrincipal(name, conditions=for_this_stack_set) for name in services)
            ),
        )

    def _execution_role(self, administration: iam.Role) -> iam.Role:
        role = iam.Role(
            self,
            "ExecutionRole",
            role_name=_EXECUTION_ROLE,
            description="Deploys the member's rules of rootwatch in this account, and nothing else.",
            assumed_by=iam.ArnPrincipal(administration.role_arn),
        )
        stacks = _arn("cloudformation", f"stack/StackSet-{MANAGEMENT_MEMBER}-*")
        forwarding_role = names.role_arn(Aws.ACCOUNT_ID, names.FORWARDING_ROLE)
        visited = [names.role_arn(Aws.ACCOUNT_ID, name) for name in names.VISITED_ROLES]
        for actions, resources in (
            ([f"cloudformation:{name}" for name in _STACK_ACTIONS], [stacks]),
            ([f"cloudformation:{name}" for name in _TEMPLATE_ACTIONS], ["*"]),
            ([f"events:{name}" for name in _RULE_ACTIONS], [_arn("events", "rule/rootwatch-*")]),
            ([f"iam:{name}" for name in _ROLE_ACTIONS], [forwarding_role, *visited]),
        ):
            role.add_to_policy(statement := iam.PolicyStatement(actions=actions, resources=resources))
            accept_wide(role, [statement])
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[forwarding_role],
                conditions={"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}},
            )
        )
        return role


# StackSets knows an execution role by its bare name, which leaves no room for a path.
_EXECUTION_ROLE = "rootwatch-management-member-execution"


def _opted_into(settings: Settings) -> list[str]:
    if partition_of(settings.hub_region) != "aws":
        return []  # the other partitions have no such Regions
    return [f".{region}" for region in sorted(set(settings.regions) - ALWAYS_ENABLED)]


def _execution_role_arn() -> str:
    return f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{_EXECUTION_ROLE}"


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:*:{Aws.ACCOUNT_ID}:{resource}"


def _parameters(settings: Settings) -> list[CfnStackSet.ParameterProperty]:
    values = {"HubBusArn": names.hub_bus_arn(settings), "HomeRegion": settings.hub_region}
    return [CfnStackSet.ParameterProperty(parameter_key=key, parameter_value=value) for key, value in values.items()]


def _one_failure_stops_no_other() -> CfnStackSet.OperationPreferencesProperty:
    """With a tolerance of 0, one Region that an account has not opted into stops all later ones."""
    return CfnStackSet.OperationPreferencesProperty(
        failure_tolerance_percentage=100,
        max_concurrent_percentage=100,
        region_concurrency_type="PARALLEL",
        concurrency_mode="SOFT_FAILURE_TOLERANCE",
    )
