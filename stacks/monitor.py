"""The monitor: the function that reads the queue."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.function import HubFunction
from stacks.intake import Intake


class Monitor(HubFunction):
    """Turns each record of the queue into part of an incident, and sends what is due at once."""

    def __init__(
        self,
        scope: Construct,
        *,
        intake: Intake,
        code: lambda_.Code,
        environment: Mapping[str, str],
        log_retention_days: int,
        statements: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(
            scope,
            name="monitor",
            description="rootwatch: turns records of root use into alerts.",
            code=code,
            timeout=Duration.seconds(30),
            environment=environment,
            log_retention_days=log_retention_days,
            statements=[*statements, _consume(intake)],
        )
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Records",
            event_source_arn=intake.queue.queue_arn,
            function_name=self.function.function_name,
            batch_size=10,
            maximum_batching_window_in_seconds=0,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=10),
        )
        # Lambda checks at once that the role may read the queue.
        mapping.node.add_dependency(self.role)


def _consume(intake: Intake) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=[
            "sqs:ChangeMessageVisibility",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ReceiveMessage",
        ],
        resources=[intake.queue.queue_arn],
    )
