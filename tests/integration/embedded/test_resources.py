"""The resource types that ministack lacks exist, with the effect that our stacks need."""

import json

import pytest

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import HOME, HUB, deployed, hub_resources, policy

pytestmark = pytest.mark.embedded


def test_a_bus_policy_comes_and_changes_and_goes_with_its_stack(aws: EmbeddedAws) -> None:
    events = aws.client("events", HUB, HOME)
    deployed(aws, HUB, HOME, "hub", hub_resources(Policy=policy()))
    (statement,) = json.loads(events.describe_event_bus(Name="rootwatch")["Policy"])["Statement"]
    assert statement["Sid"] == "organisation"
    assert statement["Condition"]["Bool"] == {"events:eventBusInvocation": "true"}
    deployed(aws, HUB, HOME, "hub", hub_resources(Policy=policy({"Bool": {"events:eventBusInvocation": "false"}})))
    (statement,) = json.loads(events.describe_event_bus(Name="rootwatch")["Policy"])["Statement"]
    assert statement["Condition"] == {"Bool": {"events:eventBusInvocation": "false"}}
    deployed(aws, HUB, HOME, "hub", hub_resources())
    assert "Policy" not in events.describe_event_bus(Name="rootwatch")


def test_a_bus_policy_in_the_older_words_makes_the_same_statement(aws: EmbeddedAws) -> None:
    older = {
        "Type": "AWS::Events::EventBusPolicy",
        "Properties": {
            "EventBusName": {"Ref": "Bus"},
            "StatementId": "older",
            "Action": "events:PutEvents",
            "Principal": "*",
            "Condition": {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-exampleorgid"},
        },
    }
    deployed(aws, HUB, HOME, "hub", hub_resources(Policy=older))
    shown = aws.client("events", HUB, HOME).describe_event_bus(Name="rootwatch")
    (statement,) = json.loads(shown["Policy"])["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}


def test_a_trail_logs_and_stops_as_its_stack_says(aws: EmbeddedAws) -> None:
    trail = {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            "TrailName": "organisation",
            "S3BucketName": "example-logs",
            "IsLogging": True,
            "IsMultiRegionTrail": True,
            "IsOrganizationTrail": True,
            "EnableLogFileValidation": True,
        },
    }
    cloudtrail = aws.client("cloudtrail", HUB, HOME)
    deployed(aws, HUB, HOME, "trail", {"Trail": trail})
    (shown,) = cloudtrail.describe_trails()["trailList"]
    assert (shown["IsMultiRegionTrail"], shown["IsOrganizationTrail"], shown["LogFileValidationEnabled"]) == (True,) * 3
    assert cloudtrail.get_trail_status(Name="organisation")["IsLogging"] is True
    stopped = {**trail, "Properties": {**trail["Properties"], "IsLogging": False}}  # type: ignore[dict-item] # literal
    deployed(aws, HUB, HOME, "trail", {"Trail": stopped})
    assert cloudtrail.get_trail_status(Name="organisation")["IsLogging"] is False
    aws.client("cloudformation", HUB, HOME).delete_stack(StackName="trail")
    assert cloudtrail.describe_trails()["trailList"] == []


@pytest.mark.parametrize("kind", ["AWS::SecretsManager::ResourcePolicy", "AWS::Logs::QueryDefinition"])
def test_a_type_without_effect_is_kept_in_its_stack(aws: EmbeddedAws, kind: str) -> None:
    deployed(aws, HUB, HOME, "kept", {"Kept": {"Type": kind, "Properties": {"Name": "example"}}})
    shown = aws.client("cloudformation", HUB, HOME).describe_stack_resources(StackName="kept")["StackResources"]
    assert [resource["ResourceType"] for resource in shown] == [kind]


def test_a_condition_knows_account_region_and_partition(aws: EmbeddedAws) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {}}
    template = {
        "Conditions": {
            "Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, HOME]},
            "Ours": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, HUB]},
            "China": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]},
        },
        "Resources": {name: {**queue, "Condition": name} for name in ("Here", "Ours", "China")},
    }
    cloudformation = aws.client("cloudformation", HUB, HOME)
    cloudformation.create_stack(StackName="conditions", TemplateBody=json.dumps(template))
    made = cloudformation.describe_stack_resources(StackName="conditions")["StackResources"]
    assert {resource["LogicalResourceId"] for resource in made} == {"Here", "Ours"}
