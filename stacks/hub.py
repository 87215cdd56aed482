"""The hub stack: where forwarded records become alerts."""

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks import permissions
from stacks.asset import Asset
from stacks.channels import AlertTopic
from stacks.intake import Intake
from stacks.monitor import Monitor
from stacks.scheduled import ScheduledFunction
from stacks.table import IncidentTable


class HubStack(Stack):
    """Bus → queue → monitor → table → channels, the sweep, the slow pass. Outputs name what the command line seeks."""

    def __init__(self, scope: Construct, *, settings: Settings, asset: Asset) -> None:
        super().__init__(
            scope,
            "rootwatch-hub",
            description="rootwatch: turns root use of every account into alerts.",
            env=Environment(account=settings.hub_account, region=settings.hub_region),
        )
        self._settings = settings
        self._code = lambda_.Code.from_asset(str(asset.path), asset_hash=asset.hash)
        self.intake = Intake(self, settings=settings)
        self.incidents = IncidentTable(self)
        self.alerts = AlertTopic(self, settings=settings)
        self.monitor = self._monitor()
        self.sweep = self._sweep()
        self.tags_pass = self._tags()
        self._add_outputs()

    def _monitor(self) -> Monitor:
        return Monitor(
            self,
            intake=self.intake,
            code=self._code,
            environment=self._environment("monitor"),
            log_retention_days=self._settings.log_retention_days,
            statements=[
                permissions.use_table(self.incidents.table),
                *permissions.publish(self.alerts),
                *permissions.read_secrets(self._settings),
                *permissions.read_directory(self._settings),
            ],
        )

    def _sweep(self) -> ScheduledFunction:
        return ScheduledFunction(
            self,
            name="sweep",
            description="rootwatch: sends what is still due, writes digests, closes incidents.",
            minutes=1,
            # It stays for its minute, to send held pages to the second; then the next one takes over.
            timeout=Duration.seconds(90),
            code=self._code,
            environment=self._environment("sweep"),
            log_retention_days=self._settings.log_retention_days,
            statements=[
                permissions.use_table(self.incidents.table),
                *permissions.find_due(self.incidents.table),
                *permissions.publish(self.alerts),
                *permissions.read_secrets(self._settings),
            ],
        )

    def _tags(self) -> ScheduledFunction:
        return ScheduledFunction(
            self,
            name="tags",
            description="rootwatch: reads the break-glass tags of all accounts, slowly.",
            minutes=15,
            timeout=Duration.minutes(14),
            code=self._code,
            environment=self._environment("tags"),
            log_retention_days=self._settings.log_retention_days,
            statements=[
                permissions.use_table(self.incidents.table),
                *permissions.read_directory(self._settings),
                permissions.list_accounts(),
            ],
        )

    def _environment(self, service: str) -> dict[str, str]:
        """Names of what was deployed, and nothing else: the settings lie in the asset."""
        return {
            "TABLE_NAME": self.incidents.table.table_name,
            "TOPIC_ARN": self.alerts.topic.topic_arn,
            "POWERTOOLS_SERVICE_NAME": service,
            "POWERTOOLS_METRICS_NAMESPACE": "rootwatch",
            "LOG_LEVEL": "INFO",
        }

    def _add_outputs(self) -> None:
        outputs = {
            "BusArn": self.intake.bus.event_bus_arn,
            "QueueUrl": self.intake.queue.queue_url,
            "DeadLetterQueueUrl": self.intake.dead_letters.queue_url,
            "TableName": self.incidents.table.table_name,
            "TopicArn": self.alerts.topic.topic_arn,
            "MonitorFunctionName": self.monitor.function.function_name,
            "SweepFunctionName": self.sweep.function.function_name,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
