"""The patterns let through the records that matter, and no others, by a real matcher on real shapes of records."""

import json
from collections.abc import Mapping

import pytest
from ministack.services import eventbridge

from stacks import patterns

ROOT = {"type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root"}
ROLE = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"type": "Role"}}}
FEDERATED_ROOT = {"type": "FederatedUser", "sessionContext": {"sessionIssuer": {"type": "Root"}}}


def lets_through(pattern: patterns.Pattern, source: str, detail: Mapping[str, object]) -> bool:
    # The same matcher as the embedded AWS's, without a server around it.
    event = {"Source": source, "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(detail)}
    return bool(eventbridge._matches_pattern(patterns.text(pattern), event))


@pytest.mark.parametrize("pattern", [patterns.ROOT_USE, patterns.WATCH_EVENTS, patterns.TAMPERING, patterns.HUB])
def test_a_pattern_has_at_most_2048_characters_and_is_valid(pattern: patterns.Pattern) -> None:
    assert len(patterns.text(pattern)) <= patterns.MAX_CHARACTERS
    assert eventbridge._compiled_pattern(patterns.text(pattern)) is not None


@pytest.mark.parametrize("source", ["aws.signin", "aws.iam", "aws.s3"])
@pytest.mark.parametrize("identity", [ROOT, FEDERATED_ROOT])
@pytest.mark.parametrize("read_only", [True, False, None])
def test_root_use_of_any_service_is_let_through(source: str, identity: object, read_only: bool | None) -> None:
    assert lets_through(patterns.ROOT_USE, source, {"userIdentity": identity, "readOnly": read_only})


@pytest.mark.parametrize(
    ("source", "identity"),
    [
        ("aws.iam", ROLE),
        ("aws.iam", {"type": "IAMUser", "userName": "root"}),
        ("aws.iam", None),
        ("com.example", ROOT),
    ],
    ids=["a role", "a user named root", "nobody", "a source of a customer"],
)
def test_what_is_not_root_use_is_not_let_through(source: str, identity: object) -> None:
    assert not lets_through(patterns.ROOT_USE, source, {"userIdentity": identity})


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("aws.sts", "AssumeRoot"),
        ("aws.iam", "DisableOrganizationsRootSessions"),
        ("aws.account", "AcceptPrimaryEmailUpdate"),
        ("aws.organizations", "TagResource"),
        ("aws.organizations", "UntagResource"),
        ("aws.organizations", "CloseAccount"),
        ("aws.organizations", "LeaveOrganization"),
        ("aws.organizations", "RemoveAccountFromOrganization"),
        ("aws.organizations", "AccountDepartedOrganization"),
    ],
)
def test_watch_events_are_let_through_whoever_made_them(source: str, name: str) -> None:
    assert lets_through(patterns.WATCH_EVENTS, source, {"userIdentity": ROLE, "eventName": name})


@pytest.mark.parametrize(
    ("source", "name"),
    [("aws.sts", "AssumeRole"), ("aws.ec2", "TagResource"), ("aws.organizations", "DescribeAccount")],
)
def test_everyday_events_are_not_let_through(source: str, name: str) -> None:
    assert not lets_through(patterns.WATCH_EVENTS, source, {"userIdentity": ROLE, "eventName": name})


TAMPERED = [
    ("aws.cloudtrail", "StopLogging", {"name": "any-trail"}),
    ("aws.cloudtrail", "PutEventSelectors", {"trailName": "any-trail"}),
    ("aws.events", "DisableRule", {"name": "rootwatch-root-use"}),
    ("aws.events", "DeleteRule", {"name": "rootwatch-watch-events"}),
    ("aws.events", "PutRule", {"name": "rootwatch-root-use", "eventPattern": "{}"}),
    ("aws.events", "RemoveTargets", {"rule": "rootwatch-root-use", "ids": ["hub"]}),
    ("aws.events", "RemovePermission", {"eventBusName": "rootwatch"}),
    ("aws.iam", "DeleteRolePolicy", {"roleName": "rootwatch-forwarding", "policyName": "forward"}),
    ("aws.cloudformation", "DeleteStackInstances", {"stackSetName": "rootwatch-members"}),
    ("aws.lambda", "UpdateFunctionCode20150331v2", {"functionName": "rootwatch-monitor"}),
    ("aws.lambda", "DeleteFunction20150331", {"functionName": "111122223333:function:rootwatch-sweep"}),
    ("aws.dynamodb", "DeleteTable", {"tableName": "rootwatch-hub-IncidentsTable7D5FD327-EXAMPLE"}),
    ("aws.sns", "DeleteTopic", {"topicArn": "arn:aws:sns:us-east-1:444455556666:rootwatch-hub-AlertsTopic"}),
    ("aws.sqs", "PurgeQueue", {"queueUrl": "https://sqs.us-east-1.amazonaws.com/444455556666/rootwatch-records"}),
    ("aws.secretsmanager", "DeleteSecret", {"secretId": "rootwatch/slack"}),
]


@pytest.mark.parametrize(("source", "name", "parameters"), TAMPERED)
def test_tampering_is_let_through(source: str, name: str, parameters: Mapping[str, object]) -> None:
    detail = {"userIdentity": ROLE, "eventName": name, "requestParameters": parameters}
    assert lets_through(patterns.TAMPERING, source, detail)


@pytest.mark.parametrize(
    ("source", "name", "parameters"),
    [
        ("aws.events", "DisableRule", {"name": "nightly-report"}),
        ("aws.events", "DescribeRule", {"name": "rootwatch-root-use"}),
        ("aws.iam", "DeleteRole", {"roleName": "builder"}),
        ("aws.cloudtrail", "GetTrailStatus", {"name": "any-trail"}),
        ("aws.events", "DisableRule", None),
    ],
)
def test_what_touches_no_part_of_the_watch_is_not_let_through(
    source: str, name: str, parameters: Mapping[str, object] | None
) -> None:
    detail = {"userIdentity": ROLE, "eventName": name, "requestParameters": parameters}
    assert not lets_through(patterns.TAMPERING, source, detail)


def test_the_hub_takes_every_source_of_aws_and_no_other() -> None:
    assert lets_through(patterns.HUB, "aws.signin", {})
    assert not lets_through(patterns.HUB, "com.example", {})
