"""The organisation trail of our own: bucket and key in the hub's account, the trail in the management account.

Each side knows the other's names beforehand; no account asks the other for anything.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html and
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
"""

from typing import Any

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from rootwatch.core.sections import Trail
from rootwatch.core.settings import Settings
from stacks import names
from stacks.accepted import accept

_CLOUDTRAIL = "cloudtrail.amazonaws.com"


class TrailArchive(Construct):
    """The bucket that log files come into, and the key they lie under. Both outlive the stack."""

    def __init__(self, scope: Construct, *, settings: Settings, trail: Trail) -> None:
        super().__init__(scope, "TrailArchive")
        self._settings = settings
        self._from_our_trail = {"aws:SourceArn": names.trail_arn(settings)}
        self.key = self._key()
        # The name from the settings, not from the resource: a policy may be written before the bucket is there.
        self.bucket_name = settings.trail_bucket
        self.bucket_arn = f"arn:{Aws.PARTITION}:s3:::{self.bucket_name}"
        bucket = s3.CfnBucket(
            self,
            "Bucket",
            bucket_name=self.bucket_name,
            bucket_encryption=s3.CfnBucket.BucketEncryptionProperty(
                server_side_encryption_configuration=[
                    s3.CfnBucket.ServerSideEncryptionRuleProperty(
                        bucket_key_enabled=True,
                        server_side_encryption_by_default=s3.CfnBucket.ServerSideEncryptionByDefaultProperty(
                            sse_algorithm="aws:kms", kms_master_key_id=self.key.key_arn
                        ),
                    )
                ]
            ),
            public_access_block_configuration=s3.CfnBucket.PublicAccessBlockConfigurationProperty(
                block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
            ),
            ownership_controls=s3.CfnBucket.OwnershipControlsProperty(
                rules=[s3.CfnBucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
            ),
            versioning_configuration=s3.CfnBucket.VersioningConfigurationProperty(status="Enabled"),
            lifecycle_configuration=_lifecycle(trail),
            object_lock_enabled=bool(trail.object_lock_days) or None,
            object_lock_configuration=_object_lock(trail),
            # A property of the bucket itself: the construct with the same wish would bring a function of its own.
            notification_configuration=s3.CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
            ),
        )
        bucket.apply_removal_policy(RemovalPolicy.RETAIN)
        policy = s3.CfnBucketPolicy(self, "BucketPolicy", bucket=bucket.ref, policy_document=self._bucket_policy())
        policy.apply_removal_policy(RemovalPolicy.RETAIN)
        accept(
            bucket,
            {
                "AwsSolutions-S1": "Access logs of S3 are best effort and would need one more bucket, with the same "
                "question about it. Who wants to know who reads log files has CloudTrail's data events."
            },
        )
        accept(
            policy,
            {
                "AwsSolutions-S10": "The policy denies whatever comes without TLS (OverTlsAlone). It names the bucket "
                "by the name that both accounts know beforehand, and the rule looks for a reference."
            },
        )

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description="rootwatch: CloudTrail's log files at rest.",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        key.add_alias(names.TRAIL_KEY)
        trails = f"arn:{Aws.PARTITION}:cloudtrail:*:{self._settings.management_account}:trail/*"
        for sid, action, conditions in (
            (
                "CloudTrailEncrypts",
                "kms:GenerateDataKey*",
                {
                    "StringEquals": self._from_our_trail,
                    "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": trails},
                },
            ),
            ("CloudTrailDescribes", "kms:DescribeKey", {"StringEquals": self._from_our_trail}),
            # Asked for where the bucket has a bucket key; the page gives it without a condition.
            ("CloudTrailDecrypts", "kms:Decrypt", None),
        ):
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    principals=[iam.ServicePrincipal(_CLOUDTRAIL)],
                    actions=[action],
                    # In a key's policy this is the key.
                    resources=["*"],
                    conditions=conditions,
                )
            )
        return key

    def _bucket_policy(self) -> dict[str, Any]:
        """Only our trail writes, and only where an organisation trail does; nobody comes without TLS."""
        # The management account's id stands in the path even where a delegated administrator made the trail.
        below = [self._settings.management_account, self._settings.organization_id]
        written = {**self._from_our_trail, "s3:x-amz-acl": "bucket-owner-full-control"}
        by_cloudtrail = {"Effect": "Allow", "Principal": {"Service": _CLOUDTRAIL}}
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OverTlsAlone",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:*",
                    "Resource": [self.bucket_arn, f"{self.bucket_arn}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                {
                    "Sid": "CloudTrailLooks",
                    **by_cloudtrail,
                    "Action": "s3:GetBucketAcl",
                    "Resource": self.bucket_arn,
                    "Condition": {"StringEquals": self._from_our_trail},
                },
                {
                    "Sid": "CloudTrailWrites",
                    **by_cloudtrail,
                    "Action": "s3:PutObject",
                    "Resource": [f"{self.bucket_arn}/AWSLogs/{name}/*" for name in below],
                    "Condition": {"StringEquals": written},
                },
            ],
        }


class OrganizationTrail(Construct):
    """Every management event of every account and Region. Needs CloudTrail's trusted access to the organisation.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
    """

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "Trail")
        cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=names.TRAIL,
            is_logging=True,
            is_multi_region_trail=True,
            is_organization_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            s3_bucket_name=settings.trail_bucket,
            kms_key_id=names.trail_key_arn(settings),
            event_selectors=[
                cloudtrail.CfnTrail.EventSelectorProperty(include_management_events=True, read_write_type="All")
            ],
        )


def _lifecycle(trail: Trail) -> s3.CfnBucket.LifecycleConfigurationProperty:
    rule = s3.CfnBucket.RuleProperty(
        id="Expire",
        status="Enabled",
        expiration_in_days=trail.retention_days,
        # What somebody overwrote or deleted stays for a month, to be looked at.
        noncurrent_version_expiration=s3.CfnBucket.NoncurrentVersionExpirationProperty(noncurrent_days=30),
        abort_incomplete_multipart_upload=s3.CfnBucket.AbortIncompleteMultipartUploadProperty(days_after_initiation=7),
    )
    return s3.CfnBucket.LifecycleConfigurationProperty(rules=[rule])


def _object_lock(trail: Trail) -> s3.CfnBucket.ObjectLockConfigurationProperty | None:
    """Compliance mode, which no permission opens: the thief we watch for is root."""
    if not trail.object_lock_days:
        return None
    retention = s3.CfnBucket.DefaultRetentionProperty(mode="COMPLIANCE", days=trail.object_lock_days)
    return s3.CfnBucket.ObjectLockConfigurationProperty(
        object_lock_enabled="Enabled", rule=s3.CfnBucket.ObjectLockRuleProperty(default_retention=retention)
    )
