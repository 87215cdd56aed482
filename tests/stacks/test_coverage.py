"""What coverage may do in other accounts, who may take its roles there, and the manifest of what is deployed."""

import json
from collections.abc import Mapping
from typing import Any

import ministack.services.eventbridge as eventbridge
import pytest

from rootwatch.core.comparison import from_json
from stacks import member, names, patterns
from stacks.context import read_settings
from stacks.manifest import manifest
from tests.unit.core.test_canary import canary

Templates = Mapping[str, dict[str, Any]]


def role(template: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [
        resource
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role" and resource["Properties"].get("RoleName") == name
    ]
    return found


def text(value: object) -> str:
    return json.dumps(value)


@pytest.mark.parametrize("name", [names.CANARY_ROLE, names.AUDIT_ROLE])
def test_the_roles_of_coverage_trust_the_hub_s_coverage_and_nobody_else(
    member_template: dict[str, Any], name: str
) -> None:
    found = role(member_template, name)
    assert found["Condition"] == "IsHomeRegion"
    assert found["Properties"]["Path"] == "/rootwatch/"
    [statement] = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    [(operator, condition)] = statement["Condition"].items()
    assert (operator, list(condition)) == ("ArnEquals", ["aws:PrincipalArn"])
    assert ":role/rootwatch/rootwatch-coverage" in text(condition)


def test_the_canary_s_role_may_do_nothing(member_template: dict[str, Any]) -> None:
    properties = role(member_template, names.CANARY_ROLE)["Properties"]
    assert not {"Policies", "ManagedPolicyArns"} & properties.keys()


def test_the_audit_s_role_reads_our_rules_alone(member_template: dict[str, Any]) -> None:
    [policy] = role(member_template, names.AUDIT_ROLE)["Properties"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["events:DescribeRule", "events:ListTargetsByRule"]
    assert ":rule/rootwatch-*" in text(statement["Resource"])


def test_the_trail_s_reader_stands_in_the_management_account_alone(
    delegated: Templates, member_template: dict[str, Any]
) -> None:
    found = role(delegated["rootwatch-management"], names.TRAIL_READER_ROLE)
    assert ":role/rootwatch/rootwatch-coverage" in text(found["Properties"]["AssumeRolePolicyDocument"])
    assert names.TRAIL_READER_ROLE not in text(member_template)


def test_coverage_takes_its_roles_in_the_organisation_alone(delegated: Templates) -> None:
    policies = [one for one in delegated["rootwatch-hub"]["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]
    [own] = [one for one in policies if "rootwatch-canary" in text(one)]
    [visit] = [one for one in own["Properties"]["PolicyDocument"]["Statement"] if "rootwatch-canary" in text(one)]
    assert visit["Action"] == "sts:AssumeRole"
    assert visit["Condition"] == {"StringEquals": {"aws:ResourceOrgID": "o-exampleorgid"}}
    assert "role/rootwatch/rootwatch-canary" in text(visit["Resource"])


def test_the_heartbeat_may_read_and_nothing_else(foreign: Templates) -> None:
    policies = [one for one in foreign["rootwatch-hub"]["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]
    [own] = [one for one in policies if "cloudwatch:GetMetricData" in text(one)]
    actions = [one["Action"] for one in own["Properties"]["PolicyDocument"]["Statement"]]
    flat = {name for one in actions for name in (one if isinstance(one, list) else [one])}
    assert flat == {
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "secretsmanager:GetSecretValue",
        "cloudwatch:GetMetricData",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_the_manifest_is_what_the_member_s_template_deploys(
    context: dict[str, Any], member_template: dict[str, Any]
) -> None:
    told = from_json(manifest(read_settings(context)).to_json())
    rules = [one["Properties"] for one in member_template["Resources"].values() if one["Type"] == "AWS::Events::Rule"]
    assert {rule.name: (rule.pattern, rule.state) for rule in told.rules} == {
        rule["Name"]: (rule["EventPattern"], rule["State"]) for rule in rules
    }
    assert {rule.name for rule in told.rules} == set(member.RULES)
    for rule in told.rules:
        [target] = rule.targets
        assert target.arn == "arn:aws:events:us-east-1:444455556666:event-bus/rootwatch"
        assert target.role_arn == "arn:aws:iam::{account}:role/rootwatch/rootwatch-forwarding"


@pytest.mark.parametrize(
    ("changes", "through"),
    [
        ({}, True),
        ({"role": "role/rootwatch-canary"}, False),
        ({"role": "role/rootwatch/rootwatch-audit"}, False),
        ({"eventSource": "iam.amazonaws.com"}, False),
        ({"eventName": "GetSessionToken"}, False),
    ],
)
def test_the_rule_for_root_lets_canaries_through_and_nobody_else_s_calls(
    changes: dict[str, Any], through: bool
) -> None:
    body = dict(canary(**changes).body)
    event = {"Source": "aws.sts", "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(body)}
    assert eventbridge._matches_pattern(patterns.text(patterns.ROOT_USE), event) is through
    assert len(patterns.text(patterns.ROOT_USE)) < patterns.MAX_CHARACTERS


def test_the_manifest_knows_the_policies_of_the_members_roles(context: dict[str, Any]) -> None:
    told = from_json(manifest(read_settings(context)).to_json())
    roles = {role.name: role for role in told.roles}
    assert {"rootwatch-forwarding", "rootwatch-canary", "rootwatch-audit"} <= roles.keys()
    forwarding = roles["rootwatch-forwarding"]
    [statement] = forwarding.policies["forward"]["Statement"]
    assert statement["Resource"] == "arn:aws:events:us-east-1:444455556666:event-bus/rootwatch"
    assert forwarding.trust["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": "{account}"}}
    [trusted] = roles["rootwatch-audit"].trust["Statement"]
    assert trusted["Principal"] == {"AWS": "arn:aws:iam::444455556666:root"}
