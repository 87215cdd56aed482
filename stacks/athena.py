"""Athena over our own trail's log files: the table, the workgroup, and the question as a query with a name.

Whoever asks needs permissions of their own: none of our functions does.
"""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from rootwatch.core.settings import Settings
from rootwatch_cli.athena import schema
from rootwatch_cli.athena.question import last_week
from rootwatch_cli.athena.table import (
    DATABASE,
    DEPLOYED_TABLE,
    DEPLOYED_WORKGROUP,
    INPUT_FORMAT,
    OUTPUT_FORMAT,
    SERDE,
    LogTable,
)
from stacks.accepted import accept

# A query that would read more is stopped by Athena: about 5 USD.
_MOST_BYTES = 1_000_000_000_000
_RESULTS_DAYS = 30


class AthenaQuestion(Construct):
    """What ``rootwatch scan --athena`` uses where the trail is our own; anybody else may ask there too."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "Athena")
        root = f"s3://{settings.trail_bucket}/AWSLogs/{settings.organization_id}/"
        self._table = LogTable(root=root, regions=tuple(sorted(settings.regions)), given_name=DEPLOYED_TABLE)
        workgroup = self._workgroup(self._results())
        glue_table = self._glue_table(settings)
        query = athena.CfnNamedQuery(
            self,
            "LastWeek",
            name="rootwatch: what concerns root, last 7 days",
            description="All that rootwatch scan --athena would judge. Write your accounts into its first condition.",
            database=DATABASE,
            work_group=workgroup.name,
            query_string=last_week(self._table, sorted({settings.management_account, settings.hub_account})),
        )
        query.add_resource_dependency(workgroup)
        query.add_resource_dependency(glue_table)

    def _results(self) -> s3.CfnBucket:
        """Where answers lie for a while: records of root use, so nobody's but this account's."""
        bucket = s3.CfnBucket(
            self,
            "Results",
            bucket_encryption=s3.CfnBucket.BucketEncryptionProperty(
                server_side_encryption_configuration=[
                    s3.CfnBucket.ServerSideEncryptionRuleProperty(
                        server_side_encryption_by_default=s3.CfnBucket.ServerSideEncryptionByDefaultProperty(
                            sse_algorithm="AES256"
                        )
                    )
                ]
            ),
            public_access_block_configuration=s3.CfnBucket.PublicAccessBlockConfigurationProperty(
                block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
            ),
            lifecycle_configuration=s3.CfnBucket.LifecycleConfigurationProperty(
                rules=[
                    s3.CfnBucket.RuleProperty(
                        id="expire", status="Enabled", prefix="", expiration_in_days=_RESULTS_DAYS
                    )
                ]
            ),
        )
        # What is in it would keep the stack from being deleted.
        bucket.apply_removal_policy(RemovalPolicy.RETAIN)
        accept(
            bucket,
            {
                "AwsSolutions-S1": "Copies of what the log files hold, gone after a month, of queries that Athena "
                "itself tells CloudTrail of, with who asked what."
            },
        )
        over_tls = iam.PolicyStatement(
            sid="OverTlsAlone",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:*"],
            resources=[bucket.attr_arn, f"{bucket.attr_arn}/*"],
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
        s3.CfnBucketPolicy(
            self, "ResultsPolicy", bucket=bucket.ref, policy_document=iam.PolicyDocument(statements=[over_tls])
        )
        return bucket

    def _workgroup(self, results: s3.CfnBucket) -> athena.CfnWorkGroup:
        return athena.CfnWorkGroup(
            self,
            "WorkGroup",
            name=DEPLOYED_WORKGROUP,
            description="rootwatch: questions about root use in the log files.",
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                bytes_scanned_cutoff_per_query=_MOST_BYTES,
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{results.ref}/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_S3"
                    ),
                ),
            ),
        )

    def _glue_table(self, settings: Settings) -> glue.CfnTable:
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=settings.hub_account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=DATABASE, description="rootwatch: the organisation trail's log files."
            ),
        )
        table = glue.CfnTable(
            self,
            "Table",
            catalog_id=settings.hub_account,
            database_name=DATABASE,
            table_input=glue.CfnTable.TableInputProperty(
                name=self._table.name,
                table_type="EXTERNAL_TABLE",
                parameters=self._table.properties,
                partition_keys=[_column(name, kind) for name, kind in schema.PARTITIONS],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[_column(name, kind) for name, kind in schema.columns()],
                    input_format=INPUT_FORMAT,
                    output_format=OUTPUT_FORMAT,
                    location=self._table.root,
                    serde_info=glue.CfnTable.SerdeInfoProperty(serialization_library=SERDE),
                ),
            ),
        )
        table.add_resource_dependency(database)
        return table


def _column(name: str, kind: str) -> glue.CfnTable.ColumnProperty:
    return glue.CfnTable.ColumnProperty(name=name, type=kind)
