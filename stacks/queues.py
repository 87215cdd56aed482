"""The hub's queues: encrypted, over TLS alone, filled by one rule, each with dead letters beside it."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

A_DAY = Duration.days(1)


class QueuePair:
    """``queue`` and its ``dead_letters``. A message is tried for a day, as long as EventBridge retries.

    ``visibility`` is six times the reader's timeout, as AWS advises.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, visibility: Duration) -> None:
        self.dead_letters = _queue(scope, "DeadLetters", name=f"{name}-dead")
        receives = int(A_DAY.to_seconds() / visibility.to_seconds())
        self.queue = _queue(
            scope,
            construct_id,
            name=name,
            visibility_timeout=visibility,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=receives),
        )

    def target(self, target_id: str) -> events.CfnRule.TargetProperty:
        """The queue as a rule's target."""
        return events.CfnRule.TargetProperty(
            id=target_id,
            arn=self.queue.queue_arn,
            # Without it, what EventBridge may not deliver is dropped at once.
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.dead_letters.queue_arn),
        )

    def admit(self, rule: events.CfnRule) -> None:
        """Lets the rule, and nobody else, fill both."""
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
