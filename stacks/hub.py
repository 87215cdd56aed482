"""The hub stack: where forwarded records become alerts."""

from collections.abc import Sequence

from aws_cdk import Annotations, CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks import alarms, names, permissions
from stacks.asset import Asset
from stacks.athena import AthenaQuestion
from stacks.backstop import Backstop
from stacks.channels import AlertTopic
from stacks.function import HubFunction, Spec
from stacks.intake import MONITOR_TIMEOUT, Intake
from stacks.log_files import BACKSTOP_TIMEOUT, LogFiles
from stacks.operations import Operations
from stacks.queue_reader import QueueReader
from stacks.scheduled import ScheduledFunction
from stacks.table import IncidentTable


class HubStack(Stack):
    """Bus → queue → monitor → table → channels; log files → backstop; the sweep, the slow pass, alarms about them all.

    Outputs name what the command line seeks.
    """

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
        self.log_files = self._log_files()
        self.coverage = self._coverage()
        self._posture()
        self._heartbeat()
        self._warn()
        self._add_operations()
        self._add_outputs()

    def _monitor(self) -> QueueReader:
        spec = self._spec(
            "monitor",
            "rootwatch: turns records of root use into alerts.",
            timeout=MONITOR_TIMEOUT,
            statements=self._take_in(),
        )
        return QueueReader(self, spec, queue=self.intake.queues.queue)

    def _log_files(self) -> LogFiles | None:
        """The second path, where there is a trail whose log files can be read."""
        trail = self._settings.trail
        if trail is None:
            return None
        log_files = LogFiles(self, settings=self._settings, trail=trail, hub_bus=self.intake.bus)
        spec = self._spec(
            "backstop",
            "rootwatch: reads the organisation trail's log files for what was not heard.",
            timeout=BACKSTOP_TIMEOUT,
            statements=self._take_in(),
        )
        Backstop(self, spec, log_files=log_files)
        if trail.create:
            AthenaQuestion(self, settings=self._settings)
        return log_files

    def _take_in(self) -> list[iam.PolicyStatement]:
        """What it takes to make alerts of records."""
        return [
            permissions.use_table(self.incidents.table),
            *permissions.publish(self.alerts),
            *permissions.read_secrets(self._settings),
            *permissions.read_directory(self._settings),
        ]

    def _sweep(self) -> ScheduledFunction:
        spec = self._spec(
            "sweep",
            "rootwatch: sends what is still due, writes digests, closes incidents.",
            # It stays for its minute, to send held pages to the second; then the next one takes over.
            timeout=Duration.seconds(90),
            statements=[
                permissions.use_table(self.incidents.table),
                *permissions.find_due(self.incidents.table),
                *permissions.publish(self.alerts),
                *permissions.read_secrets(self._settings),
                *permissions.read_directory(self._settings),
            ],
        )
        return ScheduledFunction(self, spec, minutes=1)

    def _tags(self) -> ScheduledFunction:
        spec = self._spec(
            "tags",
            "rootwatch: reads the break-glass tags of all accounts, slowly.",
            timeout=Duration.minutes(14),
            statements=[
                permissions.use_table(self.incidents.table),
                *permissions.read_directory(self._settings),
                permissions.list_accounts(),
            ],
        )
        return ScheduledFunction(self, spec, minutes=15)

    def _coverage(self) -> ScheduledFunction:
        spec = self._spec(
            "coverage",
            "rootwatch: proves that every account and Region is heard, and that what is deployed is as it should be.",
            # It begins nothing new in the last 45 seconds, and two runs at once do no harm.
            timeout=Duration.minutes(8),
            statements=[
                *self._take_in(),
                permissions.list_accounts(),
                # Where the fast path is lost, by the index.
                permissions.query_due(self.incidents.table),
                permissions.read_functions(),
                *permissions.read_hub_parts(self.incidents.table),
                *permissions.visit(self._settings),
            ],
            memory_megabytes=1024,
            role_name=names.COVERAGE_ROLE,
        )
        return ScheduledFunction(self, spec, minutes=5)

    def _posture(self) -> ScheduledFunction:
        spec = self._spec(
            "posture",
            "rootwatch: looks once a day, in slices, how root and the other credentials of every account are guarded.",
            timeout=Duration.minutes(14),
            statements=[
                permissions.use_table(self.incidents.table),
                *permissions.read_directory(self._settings),
                permissions.list_accounts(),
                *permissions.visit_for_posture(self._settings),
            ],
            role_name=names.POSTURE_ROLE,
        )
        return ScheduledFunction(self, spec, minutes=15)

    def _heartbeat(self) -> None:
        """The switch outside of AWS, where there is one."""
        if self._settings.heartbeat is None:
            return
        spec = self._spec(
            "heartbeat",
            "rootwatch: presses the switch outside of AWS while all is well.",
            timeout=Duration.seconds(45),
            statements=[
                permissions.read_table(self.incidents.table),
                permissions.read_secret(self._settings.heartbeat.secret),
                permissions.read_metrics(),
            ],
        )
        ScheduledFunction(self, spec, minutes=1)

    def _warn(self) -> None:
        warnings = Annotations.of(self)
        if not self._settings.trail:
            warnings.add_warning_v2(
                "rootwatch:no-log-files",
                "Without rootwatch.trail there is no second path: what EventBridge drops, and every record of more "
                "than 256 KB, is never told.",
            )
        if not self._settings.heartbeat:
            warnings.add_warning_v2(
                "rootwatch:no-heartbeat",
                "Without rootwatch.heartbeat nothing outside of AWS notices when the hub itself falls silent.",
            )
        if self._settings.hub_account == self._settings.management_account:
            warnings.add_warning_v2(
                "rootwatch:hub-in-management",
                "The hub is in the management account, which no service control policy binds and whose root can "
                "silence it: a security account is the better place.",
            )

    def _add_operations(self) -> None:
        """Alarms for every function that this stack has by now."""
        made = [child for child in self.node.children if isinstance(child, HubFunction)]
        functions = {one.name: one.minutes if isinstance(one, ScheduledFunction) else None for one in made}
        log_files = names.LOG_FILES if self.log_files else None
        self.operations = Operations(
            self,
            settings=self._settings,
            alarms=alarms.of_hub(functions, records=names.QUEUE, log_files=log_files),
            functions=list(functions),
            queues=[queue for queue in (names.QUEUE, log_files) if queue],
        )

    def _spec(
        self,
        name: str,
        description: str,
        *,
        timeout: Duration,
        statements: Sequence[iam.PolicyStatement],
        memory_megabytes: int = 512,
        role_name: str | None = None,
    ) -> Spec:
        return Spec(
            name=name,
            description=description,
            timeout=timeout,
            code=self._code,
            environment=self._environment(name),
            log_retention_days=self._settings.log_retention_days,
            statements=statements,
            memory_megabytes=memory_megabytes,
            role_name=role_name,
        )

    def _environment(self, service: str) -> dict[str, str]:
        """Names of what was deployed, and nothing else: the settings lie in the asset."""
        return {
            "TABLE_NAME": self.incidents.table.table_name,
            "TOPIC_ARN": self.alerts.topic_arn,
            "POWERTOOLS_SERVICE_NAME": service,
            "POWERTOOLS_METRICS_NAMESPACE": "rootwatch",
            "LOG_LEVEL": "INFO",
        }

    def _add_outputs(self) -> None:
        outputs = {
            "BusArn": self.intake.bus.event_bus_arn,
            "QueueUrl": self.intake.queues.queue.queue_url,
            "DeadLetterQueueUrl": self.intake.queues.dead_letters.queue_url,
            "TableName": self.incidents.table.table_name,
            "TopicArn": self.alerts.topic_arn,
            "MonitorFunctionName": self.monitor.function.function_name,
            "SweepFunctionName": self.sweep.function.function_name,
            "OperationsTopicArn": self.operations.topic_arn,
        }
        if self.log_files:
            outputs["LogFilesQueueUrl"] = self.log_files.queues.queue.queue_url
            outputs["LogFilesDeadLetterQueueUrl"] = self.log_files.queues.dead_letters.queue_url
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
