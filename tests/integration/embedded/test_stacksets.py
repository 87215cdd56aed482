"""A StackSet puts its template into every account and region that it names, and says which one failed."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import (
    AWAY,
    HOME,
    HUB,
    MANAGEMENT,
    MEMBER,
    NESTED,
    ORGANISATION,
    deploy,
    deployed,
    failure,
    hub_resources,
    member_resources,
    messages,
    policy,
    sign_in,
)

pytestmark = pytest.mark.embedded

EVERYBODY = [HUB, MEMBER, NESTED]
BOTH = [HOME, AWAY]


def stack_set(resources: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A service-managed set over the whole organisation and two regions, of a template with one parameter."""
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": resources or {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Name"}}}},
    }
    group = {"DeploymentTargets": {"OrganizationalUnitIds": [ORGANISATION.root_id]}, "Regions": BOTH}
    return {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {
            "StackSetName": "watch",
            "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
            "Capabilities": ["CAPABILITY_IAM"],
            "OperationPreferences": {"FailureTolerancePercentage": 100, "RegionConcurrencyType": "PARALLEL"},
            "ManagedExecution": {"Active": True},
            "Parameters": [{"ParameterKey": "Name", "ParameterValue": "watched"}],
            "StackInstancesGroup": [group],
            "TemplateBody": json.dumps(template),
            **properties,
        },
    }


def places(aws: EmbeddedAws, queue: str = "watched") -> set[tuple[str, str]]:
    """Where the stack set's queue stands."""
    return {
        (account, region)
        for account in [MANAGEMENT, *EVERYBODY]
        for region in BOTH
        if any(
            url.endswith(f"/{queue}") for url in aws.client("sqs", account, region).list_queues().get("QueueUrls", [])
        )
    }


def everywhere(accounts: list[str]) -> set[tuple[str, str]]:
    return {(account, region) for account in accounts for region in BOTH}


def test_it_lands_in_every_account_and_region_but_the_management_accounts(org: EmbeddedAws) -> None:
    deployed(org, MANAGEMENT, HOME, "management", {"Set": stack_set()})
    assert places(org) == everywhere(EVERYBODY)


def test_it_reaches_the_accounts_below_a_unit_at_any_depth(org: EmbeddedAws) -> None:
    target = {"OrganizationalUnitIds": [ORGANISATION.unit_id("Workloads")]}
    group = {"DeploymentTargets": target, "Regions": BOTH}
    deployed(org, MANAGEMENT, HOME, "management", {"Set": stack_set(StackInstancesGroup=[group])})
    assert places(org) == everywhere([MEMBER, NESTED])


def self_managed() -> dict[str, Any]:
    group = {"DeploymentTargets": {"Accounts": [MANAGEMENT, MEMBER]}, "Regions": [AWAY]}
    return stack_set(PermissionModel="SELF_MANAGED", StackInstancesGroup=[group])


def trusted_role(aws: EmbeddedAws, account: str, name: str, principal: dict[str, str]) -> None:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    aws.client("iam", account, HOME).create_role(RoleName=name, AssumeRolePolicyDocument=document)


def test_a_self_managed_set_reaches_the_accounts_it_names(org: EmbeddedAws) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    trusted_role(org, MANAGEMENT, "AWSCloudFormationStackSetAdministrationRole", service)
    for account in (MANAGEMENT, MEMBER):
        trusted_role(org, account, "AWSCloudFormationStackSetExecutionRole", {"AWS": MANAGEMENT})
    deployed(org, MANAGEMENT, HOME, "management", {"Set": self_managed()})
    assert places(org) == {(MANAGEMENT, AWAY), (MEMBER, AWAY)}


def test_a_self_managed_set_fails_where_its_role_is_missing(org: EmbeddedAws) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    trusted_role(org, MANAGEMENT, "AWSCloudFormationStackSetAdministrationRole", service)
    trusted_role(org, MANAGEMENT, "AWSCloudFormationStackSetExecutionRole", {"AWS": MANAGEMENT})
    assert deploy(org, MANAGEMENT, HOME, "management", {"Set": self_managed()}) == "ROLLBACK_COMPLETE"
    complaint = f"Account {MEMBER} should have 'AWSCloudFormationStackSetExecutionRole' role"
    assert complaint in failure(org, MANAGEMENT, HOME, "management")
    assert places(org) == set()


def test_an_update_adds_changes_and_takes_away(org: EmbeddedAws) -> None:
    first = {"DeploymentTargets": {"OrganizationalUnitIds": [ORGANISATION.root_id]}, "Regions": [HOME]}
    deployed(org, MANAGEMENT, HOME, "management", {"Set": stack_set(StackInstancesGroup=[first])})
    then: dict[str, Any] = {
        "StackInstancesGroup": [{**first, "Regions": [AWAY]}],
        "Parameters": [{"ParameterKey": "Name", "ParameterValue": "renamed"}],
    }
    deployed(org, MANAGEMENT, HOME, "management", {"Set": stack_set(**then)})
    assert places(org) == set()
    assert places(org, "renamed") == {(account, AWAY) for account in EVERYBODY}


def test_deleting_its_stack_deletes_every_instance(org: EmbeddedAws) -> None:
    deployed(org, MANAGEMENT, HOME, "management", {"Set": stack_set()})
    org.client("cloudformation", MANAGEMENT, HOME).delete_stack(StackName="management")
    assert places(org) == set()


def test_a_failure_names_account_region_and_reason_and_leaves_nothing(org: EmbeddedAws) -> None:
    org.client("sqs", MEMBER, AWAY).create_queue(QueueName="watched")
    taken = {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "before"}},
        "Policy": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": "absent",
                "StatementId": "x",
                "Action": "events:PutEvents",
                "Principal": "*",
            },
        },
    }
    assert deploy(org, MANAGEMENT, HOME, "management", {"Set": stack_set(taken)}) == "ROLLBACK_COMPLETE"
    assert f"Account {HUB}, region {HOME}: " in failure(org, MANAGEMENT, HOME, "management")
    assert "Event bus absent does not exist." in failure(org, MANAGEMENT, HOME, "management")
    assert places(org, "before") == set()


def test_a_member_account_cannot_deploy_one(org: EmbeddedAws) -> None:
    assert deploy(org, MEMBER, HOME, "own", {"Set": stack_set()}) == "ROLLBACK_COMPLETE"
    assert "management account or a delegated administrator" in failure(org, MEMBER, HOME, "own")


def test_a_set_of_forwarding_rules_brings_root_use_from_everywhere_to_the_hub(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy()))
    deployed(org, MANAGEMENT, HOME, "management", {"Set": stack_set(member_resources())})
    for account, region in sorted(everywhere(EVERYBODY)):
        org.emit(account, region, sign_in(account))
    heard = {(event["account"], event["region"]) for event in messages(org)}
    assert heard == everywhere(EVERYBODY)
    assert org.dropped() == []


def test_a_type_that_nobody_knows_still_refuses_the_stack(aws: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        deploy(aws, HUB, HOME, "odd", {"Odd": {"Type": "AWS::No::Such", "Properties": {}}})
