"""Where alerts leave the hub: the SNS topic with its key and its e-mail subscriptions."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from rootwatch.core.settings import Settings

# CloudWatch alarms cannot publish to a topic under the key that AWS manages: hence a key of our own that admits them.
# Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
_PUBLISHERS = ("cloudwatch.amazonaws.com", "events.amazonaws.com")


class AlertTopic(Construct):
    """``topic`` carries every notice, encrypted with ``key``; Slack and PagerDuty are reached over HTTP instead."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "Alerts")
        self.key = kms.Key(
            self,
            "Key",
            description="rootwatch: alerts at rest in SNS.",
            enable_key_rotation=True,
            # Nothing that outlives the stack is encrypted with it.
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.topic = sns.Topic(self, "Topic", display_name="rootwatch", master_key=self.key, enforce_ssl=True)
        for service in _PUBLISHERS:
            self._admit(service)
        for address in settings.emails:
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
