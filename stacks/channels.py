"""SNS topics under a key of their own, or those that a team brings."""

from collections.abc import Iterable

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from rootwatch.core.settings import Settings


class EncryptedTopic(Construct):
    """``topic`` under ``key``, with e-mail subscriptions, for AWS's ``services`` of this account to publish to.

    CloudWatch alarms cannot publish to a topic under the key that AWS manages: hence a key that can admit them.
    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        carries: str,
        display_name: str,
        emails: Iterable[str],
        services: Iterable[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description=f"rootwatch: {carries} at rest in SNS.",
            enable_key_rotation=True,
            # Nothing that outlives the stack is encrypted with it.
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.topic = sns.Topic(self, "Topic", display_name=display_name, master_key=self.key, enforce_ssl=True)
        for service in services:
            self._admit(service)
        for address in emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))

    def _admit(self, service: str) -> None:
        principal = iam.ServicePrincipal(service)
        of_this_account = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[principal],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=of_this_account,
            )
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[principal],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                # In a key's policy this is the key.
                resources=["*"],
                conditions=of_this_account,
            )
        )


class AlertTopic:
    """Where every notice goes, by ``topic_arn`` and, if encrypted, ``key_arn``: a team's own topic or one of ours.
    Slack and PagerDuty are reached over HTTP instead."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        self.topic_arn: str
        self.key_arn: str
        if settings.topic:
            self.topic_arn, self.key_arn = settings.topic.arn, settings.topic.key_arn
            return
        made = EncryptedTopic(scope, "Alerts", carries="alerts", display_name="rootwatch", emails=settings.emails)
        self.topic_arn, self.key_arn = made.topic.topic_arn, made.key.key_arn
