"""The functions that read a queue: the monitor, and the backstop."""

from dataclasses import replace

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.function import HubFunction, Spec


class QueueReader(HubFunction):
    """A function that is handed the messages of a queue, and names those that must come again."""

    def __init__(self, scope: Construct, spec: Spec, *, queue: sqs.Queue, batching: Duration | None = None) -> None:
        super().__init__(scope, replace(spec, statements=[*spec.statements, _consume(queue)]))
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Records",
            event_source_arn=queue.queue_arn,
            function_name=self.function.function_name,
            batch_size=10,
            maximum_batching_window_in_seconds=batching.to_seconds() if batching else 0,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=10),
        )
        # Lambda checks at once that the role may read the queue.
        mapping.node.add_dependency(self.role)


def _consume(queue: sqs.Queue) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=[
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
        resources=[queue.queue_arn],
    )
