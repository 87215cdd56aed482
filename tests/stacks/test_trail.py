"""An organisation trail of our own: exact policies on both sides, and names that both know beforehand."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from stacks.asset import Asset

Templates = Mapping[str, dict[str, Any]]
MANAGEMENT = "111122223333"


def arn(rest: str) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, rest]]}


TRAIL = arn(f":cloudtrail:us-east-1:{MANAGEMENT}:trail/rootwatch")
BY_CLOUDTRAIL = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}


def one(template: Mapping[str, Any], kind: str, beginning: str) -> dict[str, Any]:
    """The only resource of a kind whose logical id begins so."""
    (found,) = [r for name, r in template["Resources"].items() if r["Type"] == kind and name.startswith(beginning)]
    resource: dict[str, Any] = found
    return resource


def hub_account(placement: str) -> str:
    return {"delegated": "444455556666", "in_management": MANAGEMENT}[placement]


@pytest.fixture(params=["delegated", "in_management"])
def placement(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def templates(placement: str, request: pytest.FixtureRequest) -> Templates:
    found: Templates = request.getfixturevalue(placement)
    return found


def test_the_buckets_policy_is_the_one_that_an_organisation_trail_needs(placement: str, templates: Templates) -> None:
    bucket = f":s3:::rootwatch-trail-{hub_account(placement)}-us-east-1"
    policy = one(templates["rootwatch-hub"], "AWS::S3::BucketPolicy", "LogFilesTrailArchive")
    assert policy["Properties"]["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OverTlsAlone",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn(bucket), arn(f"{bucket}/*")],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "CloudTrailLooks",
                **BY_CLOUDTRAIL,
                "Action": "s3:GetBucketAcl",
                "Resource": arn(bucket),
                "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
            },
            {
                "Sid": "CloudTrailWrites",
                **BY_CLOUDTRAIL,
                "Action": "s3:PutObject",
                "Resource": [arn(f"{bucket}/AWSLogs/{MANAGEMENT}/*"), arn(f"{bucket}/AWSLogs/o-exampleorgid/*")],
                "Condition": {"StringEquals": {"aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}},
            },
        ],
    }


def test_the_keys_policy_lets_our_trail_encrypt_and_nobody_else(placement: str, templates: Templates) -> None:
    key = one(templates["rootwatch-hub"], "AWS::KMS::Key", "LogFilesTrailArchive")
    assert key["Properties"]["KeyPolicy"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": arn(f":iam::{hub_account(placement)}:root")},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "CloudTrailEncrypts",
                **BY_CLOUDTRAIL,
                "Action": "kms:GenerateDataKey*",
                "Resource": "*",
                "Condition": {
                    "StringEquals": {"aws:SourceArn": TRAIL},
                    "StringLike": {
                        "kms:EncryptionContext:aws:cloudtrail:arn": arn(f":cloudtrail:*:{MANAGEMENT}:trail/*")
                    },
                },
            },
            {
                "Sid": "CloudTrailDescribes",
                **BY_CLOUDTRAIL,
                "Action": "kms:DescribeKey",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}},
            },
            {"Sid": "CloudTrailDecrypts", **BY_CLOUDTRAIL, "Action": "kms:Decrypt", "Resource": "*"},
        ],
    }
    assert key["Properties"]["EnableKeyRotation"] is True


def test_log_files_outlive_the_stack_are_closed_to_the_public_and_keep_their_versions(templates: Templates) -> None:
    hub = templates["rootwatch-hub"]
    for kind in ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::S3::BucketPolicy"):
        kept = one(hub, kind, "LogFilesTrailArchive")
        assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"
    bucket = one(hub, "AWS::S3::Bucket", "LogFilesTrailArchive")["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]["Fn::GetAtt"][0].startswith(
        "LogFilesTrailArchiveKey"
    )
    assert "ObjectLockEnabled" not in bucket


def test_retention_and_object_lock_are_as_the_settings_say(
    synthesize: Callable[..., Templates], deploy_asset: Asset
) -> None:
    trail = {"create": True, "retention_days": 731, "object_lock_days": 365}
    bucket = one(synthesize(deploy_asset, trail=trail)["rootwatch-hub"], "AWS::S3::Bucket", "LogFiles")["Properties"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 731
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}},
    }


def test_the_trail_hears_every_management_event_of_the_organisation(placement: str, templates: Templates) -> None:
    trail = one(templates["rootwatch-management"], "AWS::CloudTrail::Trail", "Trail")["Properties"]
    assert trail == {
        "TrailName": "rootwatch",
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
        "EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "All"}],
        "S3BucketName": f"rootwatch-trail-{hub_account(placement)}-us-east-1",
        "KMSKeyId": arn(f":kms:us-east-1:{hub_account(placement)}:alias/rootwatch-trail"),
    }


def test_the_trail_names_what_the_hub_makes(templates: Templates) -> None:
    trail = one(templates["rootwatch-management"], "AWS::CloudTrail::Trail", "Trail")["Properties"]
    hub = templates["rootwatch-hub"]
    assert one(hub, "AWS::S3::Bucket", "LogFiles")["Properties"]["BucketName"] == trail["S3BucketName"]
    alias = one(hub, "AWS::KMS::Alias", "LogFiles")["Properties"]["AliasName"]
    assert trail["KMSKeyId"]["Fn::Join"][1][-1].endswith(f":{alias}")
    assert len(alias.removeprefix("alias/")) <= 32


def test_new_log_files_go_from_the_accounts_own_bus_into_the_queue(placement: str, templates: Templates) -> None:
    hub = templates["rootwatch-hub"]
    bucket = one(hub, "AWS::S3::Bucket", "LogFiles")["Properties"]
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rule = one(hub, "AWS::Events::Rule", "LogFiles")["Properties"]
    assert "EventBusName" not in rule
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "account": [hub_account(placement)],
        "detail": {
            "bucket": {"name": [bucket["BucketName"]]},
            "object": {"key": [{"wildcard": "AWSLogs/*/CloudTrail/*"}]},
        },
    }
    (target,) = rule["Targets"]
    queue, dead = target["Arn"]["Fn::GetAtt"][0], target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    named = {name: hub["Resources"][name]["Properties"]["QueueName"] for name in (queue, dead)}
    assert list(named.values()) == ["rootwatch-log-files", "rootwatch-log-files-dead"]


def test_without_a_trail_there_is_none_of_it(synthesize: Callable[..., Templates], deploy_asset: Asset) -> None:
    templates = synthesize(deploy_asset, trail=None)
    kinds = {r["Type"] for template in templates.values() for r in template["Resources"].values()}
    assert not kinds & {"AWS::CloudTrail::Trail", "AWS::S3::Bucket"}
    assert "backstop" not in str(templates["rootwatch-hub"])
