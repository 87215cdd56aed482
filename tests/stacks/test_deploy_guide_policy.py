"""The service control policy of docs/deploy.md protects what members have of us, and stops none who must change it."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from stacks import member, names, stack_sets
from tests.support.guide import blocks

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"
[TEXT] = [block.body for block in blocks(GUIDE.read_text("utf-8")) if block.of == "protect-rootwatch.json"]
POLICY = json.loads(TEXT)
STATEMENTS = {statement["Sid"]: statement for statement in POLICY["Statement"]}
RESOURCES = json.loads(member.template())["Resources"].values()
STACKSETS = "arn:aws:iam::444455556666:role/stacksets-exec-0a1b2c3d"
ADMINISTRATOR = "arn:aws:iam::444455556666:role/Administrator"


def listed(value):
    return value if isinstance(value, list) else [value]


def denied(action, resource, principal=ADMINISTRATOR):
    """As IAM would have it: every statement denies, but for the principals that its condition leaves out."""
    return any(
        any(fnmatchcase(action, one) for one in listed(statement["Action"]))
        and any(fnmatchcase(resource, one) for one in listed(statement["Resource"]))
        and not fnmatchcase(
            principal, statement.get("Condition", {}).get("ArnNotLike", {}).get("aws:PrincipalArn", "nobody")
        )
        for statement in POLICY["Statement"]
    )


def of_the_member():
    """The ARN of each rule and role of the member's template."""
    for resource in RESOURCES:
        properties = resource["Properties"]
        if resource["Type"] == "AWS::Events::Rule":
            yield f"arn:aws:events:eu-central-1:444455556666:rule/{properties['Name']}"
        elif resource["Type"] == "AWS::IAM::Role":
            yield f"arn:aws:iam::444455556666:role{properties['Path']}{properties['RoleName']}"


@pytest.mark.parametrize("arn", list(of_the_member()))
def test_nobody_but_stacksets_changes_what_a_member_has(arn):
    actions = (
        ("events:DeleteRule", "events:DisableRule", "events:EnableRule", "events:PutRule", "events:RemoveTargets")
        if ":rule/" in arn
        else ("iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary")
    )
    for action in actions:
        assert denied(action, arn)
        assert not denied(action, arn, STACKSETS)


def test_the_stacks_of_the_stack_sets_are_protected():
    for name in (stack_sets.MEMBERS, stack_sets.HUB_MEMBER):
        stack = f"arn:aws:cloudformation:us-east-1:444455556666:stack/StackSet-{name}-0a1b/0a1b"
        assert denied("cloudformation:DeleteStack", stack)
        assert not denied("cloudformation:DeleteStack", stack, STACKSETS)


def test_nobody_can_make_a_role_that_is_exempt():
    assert denied("iam:CreateRole", "arn:aws:iam::444455556666:role/stacksets-exec-mine")
    assert denied("iam:UpdateAssumeRolePolicy", "arn:aws:iam::444455556666:role/stacksets-exec-0a1b2c3d")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("events:PutRule", f"rule/{names.BUS}/{names.QUEUE}"),
        ("events:PutRule", f"rule/{names.LOG_FILES}"),
        ("events:PutRule", f"rule/{names.LOG_FILES}-forwarding"),
        ("events:PutRule", "rule/of-somebody-else"),
    ],
)
def test_the_hub_and_the_log_archive_go_on_to_deploy_their_rules(action, resource):
    assert not denied(action, f"arn:aws:events:us-east-1:444455556666:{resource}")


@pytest.mark.parametrize("name", [names.COVERAGE_ROLE, names.BACKSTOP_ROLE, names.LOG_READER_ROLE])
def test_the_hub_and_the_log_archive_go_on_to_deploy_their_roles(name):
    assert not denied("iam:CreateRole", f"arn:aws:iam::444455556666:role{names.ROLE_PATH}{name}")


def test_it_is_as_short_as_a_policy_must_be():
    """Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
    assert len(TEXT) <= 5_120
    assert set(STATEMENTS) == {"RulesOfRootwatch", "RolesOfRootwatch", "StacksOfRootwatch", "StayInTheOrganisation"}
