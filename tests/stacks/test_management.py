"""The management stack puts every account and Region under watch, its own account included."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_cdk.assertions import Template

from stacks import member
from stacks.asset import ROOT, Asset

Templates = Mapping[str, dict[str, Any]]
# As the repository's own cdk.json has them: all that every account has.
REGIONS = json.loads((ROOT / "cdk.json").read_text())["context"]["rootwatch"]["regions"]


def stack_sets(templates: Templates) -> dict[str, dict[str, Any]]:
    found = [
        resource["Properties"]
        for resource in templates["rootwatch-management"]["Resources"].values()
        if resource["Type"] == "AWS::CloudFormation::StackSet"
    ]
    return {stack_set["StackSetName"]: stack_set for stack_set in found}


def test_a_policy_that_takes_all_power_from_root_waits_attached_to_nothing(management: Template) -> None:
    [policy] = management.find_resources("AWS::Organizations::Policy").values()
    assert policy["DeletionPolicy"] == "RetainExceptOnCreate"
    properties = policy["Properties"]
    assert properties["Type"] == "SERVICE_CONTROL_POLICY"
    assert properties["Name"] == "rootwatch-quarantine-root"
    assert "TargetIds" not in properties
    [statement] = properties["Content"]["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")
    assert statement["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:root"},
        "Null": {"aws:AssumedRoot": "true"},  # a colleague's privileged task still can take its password away
    }
    assert len(json.dumps(properties["Content"])) < 5_120


def test_every_account_of_the_units_is_deployed_to_and_every_new_one(management: Template) -> None:
    management.has_resource_properties(
        "AWS::CloudFormation::StackSet",
        {
            "StackSetName": "rootwatch-members",
            "PermissionModel": "SERVICE_MANAGED",
            "CallAs": "SELF",
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "StackInstancesGroup": [{"DeploymentTargets": {"OrganizationalUnitIds": ["r-a1b2"]}, "Regions": REGIONS}],
        },
    )


def test_the_management_account_which_stack_sets_leave_out_is_deployed_to_by_roles_of_our_own(
    management: Template,
) -> None:
    management.has_resource_properties(
        "AWS::CloudFormation::StackSet",
        {
            "StackSetName": "rootwatch-management-member",
            "PermissionModel": "SELF_MANAGED",
            "StackInstancesGroup": [{"DeploymentTargets": {"Accounts": ["111122223333"]}, "Regions": REGIONS}],
        },
    )


@pytest.mark.parametrize("name", ["rootwatch-members", "rootwatch-management-member"])
def test_one_failing_region_stops_no_other(delegated: Templates, name: str) -> None:
    stack_set = stack_sets(delegated)[name]
    assert stack_set["OperationPreferences"] == {
        "FailureTolerancePercentage": 100,
        "MaxConcurrentPercentage": 100,
        "RegionConcurrencyType": "PARALLEL",
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
    }
    assert stack_set["ManagedExecution"] == {"Active": True}
    assert stack_set["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


@pytest.mark.parametrize("name", ["rootwatch-members", "rootwatch-management-member"])
def test_both_stack_sets_carry_the_members_template_and_all_its_parameters(delegated: Templates, name: str) -> None:
    stack_set = stack_sets(delegated)[name]
    assert stack_set["TemplateBody"] == member.template()
    asked = json.loads(stack_set["TemplateBody"])["Parameters"].keys()
    given = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack_set["Parameters"]}
    assert given.keys() == asked
    assert given["HomeRegion"] == "us-east-1"


@pytest.mark.parametrize(("placement", "account"), [("delegated", "444455556666"), ("in_management", "111122223333")])
def test_members_forward_to_the_bus_of_the_hub_wherever_it_is(
    placement: str, account: str, request: pytest.FixtureRequest
) -> None:
    templates = request.getfixturevalue(placement)
    for stack_set in stack_sets(templates).values():
        (bus,) = [p["ParameterValue"] for p in stack_set["Parameters"] if p["ParameterKey"] == "HubBusArn"]
        assert bus == {
            "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":events:us-east-1:{account}:event-bus/rootwatch"]]
        }


def test_the_hub_is_deployed_before_the_first_member(delegated: Templates) -> None:
    # The order is the assembly's: a stack comes after those it depends on.
    assert list(delegated) == ["rootwatch-hub", "rootwatch-management"]


def test_the_roles_of_the_stack_set_stay_until_its_last_instance_is_gone(delegated: Templates) -> None:
    resources = delegated["rootwatch-management"]["Resources"]
    (stack_set,) = [
        resource
        for resource in resources.values()
        if resource["Properties"].get("StackSetName") == "rootwatch-management-member"
    ]
    kinds = sorted(resources[name]["Type"] for name in stack_set["DependsOn"])
    assert kinds == ["AWS::IAM::Policy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::Role"]


def administration_trust(templates: Templates) -> list[dict[str, Any]]:
    roles = [
        resource["Properties"]
        for resource in templates["rootwatch-management"]["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    ]
    (found,) = [role for role in roles if "execution role" in role["Description"]]
    statements: list[dict[str, Any]] = found["AssumeRolePolicyDocument"]["Statement"]
    return statements


def test_cloudformation_takes_the_administration_role_as_each_region_that_must_be_opted_into_too(
    synthesize: Callable[..., Templates], deploy_asset: Asset, delegated: Templates
) -> None:
    [statement] = administration_trust(delegated)
    assert statement["Principal"] == {"Service": "cloudformation.amazonaws.com"}
    opted_into = synthesize(deploy_asset, regions=[*REGIONS, "il-central-1", "ap-east-1"])
    # One statement: a role's trust has room for 2,048 characters.
    assert administration_trust(opted_into) == [
        {
            **statement,
            "Principal": {
                "Service": [
                    "cloudformation.amazonaws.com",
                    "cloudformation.ap-east-1.amazonaws.com",
                    "cloudformation.il-central-1.amazonaws.com",
                ]
            },
        }
    ]
