"""What the tests of the embedded AWS set up on it: an organisation, a hub, members that forward to it."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rootwatch_local.embedded.aws import EmbeddedAws
from rootwatch_local.embedded.organisation import Account, Organisation

MANAGEMENT = "123456789012"
HUB = "111122223333"
MEMBER = "444455556666"
NESTED = "777788889999"
HOME = "eu-west-1"
AWAY = "us-east-1"

ORGANISATION = Organisation(
    management=Account(id=MANAGEMENT, name="Example Management"),
    members=(
        Account(id=HUB, name="Security", unit="Security"),
        Account(id=MEMBER, name="Shop", unit="Workloads/Production", tags={"owner": "shop@example.com"}),
        Account(id=NESTED, name="Lab", unit="Workloads/Production/Europe"),
    ),
    administrators={HUB: ("cloudtrail.amazonaws.com",)},
)

BUS_ARN = f"arn:aws:events:{HOME}:{HUB}:event-bus/rootwatch"
ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
PATTERN = {"source": [{"prefix": "aws."}], "detail": {"userIdentity": {"type": ["Root"]}}}


def sign_in(account: str = MEMBER, **changes: object) -> dict[str, Any]:
    """The record of a root user's sign-in, with changes."""
    return {
        "eventVersion": "1.11",
        "eventID": "11111111-2222-4333-8444-555555555555",
        "eventTime": "2026-11-24T10:00:00Z",
        "eventType": "AwsConsoleSignIn",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": AWAY,
        "recipientAccountId": account,
        "readOnly": False,
        "sourceIPAddress": "192.0.2.10",
        "userIdentity": {"type": "Root", "accountId": account, "arn": f"arn:aws:iam::{account}:root"},
        "responseElements": {"ConsoleLogin": "Success"},
        **changes,
    }


def policy(conditions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The resource policy that our hub's bus has, or the same with other conditions."""
    ours = {
        "StringEquals": {"aws:PrincipalOrgID": ORGANISATION.id},
        "Bool": {"events:eventBusInvocation": "true"},
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/rootwatch/*"},
    }
    return {
        "Type": "AWS::Events::EventBusPolicy",
        "Properties": {
            "EventBusName": {"Ref": "Bus"},
            "StatementId": "organisation",
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
                "Condition": ours if conditions is None else conditions,
            },
        },
    }


def queue(name: str = "records", *, policy: bool = True, logical_id: str = "Queue") -> dict[str, Any]:
    """A queue, and the policy without which EventBridge may not send to it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": [logical_id, "Arn"]},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    document = {"Queues": [{"Ref": logical_id}], "PolicyDocument": {"Statement": [statement]}}
    admitted = {f"{logical_id}Policy": {"Type": "AWS::SQS::QueuePolicy", "Properties": document}}
    return {
        logical_id: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}},
        **(admitted if policy else {}),
    }


def hub_resources(**others: Mapping[str, Any]) -> dict[str, Any]:
    """A bus with a rule that puts everything into a queue, and other resources beside."""
    return {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "rootwatch"}},
        **queue(),
        "Rule": rule({"Fn::GetAtt": ["Queue", "Arn"]}, bus={"Ref": "Bus"}, pattern={"source": [{"prefix": ""}]}),
        **others,
    }


def rule(
    target: object,
    *,
    bus: object = "default",
    state: str = ALL_EVENTS,
    pattern: object = PATTERN,
    role: object = None,
    dead_letters: object = None,
) -> dict[str, Any]:
    """A rule with one target."""
    extras = {"RoleArn": role, "DeadLetterConfig": dead_letters and {"Arn": dead_letters}}
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventBusName": bus,
            "State": state,
            "EventPattern": pattern,
            "Targets": [{"Id": "only", "Arn": target, **{name: value for name, value in extras.items() if value}}],
        },
    }


def role(
    *, path: str = "/rootwatch/", action: str = "events:PutEvents", resource: str = BUS_ARN, service: str = "events"
) -> dict[str, Any]:
    """A role that a rule's target takes to put events on the hub's bus."""
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Path": path,
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": f"{service}.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ]
            },
            "Policies": [
                {
                    "PolicyName": "forward",
                    "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]},
                }
            ],
        },
    }


def member_resources(state: str = ALL_EVENTS, **role_arguments: str) -> dict[str, Any]:
    """A rule on the default bus that forwards root use to the hub's bus, and its role."""
    return {
        "Role": role(**role_arguments),
        "Rule": rule(BUS_ARN, state=state, role={"Fn::GetAtt": ["Role", "Arn"]}),
    }


def deploy(aws: EmbeddedAws, account: str, region: str, name: str, resources: Mapping[str, Any]) -> str:
    """Make a stack, or update the one of that name, and return its status."""
    cloudformation = aws.client("cloudformation", account, region)
    request = {
        "StackName": name,
        "TemplateBody": json.dumps({"Resources": resources}),
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    }
    names = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}
    if name in names:
        cloudformation.update_stack(**request)
    else:
        cloudformation.create_stack(**request)
    return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def deployed(aws: EmbeddedAws, account: str, region: str, name: str, resources: Mapping[str, Any]) -> None:
    """The same, for a stack that is to succeed."""
    status = deploy(aws, account, region, name, resources)
    assert status.endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")), failure(aws, account, region, name)


def failure(aws: EmbeddedAws, account: str, region: str, name: str) -> str:
    """Why resources of a stack failed."""
    events = aws.client("cloudformation", account, region).describe_stack_events(StackName=name)["StackEvents"]
    return "; ".join(e["ResourceStatusReason"] for e in events if e["ResourceStatus"].endswith("FAILED"))


def messages(aws: EmbeddedAws, queue: str = "records", *, account: str = HUB, region: str = HOME) -> Sequence[Any]:
    """Take up to ten messages of a queue, which are there when `emit` returns."""
    sqs = aws.client("sqs", account, region)
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in received]


def reasons(aws: EmbeddedAws) -> list[str]:
    """Why EventBridge dropped what it dropped."""
    return [drop.reason for drop in aws.dropped()]


def eventually(done: Callable[[], bool]) -> bool:
    """Wait until it is so, for five seconds: what another process does can be seen and not awaited."""
    deadline = time.monotonic() + 5
    while not done() and time.monotonic() < deadline:
        time.sleep(0.01)
    return done()
