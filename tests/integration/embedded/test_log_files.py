"""S3 tells of new objects on the default bus of the bucket's owner, as AWS does, and from there they reach the hub."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rootwatch_local.embedded.aws import EmbeddedAws
from stacks import patterns
from tests.integration.embedded.scenes import (
    BUS_ARN,
    HOME,
    HUB,
    MEMBER,
    deployed,
    hub_resources,
    messages,
    policy,
    queue,
    role,
    rule,
)

pytestmark = pytest.mark.embedded

BUCKET = "example-logs"
KEY = "AWSLogs/o-exampleorgid/444455556666/CloudTrail/us-east-1/2026/11/27/444455556666_CloudTrail_us-east-1.json.gz"
DIGEST = KEY.replace("/CloudTrail/", "/CloudTrail-Digest/")


def bucket(name: str = BUCKET, *, tells: bool = True) -> dict[str, Any]:
    """A bucket whose notifications to EventBridge are on, or off."""
    on = {"NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}}
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **(on if tells else {})}}


def into_the_queue(account: str = HUB) -> dict[str, Any]:
    """Our rule for log files, on the account's default bus, with the queue that it fills."""
    pattern = patterns.log_files(bucket=BUCKET, account=account, prefix="")
    return {**queue("log-files"), "Rule": rule({"Fn::GetAtt": ["Queue", "Arn"]}, state="ENABLED", pattern=pattern)}


def waited_for(aws: EmbeddedAws, name: str) -> Sequence[Any]:
    """The messages of a queue, once there is one: S3 tells a moment after it has answered."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = messages(aws, name)
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing came into {name}")


def put(aws: EmbeddedAws, account: str, key: str, name: str = BUCKET) -> None:
    aws.client("s3", account, HOME).put_object(Bucket=name, Key=key, Body=b"{}")


def test_a_new_log_file_is_told_of_and_a_digest_is_not(aws: EmbeddedAws) -> None:
    deployed(aws, HUB, HOME, "logs", {"Bucket": bucket(), **into_the_queue()})
    put(aws, HUB, DIGEST)
    put(aws, HUB, KEY)
    (told,) = waited_for(aws, "log-files")
    assert (told["source"], told["detail-type"]) == ("aws.s3", "Object Created")
    assert (told["account"], told["region"]) == (HUB, HOME)
    assert (told["detail"]["bucket"]["name"], told["detail"]["object"]["key"]) == (BUCKET, KEY)
    assert messages(aws, "log-files") == []


def test_a_bucket_whose_notifications_are_off_says_nothing(aws: EmbeddedAws) -> None:
    everything = rule({"Fn::GetAtt": ["Queue", "Arn"]}, state="ENABLED", pattern={"source": ["aws.s3"]})
    buckets = {"Quiet": bucket("quiet-logs", tells=False), "Bucket": bucket()}
    deployed(aws, HUB, HOME, "logs", {**buckets, **queue("log-files"), "Rule": everything})
    put(aws, HUB, KEY, "quiet-logs")
    put(aws, HUB, KEY)
    (told,) = waited_for(aws, "log-files")
    assert told["detail"]["bucket"]["name"] == BUCKET


def test_the_owner_of_the_bucket_is_told_whoever_wrote_into_it(aws: EmbeddedAws) -> None:
    deployed(aws, HUB, HOME, "logs", {"Bucket": bucket(), **into_the_queue()})
    allowed = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{MEMBER}:root"},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{BUCKET}/*",
            }
        ],
    }
    aws.client("s3", HUB, HOME).put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(allowed))
    put(aws, MEMBER, KEY)
    (told,) = waited_for(aws, "log-files")
    assert told["account"] == HUB


def test_another_accounts_bucket_is_told_of_on_the_hubs_bus_where_records_do_not_hear_it(org: EmbeddedAws) -> None:
    hears = patterns.log_files(bucket=BUCKET, account=MEMBER, prefix="")
    hub: dict[str, Mapping[str, Any]] = {
        **queue("log-files", logical_id="Files"),
        "FilesRule": rule({"Fn::GetAtt": ["Files", "Arn"]}, bus={"Ref": "Bus"}, state="ENABLED", pattern=hears),
        "Policy": policy(),
    }
    resources = hub_resources(**hub)
    resources["Rule"]["Properties"]["EventPattern"] = dict(patterns.HUB)
    deployed(org, HUB, HOME, "hub", resources)
    forwards = rule(BUS_ARN, state="ENABLED", pattern=hears, role={"Fn::GetAtt": ["Role", "Arn"]})
    deployed(org, MEMBER, HOME, "archive", {"Bucket": bucket(), "Role": role(), "Rule": forwards})
    put(org, MEMBER, KEY)
    (told,) = waited_for(org, "log-files")
    assert told["account"] == MEMBER
    assert messages(org, "records") == []
    assert org.dropped() == []
