"""The hub's intake: the bus that members forward to, the rule, the queue and its dead-letter queue."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks import names, patterns
from stacks.queues import QueuePair

MONITOR_TIMEOUT = Duration.seconds(30)


class Intake(Construct):
    """``bus`` takes what members forward, ``queues`` keep it until the monitor has settled it."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "Intake")
        self.bus = events.EventBus(self, "Bus", event_bus_name=names.BUS)
        self.queues = QueuePair(
            self, "Records", name=names.QUEUE, visibility=Duration.seconds(6 * MONITOR_TIMEOUT.to_seconds())
        )
        self._admit_members(settings.organization_id)
        self._fill_queue()

    def _admit_members(self, organization_id: str) -> None:
        """Only EventBridge itself, on behalf of a forwarding role of ours, anywhere in the organisation.

        Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
        """
        self.bus.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ForwardedByMembers",
                principals=[iam.AnyPrincipal()],
                actions=["events:PutEvents"],
                resources=[self.bus.event_bus_arn],
                conditions={
                    "StringEquals": {"aws:PrincipalOrgID": organization_id},
                    "Bool": {"events:eventBusInvocation": "true"},
                    "ArnLike": {"aws:PrincipalArn": f"arn:{Aws.PARTITION}:iam::*:role{names.ROLE_PATH}*"},
                },
            )
        )

    def _fill_queue(self) -> None:
        rule = events.CfnRule(
            self,
            "Rule",
            name=names.QUEUE,
            event_bus_name=self.bus.event_bus_name,
            event_pattern=patterns.HUB,
            state=names.ALL_MANAGEMENT_EVENTS,
            targets=[self.queues.target("records")],
        )
        self.queues.admit(rule)
