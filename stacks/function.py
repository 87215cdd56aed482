"""One Lambda function of the hub with a role and a log group of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks import names
from stacks.accepted import accept, accept_wide

# Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_WHY_NOT_LATEST = (
    "Python 3.13 is supported until 2029; the asset's wheels and bytecode are of this version and tested on it. A "
    "newer runtime comes with a newer asset."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a function is made of: ``rootwatch.handlers.<name>.handler`` of the asset, and what it may do."""

    name: str
    description: str
    timeout: Duration
    code: lambda_.Code
    environment: Mapping[str, str]
    log_retention_days: int
    statements: Sequence[iam.PolicyStatement]
    # The share of a processor grows with it: a start is bound by the processor, not by memory.
    memory_megabytes: int = 512
    # For what must be known by its ARN before it is there.
    role_name: str | None = None


class HubFunction(Construct):
    """``function`` runs what the spec says and may do what its statements say, and write its log."""

    def __init__(self, scope: Construct, spec: Spec) -> None:
        super().__init__(scope, spec.name.capitalize())
        self.name = spec.name
        log_group = self._log_group(spec.log_retention_days)
        self.role = iam.Role(
            self,
            "Role",
            role_name=spec.role_name,
            path=names.ROLE_PATH,
            description=f"rootwatch: what {spec.name} may do.",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        for statement in (*spec.statements, _write_log(log_group)):
            self.role.add_to_policy(statement)
        accept_wide(self.role, spec.statements)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=f"rootwatch-{spec.name}",
            description=spec.description,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"rootwatch.handlers.{spec.name}.handler",
            code=spec.code,
            timeout=spec.timeout,
            memory_size=spec.memory_megabytes,
            role=self.role,
            environment=dict(spec.environment),
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
        )
        accept(self.function, {"AwsSolutions-L1": _WHY_NOT_LATEST})

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
