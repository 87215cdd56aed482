"""The functions that a schedule starts: the sweep, each minute, and the slow pass over the accounts' tags."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from stacks import names
from stacks.function import HubFunction, Spec


class ScheduledFunction(HubFunction):
    """A function that is started every so many minutes.

    Two runs at once do no harm, since each claims what it does: hence no reserved concurrency, which a new account with
    its limit of ten could not grant.
    """

    def __init__(self, scope: Construct, spec: Spec, *, minutes: int) -> None:
        super().__init__(scope, spec)
        self.minutes = minutes
        invoker = iam.Role(
            self,
            "Invoker",
            path=names.ROLE_PATH,
            description=f"rootwatch: lets the schedule invoke {spec.name}.",
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
            name=f"rootwatch-{spec.name}",
            description=f"rootwatch: starts {spec.name}.",
            schedule_expression=f"rate({minutes} minute{'' if minutes == 1 else 's'})",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.function.function_arn,
                role_arn=invoker.role_arn,
                # The next run does what this one missed.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=0
                ),
            ),
        )
        schedule.node.add_dependency(invoker)
