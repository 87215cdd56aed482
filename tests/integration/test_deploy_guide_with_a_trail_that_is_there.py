"""docs/deploy.md, followed word for word where Control Tower has left a trail."""

import pytest

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.support.live_guide import ARCHIVE, MANAGEMENT, SECURITY, reader, stacks

pytestmark = pytest.mark.embedded

# As the guide's settings have it.
BUCKET, BUCKET_REGION = "aws-controltower-logs-777788889999-eu-central-1", "eu-central-1"


def a_trail_is_there(aws: EmbeddedAws) -> None:
    """As Control Tower leaves one: a bucket in the log archive, a trail in the management account."""
    aws.client("s3", ARCHIVE, BUCKET_REGION).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": BUCKET_REGION}
    )
    cloudtrail = aws.client("cloudtrail", MANAGEMENT, BUCKET_REGION)
    name = "aws-controltower-BaselineCloudTrail"
    cloudtrail.create_trail(
        Name=name,
        S3BucketName=BUCKET,
        S3KeyPrefix="o-exampleorgid",
        IsMultiRegionTrail=True,
        IsOrganizationTrail=True,
        IncludeGlobalServiceEvents=True,
    )
    cloudtrail.start_logging(Name=name)


def test_the_guide_with_a_trail_that_is_there():
    with reader("existing trail") as user:
        a_trail_is_there(user.aws)
        user.follow()
        assert stacks(user.aws, SECURITY) == {"CDKToolkit"}
