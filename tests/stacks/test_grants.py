"""What the functions may do is what their code does: no grant without a call, no call without a grant."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.stacks.placements import PLACEMENTS
from tests.support import aws_calls

Templates = Mapping[str, dict[str, Any]]

# The roles that our code acts in: by the beginning of their logical ids.
OF_CODE = ("Monitor", "Sweep", "Tags", "Backstop", "Coverage", "Posture", "Heartbeat", "AuditRole",
           "TrailReaderRole", "LogReader")  # fmt: skip
NOT_OF_CODE = ("Invoker", "ManagementMember", "Forwarding", "LogForwarding", "CanaryRole")

# What is granted though no line of ours calls it, and who does.
BY_OTHERS = {
    "kms:Decrypt": "SNS and S3, in our name, for what lies under a key",
    "kms:GenerateDataKey*": "SNS, in our name: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
    "logs:CreateLogStream": "Lambda: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",
    "logs:PutLogEvents": "Lambda, for the same",
    "sqs:ChangeMessageVisibility": "Lambda: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",
    "sqs:DeleteMessage": "Lambda, for the same",
    "sqs:ReceiveMessage": "Lambda, for the same",
}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def policies(template: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The roles' policies: the logical id of the role, the document."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield name, policy["PolicyDocument"]
        elif resource["Type"] == "AWS::IAM::Policy":
            for role in properties["Roles"]:
                yield role["Ref"], properties["PolicyDocument"]


def granted(templates: Mapping[str, Any]) -> dict[str, set[str]]:
    """Each action with the roles of our code that have it."""
    found: dict[str, set[str]] = {}
    for template in templates.values():
        for role, document in policies(template):
            if role.startswith(OF_CODE) and "Invoker" not in role:
                for statement in document["Statement"]:
                    for action in as_list(statement["Action"]):
                        found.setdefault(action, set()).add(role)
    return found


@pytest.fixture(scope="module")
def every_grant(request: pytest.FixtureRequest, member_template: dict[str, Any]) -> dict[str, set[str]]:
    """All that is granted to our code in any placement."""
    found = granted({"member": member_template})
    for placement in PLACEMENTS:
        for action, roles in granted(request.getfixturevalue(placement)).items():
            found.setdefault(action, set()).update(roles)
    return found


def test_no_action_is_granted_that_no_code_uses(every_grant: dict[str, set[str]]) -> None:
    used = aws_calls.actions().keys() | BY_OTHERS.keys()
    assert {action: roles for action, roles in every_grant.items() if action not in used} == {}


def test_no_call_is_made_that_is_not_granted(every_grant: dict[str, set[str]]) -> None:
    called = aws_calls.actions()
    assert len(called) > 15
    assert {call: modules for call, modules in called.items() if call not in every_grant} == {}


def test_no_excuse_outlives_its_grant(every_grant: dict[str, set[str]]) -> None:
    assert BY_OTHERS.keys() <= every_grant.keys()
    assert not BY_OTHERS.keys() & aws_calls.actions().keys()


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_every_role_is_known_as_one_of_code_or_of_a_service(placement: str, request: pytest.FixtureRequest) -> None:
    templates: Templates = request.getfixturevalue(placement)
    roles = [
        name
        for template in templates.values()
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    ]
    assert len(roles) > 10
    assert [name for name in roles if not name.startswith(OF_CODE + NOT_OF_CODE)] == []


def test_a_call_in_a_module_of_ours_would_be_seen() -> None:
    source = """
from mypy_boto3_s3 import S3Client
def f(client: S3Client) -> None:
    client.delete_object(Bucket="a", Key="b")
    client.get_paginator("list_objects_v2").paginate(Bucket="a")
    client.get_object(Bucket="a", Key="b", **{"VersionId": "c"})
    client.nothing()
"""
    assert set(aws_calls._in_module(ast.parse(source))) == {
        "s3:DeleteObject", "s3:ListObjectsV2", "s3:GetObject", "s3:GetObjectVersion",
    }  # fmt: skip
