"""The hub stack: where forwarded records become alerts."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks import permissions
from stacks.asset import Asset
from stacks.channels import AlertTopic
from stacks.intake import Intake
from stacks.monitor import Monitor, Sweep
from stacks.table import IncidentTable


class HubStack(Stack):
    """Bus → queue → monitor → table → channels, and the sweep. Its outputs name what the command line looks for."""

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

    def _sweep(self) -> Sweep:
        return Sweep(
            self,
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
