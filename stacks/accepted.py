"""Findings of cdk-nag's AwsSolutions rules that stand, each with its reason, beside the resource that has it.

``tests/stacks/test_nag.py`` fails on a finding that is not accepted, and on an acceptance that no finding needs.
Source: https://github.com/cdklabs/cdk-nag/blob/main/RULES.md
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

_WIDE = "AwsSolutions-IAM5"

# Why a statement is wide, by the action that makes it so.
_WHY_WIDE: Mapping[str, str] = {
    "cloudtrail:DescribeTrails": "CloudTrail knows no resource for DescribeTrails, and which trail is the "
    "organisation's is what the role is to find out; all three actions read.",
    "cloudwatch:GetMetricData": "CloudWatch knows no resource for GetMetricData; it reads figures alone.",
    "cloudformation:CreateStack": "The stacks of this one StackSet alone, in every Region of this one account: "
    "CloudFormation ends their names as it likes.",
    "cloudformation:ValidateTemplate": "CloudFormation knows no resource for these two; both read.",
    "events:PutRule": "Our own rules alone, by their prefix, in every Region of this one account.",
    "events:DescribeRule": "Our own rules alone, by their prefix, in every Region of this one account; both actions "
    "read.",
    "iam:GetCredentialReport": "IAM knows no resource for these; they read, but for the making of the report, which "
    "changes nothing.",
    "lambda:GetFunctionConfiguration": "Our own functions alone, by their prefix, in this one account and Region; it "
    "reads, and not their code.",
    "organizations:DescribeAccount": "Any account of this one organisation may be the one whose root is used.",
    "organizations:ListAccounts": "Organizations knows no resource for ListAccounts; it reads.",
    "organizations:ListParents": "Any unit of this one organisation may be on the way from that account to its root.",
    "s3:GetObject": "CloudTrail's log files below the trail's own prefix, whose names nobody knows beforehand; nothing "
    "else of the bucket.",
    "scheduler:GetSchedule": "Our own schedules alone, by their prefix, in this one account and Region; it reads.",
    "sqs:GetQueueUrl": "Our own queues alone, by their prefix, in this one account and Region; both actions read, and "
    "no message.",
    "sts:AssumeRole": "Roles of these names in any account, under the condition that the account is the "
    "organisation's (aws:ResourceOrgID): accounts come and go.",
    "sts:AssumeRoot": "Any account of the organisation may be without our role; the one task policy can only look.",
}
_WHY_WILD: Mapping[str, str] = {
    "kms:GenerateDataKey*": "GenerateDataKey and GenerateDataKeyWithoutPlaintext of one key, as SNS's own page has it: "
    "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
}


def accept(construct: IConstruct, findings: Mapping[str, str]) -> None:
    """Accepts findings of the construct and of all below it: each by its rule's id, with the reason."""
    for rule, reason in findings.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))


def accept_wide(construct: IConstruct, statements: Iterable[Mapping[str, Any] | iam.PolicyStatement]) -> None:
    """Accepts the stars in a role's statements for which there is a reason above; the rest remain findings."""
    found: dict[str, str] = {}
    for statement in statements:
        written = statement.to_json() if isinstance(statement, iam.PolicyStatement) else statement
        # The first statement's reason stands where two have the same star.
        found = dict(_wide(Stack.of(construct).resolve(written))) | found
    accept(construct, {f"{_WIDE}[{finding}]": reason for finding, reason in found.items()})


def _wide(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    actions = _list(statement["Action"])
    for action in actions:
        if action in _WHY_WILD:
            yield f"Action::{action}", _WHY_WILD[action]
    reasons = [why for action, why in _WHY_WIDE.items() if action in actions]
    for resource in map(_text, _list(statement["Resource"])):
        if "*" in resource and reasons:
            yield f"Resource::{resource}", reasons[0]


def _text(value: Any) -> str:
    """A resource as cdk-nag spells it: what is not known yet in angle brackets."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(map(_text, argument[1]))
    return f"<{argument if function == 'Ref' else '.'.join(argument)}>"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
