"""The hub's intake: the bus that members forward to, the rule, the queue and its dead-letter queue."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks import names, patterns

# Six times the monitor's timeout, as AWS advises; times 480 receives it is a day, as long as EventBridge retries.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
VISIBILITY = Duration.seconds(180)
MAX_RECEIVES = 480


class Intake(Construct):
    """``bus`` takes what members forward, ``queue`` keeps it until the monitor has settled it."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(scope, "Intake")
        self.bus = events.EventBus(self, "Bus", event_bus_name=names.BUS)
        self.dead_letters = _queue(self, "DeadLetters", name=f"{names.QUEUE}-dead")
        self.queue = _queue(
            self,
            "Records",
            name=names.QUEUE,
            visibility_timeout=VISIBILITY,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=MAX_RECEIVES),
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
            targets=[
                events.CfnRule.TargetProperty(
                    id="records",
                    arn=self.queue.queue_arn,
                    # Without it, what EventBridge may not deliver is dropped at once.
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.dead_letters.queue_arn),
                )
            ],
        )
        for queue in (self.queue, self.dead_letters):
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="FromTheRule",
                    principals=[iam.ServicePrincipal("events.amazonaws.com")],
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
                )
            )


def _queue(
    scope: Construct,
    construct_id: str,
    *,
    name: str,
    visibility_timeout: Duration | None = None,
    dead_letter_queue: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    return sqs.Queue(
        scope,
        construct_id,
        queue_name=name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        # A message keeps the age it had when it moves to the dead letters: both queues keep it as long as SQS can.
        retention_period=Duration.days(14),
        visibility_timeout=visibility_timeout,
        dead_letter_queue=dead_letter_queue,
    )
