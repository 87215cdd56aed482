"""One Lambda function of the hub with a role and a log group of its own."""

from collections.abc import Iterable, Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks import names


class HubFunction(Construct):
    """``function`` runs ``rootwatch.handlers.<name>.handler`` and may do what ``statements`` say, and write its log."""

    def __init__(
        self,
        scope: Construct,
        *,
        name: str,
        description: str,
        code: lambda_.Code,
        timeout: Duration,
        environment: Mapping[str, str],
        log_retention_days: int,
        statements: Iterable[iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, name.capitalize())
        log_group = self._log_group(log_retention_days)
        self.role = iam.Role(
            self,
            "Role",
            path=names.ROLE_PATH,
            description=f"rootwatch: what {name} may do.",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        for statement in (*statements, _write_log(log_group)):
            self.role.add_to_policy(statement)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=f"rootwatch-{name}",
            description=description,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"rootwatch.handlers.{name}.handler",
            code=code,
            timeout=timeout,
            # The share of a processor grows with it: a start is bound by the processor, not by memory.
            memory_size=512,
            role=self.role,
            environment=dict(environment),
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
        )

    def _log_group(self, retention_days: int) -> logs.LogGroup:
        group = logs.LogGroup(self, "Log", removal_policy=RemovalPolicy.RETAIN)
        written = group.node.default_child
        if not isinstance(written, logs.CfnLogGroup):
            raise TypeError("A log group is no longer made of one CfnLogGroup.")
        # The construct takes the days as an enumeration, the settings as a number.
        written.retention_in_days = retention_days
        return group


def _write_log(group: logs.LogGroup) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[group.log_group_arn])
