"""From a new log file of CloudTrail to a message in a queue, wherever the bucket is."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from rootwatch.core.sections import Trail
from rootwatch.core.settings import Settings
from stacks import names, patterns, permissions
from stacks.queues import QueuePair
from stacks.trail import TrailArchive

# A log file of a busy account has tens of thousands of records; ten of them come at once.
BACKSTOP_TIMEOUT = Duration.minutes(2)


def pattern(settings: Settings, trail: Trail) -> patterns.Pattern:
    """What tells of a new log file in the trail's bucket."""
    bucket, account, prefix = _place(settings, trail)
    return patterns.log_files(bucket=bucket, account=account, prefix=prefix)


def _place(settings: Settings, trail: Trail) -> tuple[str, str, str]:
    """The bucket of the log files, the account that it is in, and what their keys begin with."""
    if trail.create:
        return settings.trail_bucket, settings.hub_account, ""
    return trail.bucket, trail.bucket_account, trail.prefix


class LogFiles(Construct):
    """``queues`` hold what is still to be read, ``reading`` is what a reader needs to be allowed, and ``environment``
    what it must know.

    S3 tells of our own bucket on this account's default bus; of any other, the log archive's stack tells on the hub's.
    """

    def __init__(self, scope: Construct, *, settings: Settings, trail: Trail, hub_bus: events.EventBus) -> None:
        super().__init__(scope, "LogFiles")
        self.reading: list[iam.PolicyStatement]
        bucket, _, _ = _place(settings, trail)
        self.environment = {"LOG_BUCKET": bucket}
        if trail.create:
            self.reading = permissions.read_own_log_files(TrailArchive(self, settings=settings, trail=trail))
        else:
            self.reading = [permissions.take_log_reader(trail)]
            self.environment["LOG_READER_ROLE_ARN"] = names.role_arn(trail.bucket_account, names.LOG_READER_ROLE)
        visibility = Duration.seconds(6 * BACKSTOP_TIMEOUT.to_seconds())
        self.queues = QueuePair(self, "Files", name=names.LOG_FILES, visibility=visibility)
        rule = events.CfnRule(
            self,
            "Rule",
            name=names.LOG_FILES,
            event_bus_name=None if trail.create else hub_bus.event_bus_name,
            event_pattern=pattern(settings, trail),
            state="ENABLED",
            targets=[self.queues.target("log-files")],
        )
        self.queues.admit(rule)
