"""The member's template fits into a StackSet and forwards in one hop, read-only records included."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from stacks import member, patterns
from stacks.member import MemberStack

ROLE_ARN = {
    "Fn::Join": [
        "",
        [
            "arn:",
            {"Ref": "AWS::Partition"},
            ":iam::",
            {"Ref": "AWS::AccountId"},
            ":role/rootwatch/rootwatch-forwarding",
        ],
    ]
}


def rules(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = [resource["Properties"] for resource in template["Resources"].values() if "::Rule" in resource["Type"]]
    return {rule["Name"]: rule for rule in found}


def test_it_fits_into_a_stack_set_and_needs_no_bootstrap_no_asset_no_transform(member_template: dict[str, Any]) -> None:
    assert len(member.template().encode()) < 51_200
    assert member_template.keys() == {"Description", "Parameters", "Conditions", "Resources"}
    assert member_template["Parameters"].keys() == {"HubBusArn", "HomeRegion"}
    assert {resource["Type"] for resource in member_template["Resources"].values()} == {
        "AWS::IAM::Role",
        "AWS::Events::Rule",
    }


def test_it_passes_cloudformations_own_rules(context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    app = App(context=context, analytics_reporting=False, outdir=str(tmp_path_factory.mktemp("cdk")))
    Template.from_stack(MemberStack(app)).resource_count_is("AWS::Events::Rule", 3)


def test_every_rule_forwards_read_only_records_to_the_hub_with_the_role_on_the_target(
    member_template: dict[str, Any],
) -> None:
    assert rules(member_template).keys() == {"rootwatch-root-use", "rootwatch-watch-events", "rootwatch-tampering"}
    for rule in rules(member_template).values():
        assert rule["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
        assert rule["Targets"] == [{"Id": "hub", "Arn": {"Ref": "HubBusArn"}, "RoleArn": ROLE_ARN}]
        assert "RoleArn" not in rule
        assert "EventBusName" not in rule


def test_the_rules_carry_the_patterns_that_the_tests_try(member_template: dict[str, Any]) -> None:
    assert rules(member_template)["rootwatch-root-use"]["EventPattern"] == patterns.ROOT_USE
    assert rules(member_template)["rootwatch-watch-events"]["EventPattern"] == patterns.WATCH_EVENTS
    assert rules(member_template)["rootwatch-tampering"]["EventPattern"] == patterns.TAMPERING


def test_the_role_is_made_in_the_home_region_alone_under_the_path_that_the_bus_admits(
    member_template: dict[str, Any],
) -> None:
    role = member_template["Resources"]["ForwardingRole"]
    assert member_template["Conditions"][role["Condition"]] == {
        "Fn::Equals": [{"Ref": "AWS::Region"}, {"Ref": "HomeRegion"}]
    }
    assert (role["Properties"]["Path"], role["Properties"]["RoleName"]) == ("/rootwatch/", "rootwatch-forwarding")


def test_the_role_serves_the_rules_of_its_account_and_reaches_the_hubs_bus_alone(
    member_template: dict[str, Any],
) -> None:
    role = member_template["Resources"]["ForwardingRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    (policy,) = role["Policies"]
    assert policy["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "events:PutEvents", "Resource": {"Ref": "HubBusArn"}}
    ]
    assert "ManagedPolicyArns" not in role
