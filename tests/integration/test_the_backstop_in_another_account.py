"""A trail's bucket in another account: read in the reader's role there, told of by that account's rule, and only so."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, PAYMENTS, SANDBOX, World
from tests.support.live_log_files import queue_url, wait_until_read
from tests.support.log_files import log_file, log_file_key
from tests.support.records import body, sign_in_body

pytestmark = pytest.mark.embedded

TRAIL = {
    "bucket": "example-organization-logs",
    "bucket_account": DATA.id,
    "bucket_region": "us-west-2",
    "prefix": "o-exampleorgid",
    "trail_arn": f"arn:aws:cloudtrail:us-east-1:{MANAGEMENT.id}:trail/example",
}


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[World]:
    """rootwatch with the log files of a trail that was there before it."""
    with World(trail=TRAIL) as deployed:
        yield deployed


def signed_in(account):
    return sign_in_body(datetime.now(UTC), mfa="No", account=account, eventID=str(uuid4()))


def logs(world):
    return world.aws.function_logs(HUB.id, HUB_REGION, "rootwatch-backstop")


def test_a_log_file_there_is_read_and_told(elsewhere):
    record = signed_in(PAYMENTS.id)
    elsewhere.write_log_file(PAYMENTS.id, "us-east-1", [record])
    assert elsewhere.wait_until_taken(record["eventID"]) == "opened"


def test_the_role_is_assumed_once_for_many_files(elsewhere):
    records = [body("ListUsers", datetime.now(UTC), account=SANDBOX.id, eventID=str(uuid4())) for _ in range(5)]
    for record in records:
        elsewhere.write_log_file(SANDBOX.id, "us-east-1", [record])
    for record in records:
        elsewhere.wait_until_taken(record["eventID"])
    wait_until_read(elsewhere)
    assert not [line for line in logs(elsewhere) if "could not be fetched" in line]


def test_a_member_that_forwards_news_of_its_own_bucket_has_nothing_read(elsewhere):
    """It may send genuine events to the hub's bus, by a role below /rootwatch/, as anybody there can make one."""
    record, key = signed_in(SANDBOX.id), f"{TRAIL['prefix']}/{log_file_key(SANDBOX.id)}"
    bucket, region = "a-bucket-of-sandbox-ana", TRAIL["bucket_region"]
    s3 = elsewhere.aws.client("s3", SANDBOX.id, region)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    forward(elsewhere, SANDBOX.id, region)
    s3.put_object(Bucket=bucket, Key=key, Body=log_file(record))
    # Whatever the hub's rule makes of it, the backstop must not read it.
    elsewhere.aws.client("sqs", HUB.id, HUB_REGION).send_message(
        QueueUrl=queue_url(elsewhere),
        MessageBody=json.dumps(
            {"source": "aws.s3", "detail": {"bucket": {"name": bucket}, "object": {"key": key}}},
        ),
    )
    elsewhere.wait_for(
        lambda: any("not of the trail's bucket" in line for line in logs(elsewhere)), "it was not refused", 20
    )
    wait_until_read(elsewhere)
    elsewhere.wait_until_drained()
    assert elsewhere.disposition(record["eventID"]) is None


def forward(world, account, region):
    """An administrator of a member has all of S3's events forwarded to the hub."""
    iam, events = world.aws.client("iam", account, region), world.aws.client("events", account, region)
    hub_bus = f"arn:aws:events:{HUB_REGION}:{HUB.id}:event-bus/rootwatch"
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    put = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": hub_bus}
    role = iam.create_role(
        Path="/rootwatch/",
        RoleName="of-somebody",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    iam.put_role_policy(
        RoleName="of-somebody",
        PolicyName="put",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [put]}),
    )
    events.put_rule(Name="of-somebody", EventPattern=json.dumps({"source": ["aws.s3"]}))
    events.put_targets(Rule="of-somebody", Targets=[{"Id": "hub", "Arn": hub_bus, "RoleArn": role["Arn"]}])
