"""A trail of rootwatch's own, deployed, and what tells that rootwatch is unwell."""

import pytest

from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, World

pytestmark = pytest.mark.embedded


def test_the_trail_logs_for_the_organisation_into_the_hubs_bucket_under_the_hubs_key(world: World) -> None:
    [trail] = world.aws.client("cloudtrail", MANAGEMENT.id, HUB_REGION).describe_trails()["trailList"]
    assert (trail["Name"], trail["IsOrganizationTrail"], trail["IsMultiRegionTrail"]) == ("rootwatch", True, True)
    s3 = world.aws.client("s3", HUB.id, HUB_REGION)
    assert trail["S3BucketName"] in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    kms = world.aws.client("kms", HUB.id, HUB_REGION)
    assert trail["KmsKeyId"] in {alias["AliasArn"] for alias in kms.list_aliases()["Aliases"]}


def test_the_dashboard_and_an_alarm_for_each_queue_are_there(world: World) -> None:
    cloudwatch = world.aws.client("cloudwatch", HUB.id, HUB_REGION)
    assert cloudwatch.get_dashboard(DashboardName="rootwatch")["DashboardBody"]
    alarms = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms(MaxRecords=100)["MetricAlarms"]}
    topics = {action for alarm in alarms.values() for action in alarm["AlarmActions"]}
    subscribed = world.aws.client("sns", HUB.id, HUB_REGION).list_subscriptions_by_topic(TopicArn=topics.pop())
    assert topics == set()
    assert [one["Endpoint"] for one in subscribed["Subscriptions"]] == ["security@example.com"]
    assert {"rootwatch-records-old", "rootwatch-records-dead", "rootwatch-log-files-old"} <= alarms.keys()
