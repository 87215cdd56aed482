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
    ("aws.s3", "PutBucketNotification", {"bucketName": "rootwatch-trail-444455556666-us-east-1"}),
    ("aws.kms", "DeleteAlias", {"aliasName": "alias/rootwatch-trail"}),
    ("aws.monitoring", "DeleteAlarms", {"alarmNames": ["nightly-report", "rootwatch-records-dead"]}),
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
        ("aws.s3", "PutBucketPolicy", {"bucketName": "example-bucket"}),
        ("aws.s3", "PutObject", {"bucketName": "rootwatch-trail-444455556666-us-east-1", "key": "AWSLogs/x.json.gz"}),
        ("aws.monitoring", "DeleteAlarms", {"alarmNames": ["nightly-report"]}),
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


LOG_FILE = "AWSLogs/o-exampleorgid/777788889999/CloudTrail/us-east-1/2026/11/27/777788889999_CloudTrail_a.json.gz"


def of_s3(key: str, *, detail_type: str = "Object Created", bucket: str = "example-logs") -> dict[str, object]:
    return {
        "Source": "aws.s3",
        "DetailType": detail_type,
        "Account": "777788889999",
        "Detail": json.dumps({"bucket": {"name": bucket}, "object": {"key": key, "size": 1024}}),
    }


@pytest.mark.parametrize(
    ("prefix", "event", "told"),
    [
        ("", of_s3(LOG_FILE), True),
        ("", of_s3(LOG_FILE.replace("o-exampleorgid/", "")), True),
        ("logs/a", of_s3(f"logs/a/{LOG_FILE}"), True),
        ("", of_s3(LOG_FILE.replace("/CloudTrail/", "/CloudTrail-Digest/")), False),
        ("", of_s3(LOG_FILE.replace("/CloudTrail/", "/Config/")), False),
        ("", of_s3(f"copies/{LOG_FILE}"), False),
        ("logs", of_s3(LOG_FILE), False),
        ("", of_s3(LOG_FILE, detail_type="Object Deleted"), False),
        ("", of_s3(LOG_FILE, bucket="example-logs-2"), False),
        ("", {**of_s3(LOG_FILE), "Account": "123456789012"}, False),
    ],
    ids=[
        "a log file", "of the management account's own prefix", "below a prefix", "a digest", "AWS Config's",
        "a copy elsewhere", "outside of the prefix", "deleted", "another bucket", "another account's bucket",
    ],
)  # fmt: skip
def test_log_files_and_nothing_else_of_the_bucket_are_told_of(
    prefix: str, event: dict[str, object], told: bool
) -> None:
    pattern = patterns.text(patterns.log_files(bucket="example-logs", account="777788889999", prefix=prefix))
    assert eventbridge._matches_pattern(pattern, event) is told


def test_the_hub_takes_s3s_records_and_not_its_word_of_new_objects() -> None:
    hub = patterns.text(patterns.HUB)
    assert not eventbridge._matches_pattern(hub, of_s3(LOG_FILE))
    for detail_type in ("AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"):
        assert eventbridge._matches_pattern(hub, of_s3(LOG_FILE, detail_type=detail_type))
