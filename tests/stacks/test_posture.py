"""What posture may do in other accounts, and who may take its role there."""

import json
from collections.abc import Mapping
from typing import Any

from stacks import member, names
from tests.stacks.test_coverage import role

Templates = Mapping[str, dict[str, Any]]


def statements(template: dict[str, Any], beginning: str) -> list[dict[str, Any]]:
    """The statements of a function's own policy."""
    [policy] = [
        one["Properties"]["PolicyDocument"]["Statement"]
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::IAM::Policy" and name.startswith(f"{beginning}RoleDefaultPolicy")
    ]
    return list(policy)


def test_the_reader_trusts_the_hub_s_posture_and_nobody_else(member_template: dict[str, Any]) -> None:
    found = role(member_template, names.POSTURE_READER_ROLE)
    assert (found["Condition"], found["Properties"]["Path"]) == ("IsHomeRegion", "/rootwatch/")
    [statement] = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    [(operator, condition)] = statement["Condition"].items()
    assert (operator, list(condition)) == ("ArnEquals", ["aws:PrincipalArn"])
    assert json.dumps(condition).endswith(':role/rootwatch/rootwatch-posture"]]}}')


def test_the_reader_reads_and_can_change_nothing(member_template: dict[str, Any]) -> None:
    [policy] = role(member_template, names.POSTURE_READER_ROLE)["Properties"]["Policies"]
    actions = [
        action
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]
    assert sorted(actions) == [
        "account:GetAlternateContact",
        "iam:GenerateCredentialReport",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:ListAccountAliases",
        "iam:ListOrganizationsFeatures",
        "iam:ListVirtualMFADevices",
    ]


def test_the_roles_of_coverage_and_posture_do_not_do_each_other_s_work(delegated: Templates) -> None:
    hub = delegated["rootwatch-hub"]
    assert names.POSTURE_READER_ROLE not in json.dumps(statements(hub, "Coverage"))
    of_posture = json.dumps(statements(hub, "Posture"))
    assert names.POSTURE_READER_ROLE in of_posture
    assert names.AUDIT_ROLE not in of_posture


def test_posture_reaches_no_channel_and_no_secret(delegated: Templates) -> None:
    said = json.dumps(statements(delegated["rootwatch-hub"], "Posture"))
    assert "sns:" not in said
    assert "secretsmanager:" not in said


def test_nobody_acts_as_root_unless_the_settings_say_so_and_then_by_the_task_that_looks(
    delegated: Templates, in_management: Templates
) -> None:
    assert "sts:AssumeRoot" not in json.dumps(delegated)
    [statement] = [
        one for one in statements(in_management["rootwatch-hub"], "Posture") if one["Action"] == "sts:AssumeRoot"
    ]
    assert statement["Condition"]["StringEquals"] == {"aws:ResourceOrgID": "o-exampleorgid"}
    assert "root-task/IAMAuditRootUserCredentials" in json.dumps(statement["Condition"]["ArnEquals"])


def test_the_member_s_template_has_room_left() -> None:
    assert len(member.template().encode()) < 40_000
