"""The two functions of the spine: the monitor reads the queue, the sweep sends what is still due."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from stacks import names
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


class Sweep(HubFunction):
    """Sends what is due and was not sent, writes digests and closes incidents, once a minute.

    Two sweeps at once do no harm, since each claims what it sends: hence no reserved concurrency, which a new account
    with its limit of ten could not grant.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        code: lambda_.Code,
        environment: Mapping[str, str],
        log_retention_days: int,
        statements: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(
            scope,
            name="sweep",
            description="rootwatch: sends what is still due, writes digests, closes incidents.",
            code=code,
            # It stays for its minute, to send held pages to the second; then the next one takes over.
            timeout=Duration.seconds(90),
            environment=environment,
            log_retention_days=log_retention_days,
            statements=statements,
        )
        invoker = iam.Role(
            self,
            "Invoker",
            path=names.ROLE_PATH,
            description="rootwatch: lets the schedule invoke the sweep.",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
        )
        invoker.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn])
        )
        schedule = scheduler.CfnSchedule(
            self,
            "Schedule",
            name="rootwatch-sweep",
            description="rootwatch: the sweep, every minute.",
            schedule_expression="rate(1 minute)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.function.function_arn,
                role_arn=invoker.role_arn,
                # The next minute's sweep does what this one missed.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=0
                ),
            ),
        )
        schedule.node.add_dependency(invoker)


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
