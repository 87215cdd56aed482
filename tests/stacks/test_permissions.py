"""Every statement of every policy names its actions and its resources, or is excused here with a reason."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

Templates = Mapping[str, dict[str, Any]]

# Actions with a star in them, and why.
WILD_ACTIONS = {
    "kms:*": "the account's own statement in a key's policy, without which nobody could ever change the key",
    "kms:GenerateDataKey*": "GenerateDataKey and GenerateDataKeyWithoutPlaintext, as SNS's own page has it",
}
# What a service may do for whomever, and why.
UNCONDITIONAL = {
    "CloudTrailDecrypts": "CloudTrail's own page gives the statement for buckets with a bucket key without a condition",
}
# Actions on the resource "*", and why.
ALL_RESOURCES = {
    "kms:*": "in a key's policy the star is the key",
    "kms:Decrypt": "in a key's policy the star is the key",
    "kms:DescribeKey": "in a key's policy the star is the key",
    "kms:GenerateDataKey*": "in a key's policy the star is the key",
    "cloudtrail:DescribeTrails": "the service knows no resource for it",
    "cloudtrail:GetEventSelectors": "whichever trail is the organisation's: the role stands in its account alone",
    "cloudtrail:GetTrailStatus": "whichever trail is the organisation's: the role stands in its account alone",
    "cloudwatch:GetMetricData": "the service knows no resource for it",
    "iam:GenerateCredentialReport": "the service knows no resource for it",
    "iam:GetAccountSummary": "the service knows no resource for it",
    "iam:GetCredentialReport": "the service knows no resource for it",
    "iam:ListAccountAliases": "the service knows no resource for it",
    "iam:ListOrganizationsFeatures": "the service knows no resource for it",
    "iam:ListVirtualMFADevices": "the service knows no resource for it",
    "organizations:ListAccounts": "the service knows no resource for it",
    "cloudformation:ValidateTemplate": "the service knows no resource for it",
    "cloudformation:DescribeStackDriftDetectionStatus": "the service knows no resource for it",
}


def statements(node: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy statement below a template's node, with the path that leads to it."""
    if isinstance(node, dict):
        if "Effect" in node and ("Action" in node or "NotAction" in node):
            yield path, node
        for key, value in node.items():
            yield from statements(value, f"{path}/{key}")
    elif isinstance(node, list):
        for item in node:
            yield from statements(item, path)


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="session")
def allowed(
    delegated: Templates, in_management: Templates, foreign: Templates, member_template: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Every statement that allows something, of every stack, wherever hub and log files are."""
    every = [dict(delegated), dict(in_management), dict(foreign), member_template]
    found = [statement for templates in every for statement in statements(templates)]
    assert len(found) > 100
    return [(path, statement) for path, statement in found if statement["Effect"] == "Allow"]


def test_no_action_is_wild(allowed: list[tuple[str, dict[str, Any]]]) -> None:
    for path, statement in allowed:
        assert "NotAction" not in statement, path
        for action in as_list(statement["Action"]):
            assert "*" not in action or action in WILD_ACTIONS, f"{path}: {action}"


def test_no_resource_is_wild_but_where_the_service_forces_it(allowed: list[tuple[str, dict[str, Any]]]) -> None:
    for path, statement in allowed:
        assert "NotResource" not in statement, path
        if "*" in as_list(statement.get("Resource")):
            for action in as_list(statement["Action"]):
                assert action in ALL_RESOURCES, f"{path}: {action}"
                assert not action.startswith("kms:") or "KeyPolicy" in path, path


def test_everybody_is_admitted_nowhere_but_on_the_bus_and_there_under_conditions(
    allowed: list[tuple[str, dict[str, Any]]],
) -> None:
    open_to_all = [
        statement for _, statement in allowed if "*" in as_list(statement.get("Principal", {})) + principals(statement)
    ]
    assert {as_list(statement["Action"])[0] for statement in open_to_all} == {"events:PutEvents"}
    for statement in open_to_all:
        keys = {key for condition in statement["Condition"].values() for key in condition}
        assert keys == {"aws:PrincipalOrgID", "events:eventBusInvocation", "aws:PrincipalArn"}


def principals(statement: dict[str, Any]) -> list[Any]:
    principal = statement.get("Principal")
    return as_list(principal.get("AWS")) if isinstance(principal, dict) else []


def test_a_service_other_than_lambda_acts_for_this_account_or_this_rule_alone(
    allowed: list[tuple[str, dict[str, Any]]],
) -> None:
    for path, statement in allowed:
        principal = statement.get("Principal")
        if isinstance(principal, dict) and principal.get("Service", "lambda.amazonaws.com") != "lambda.amazonaws.com":
            keys = {key for condition in statement.get("Condition", {}).values() for key in condition}
            assert keys & {"aws:SourceAccount", "aws:SourceArn"} or statement.get("Sid") in UNCONDITIONAL, path


def test_no_managed_policy_is_attached(
    delegated: Templates, in_management: Templates, member_template: dict[str, Any]
) -> None:
    for template in (*delegated.values(), *in_management.values(), member_template):
        for resource in template["Resources"].values():
            assert "ManagedPolicyArns" not in resource["Properties"]


def test_every_role_but_the_execution_role_lies_under_the_path_of_the_watch(
    delegated: Templates, foreign: Templates, member_template: dict[str, Any]
) -> None:
    for template in (*delegated.values(), *foreign.values(), member_template):
        for name, resource in template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role" and "ExecutionRole" not in name:
                assert resource["Properties"]["Path"] == "/rootwatch/"


def role_actions(templates: Templates, role: str) -> dict[str, list[Any]]:
    """What a role of the hub may do: each action with the resources it may do it on."""
    (policy,) = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for resource in templates["rootwatch-hub"]["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy" and resource["Properties"]["Roles"][0]["Ref"].startswith(role)
    ]
    actions: dict[str, list[Any]] = {}
    for statement in policy:
        for action in as_list(statement["Action"]):
            actions.setdefault(action, []).extend(as_list(statement["Resource"]))
    return actions


COMMON = {
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "kms:Decrypt",
    "kms:GenerateDataKey*",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "sns:Publish",
}


def test_the_monitor_may_do_what_its_code_does_and_no_more(delegated: Templates) -> None:
    assert role_actions(delegated, "MonitorRole").keys() == COMMON | {
        "organizations:DescribeAccount",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListParents",
        "organizations:ListTagsForResource",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    }


def test_the_backstop_may_do_what_the_monitor_may_and_read_log_files_where_they_are(
    delegated: Templates, foreign: Templates
) -> None:
    own, elsewhere = role_actions(delegated, "BackstopRole"), role_actions(foreign, "BackstopRole")
    assert own.keys() == role_actions(delegated, "MonitorRole").keys() | {"s3:GetObject", "s3:GetObjectVersion"}
    assert elsewhere.keys() == role_actions(foreign, "MonitorRole").keys() | {"sts:AssumeRole"}
    assert len(own["kms:Decrypt"]) == 2  # the topic's key and the trail's
    reader = ":iam::777788889999:role/rootwatch/rootwatch-log-reader"
    assert elsewhere["sts:AssumeRole"] == [{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, reader]]}]


def test_the_sweep_alone_queries_the_index_of_what_is_due(delegated: Templates) -> None:
    directory = {
        "organizations:DescribeAccount",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListParents",
        "organizations:ListTagsForResource",
    }
    # It tells of a lost fast path, and names the account.
    assert role_actions(delegated, "SweepRole").keys() == COMMON | directory | {"dynamodb:DeleteItem"}
    assert len(role_actions(delegated, "SweepRole")["dynamodb:Query"]) == 2
    assert len(role_actions(delegated, "MonitorRole")["dynamodb:Query"]) == 1


def test_the_slow_pass_reads_the_directory_and_sends_nothing(delegated: Templates) -> None:
    assert role_actions(delegated, "TagsRole").keys() == {
        action for action in COMMON if not action.startswith(("kms:", "secretsmanager:", "sns:"))
    } | {
        "organizations:DescribeAccount",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListAccounts",
        "organizations:ListParents",
        "organizations:ListTagsForResource",
    }


def test_without_a_channel_there_is_no_secret_to_read(in_management: Templates) -> None:
    assert "secretsmanager:GetSecretValue" not in role_actions(in_management, "MonitorRole")
