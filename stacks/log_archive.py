"""The log archive stack: beside a bucket that is there already. It changes neither the bucket nor its policy."""

import json
from typing import Any

from aws_cdk import Aws, CfnOutput, Environment, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from rootwatch.core.sections import Trail
from rootwatch.core.settings import Settings
from stacks import log_files, names
from stacks.accepted import accept_wide


class LogArchiveStack(Stack):
    """A role by which the hub's backstop reads the log files, and a rule that tells the hub of new ones.

    The bucket's notifications to EventBridge must be on: S3 replaces a bucket's notifications whole, so that we would
    overwrite somebody else's.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
    """

    def __init__(self, scope: Construct, *, settings: Settings, trail: Trail) -> None:
        super().__init__(
            scope,
            "rootwatch-log-archive",
            description="rootwatch: lets the hub read the organisation trail's log files.",
            env=Environment(account=trail.bucket_account, region=trail.bucket_region),
        )
        self._add_reader_role(settings, trail)
        self._add_rule(settings, trail)
        if trail.key_arn:
            self._tell_key_statement(trail)

    def _add_reader_role(self, settings: Settings, trail: Trail) -> None:
        below = f"{trail.prefix}/AWSLogs" if trail.prefix else "AWSLogs"
        role = iam.Role(
            self,
            "LogReader",
            role_name=names.LOG_READER_ROLE,
            path=names.ROLE_PATH,
            description="Lets the backstop of rootwatch read the log files of the organisation trail.",
            # By a condition and not by the principal: that would be lost when the role is made anew.
            assumed_by=iam.PrincipalWithConditions(
                iam.AccountPrincipal(settings.hub_account),
                {"ArnEquals": {"aws:PrincipalArn": names.role_arn(settings.hub_account, names.BACKSTOP_ROLE)}},
            ),
        )
        files = f"arn:{Aws.PARTITION}:s3:::{trail.bucket}/{below}/*"
        read = iam.PolicyStatement(actions=["s3:GetObject", "s3:GetObjectVersion"], resources=[files])
        role.add_to_policy(read)
        accept_wide(role, [read])
        if trail.key_arn:
            role.add_to_policy(
                iam.PolicyStatement(
                    actions=["kms:Decrypt"], resources=[trail.key_arn], conditions=_through_s3(trail.bucket_region)
                )
            )

    def _add_rule(self, settings: Settings, trail: Trail) -> None:
        hub_bus = names.hub_bus_arn(settings)
        role = iam.Role(
            self,
            "LogForwarding",
            role_name=names.LOG_FORWARDING_ROLE,
            path=names.ROLE_PATH,
            description="Lets a rule of rootwatch tell the hub's bus of new log files, and nothing else.",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )
        role.add_to_policy(iam.PolicyStatement(actions=["events:PutEvents"], resources=[hub_bus]))
        rule = events.CfnRule(
            self,
            "Rule",
            name=f"{names.LOG_FILES}-forwarding",
            event_pattern=log_files.pattern(settings, trail),
            state="ENABLED",
            targets=[events.CfnRule.TargetProperty(id="hub", arn=hub_bus, role_arn=role.role_arn)],
        )
        rule.node.add_dependency(role)

    def _tell_key_statement(self, trail: Trail) -> None:
        """A key's policy has the last word: in another account always, and here unless it leaves it to IAM."""
        statement: dict[str, Any] = {
            "Sid": "RootwatchReadsLogFiles",
            "Effect": "Allow",
            "Principal": {"AWS": names.role_arn(trail.bucket_account, names.LOG_READER_ROLE)},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": _through_s3(trail.bucket_region),
        }
        CfnOutput(
            self,
            "KeyPolicyStatement",
            description=f"Add this to the policy of {trail.key_arn}, unless it leaves access to IAM.",
            value=json.dumps(statement, separators=(",", ":")),
        )


def _through_s3(region: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"kms:ViaService": f"s3.{region}.{Aws.URL_SUFFIX}"}}
