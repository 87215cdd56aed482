"""What is wrong with rootwatch itself, as data: a metric each, when it is bad, what it means and what to do.

Sources:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from collections.abc import Iterator, Mapping
from typing import Final

from stacks.alarm import (
    CANARIES_HEARD,
    CANARIES_MISSING,
    FAST_PATH_MISSED,
    HOUR,
    LOG_FILES_DAMAGED,
    LOG_FILES_READ,
    LOG_FILES_REFUSED,
    LONGEST_UNSENT,
    MINUTE,
    OLDEST_DUE,
    SENDS_FAILED,
    Alarm,
)

_MISSED: Final = 3  # a single one is told by its notice


def of_hub(functions: Mapping[str, int | None], *, records: str, log_files: str | None) -> list[Alarm]:
    """Every alarm of a hub. ``functions`` are its functions' names, with the minutes between the runs of those that a
    schedule starts; ``records`` and ``log_files`` are the names of its queues."""
    alarms = [*of_queue(records, old_seconds=5 * MINUTE, means="Records of root use")]
    if log_files:
        alarms += of_queue(log_files, old_seconds=15 * MINUTE, means="Log files of CloudTrail")
        alarms += [*of_log_files(log_files), *of_backstop()]
    for name, minutes in functions.items():
        alarms += of_function(name)
        if minutes:
            alarms += of_schedule(name, minutes)
    alarms += of_sends()
    if "coverage" in functions:
        alarms += of_canaries()
    return alarms


def of_queue(name: str, *, old_seconds: int, means: str) -> Iterator[Alarm]:
    """A queue that nobody works off, and its dead letters. ``means`` is what its messages are to a person."""
    yield Alarm(
        name=f"{name}-old",
        means=f"{means} have waited for more than {old_seconds // MINUTE} minutes: alerts are late.",
        do="Look into the log of the function that reads them, then into the table and the service it calls.",
        namespace="AWS/SQS",
        metric="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": name},
        threshold=old_seconds,
        period_seconds=MINUTE,
        periods=3,
    )
    yield Alarm(
        name=f"{name}-dead",
        means=f"{means} could not be taken in for a day, or EventBridge could not deliver them: they are not told.",
        do=f"Read the messages in {name}-dead, put the cause right, then start the queue's redrive.",
        namespace="AWS/SQS",
        metric="ApproximateNumberOfMessagesVisible",
        dimensions={"QueueName": f"{name}-dead"},
    )


def of_log_files(name: str) -> Iterator[Alarm]:
    """A trail whose log files do not come any more, or lie where none is looked for."""
    yield Alarm(
        name=f"{name}-none",
        means="For an hour no log file of the organisation trail was read: the backstop sees nothing.",
        do="Look whether the trail logs, whether it can write to the bucket, whether the bucket's notifications to "
        "EventBridge are on, and whether rootwatch.trail.prefix is the trail's.",
        metric=LOG_FILES_READ,
        dimensions={"service": "backstop"},
        statistic="Sum",
        bad="less-than",
        period_seconds=HOUR,
    )


def of_backstop() -> Iterator[Alarm]:
    """Log files that say nothing, and what they show of the fast path, which the sweep books."""
    yield Alarm(
        name="rootwatch-log-files-refused",
        means="A message in the queue of log files was refused: it is no word of S3's of the trail's bucket.",
        do="Find its reason in the log of rootwatch-backstop. If the trail has another bucket now, write it into "
        "rootwatch.trail and deploy; if not, find out who puts messages there.",
        metric=LOG_FILES_REFUSED,
        dimensions={"service": "backstop"},
        statistic="Sum",
    )
    yield Alarm(
        name="rootwatch-log-files-damaged",
        means="A log file of the trail could not be read whole: what stands in the damaged part is not told.",
        do="The notice about it names the file. Compare it with its digest (aws cloudtrail validate-logs), and find "
        "out who wrote to the bucket.",
        metric=LOG_FILES_DAMAGED,
        dimensions={"service": "backstop"},
        statistic="Sum",
    )
    yield Alarm(
        name="rootwatch-fast-path-missed",
        means=f"EventBridge did not bring {_MISSED} records or more within an hour: root use is told minutes late.",
        do="The notices about the lost fast path name the places, and say what to look at there. Several places at "
        "once have the hub's bus, its rule and the queue rootwatch-records in common.",
        metric=FAST_PATH_MISSED,
        dimensions={"service": "sweep"},
        statistic="Sum",
        threshold=_MISSED,
        period_seconds=HOUR,
    )


def of_function(name: str) -> Iterator[Alarm]:
    """A function that fails or is not let run."""
    dimensions = {"FunctionName": f"rootwatch-{name}"}
    yield Alarm(
        name=f"rootwatch-{name}-errors",
        means=f"The function {name} failed.",
        do=f"Look for ERROR in the log of rootwatch-{name}; what it did not do it tries again.",
        namespace="AWS/Lambda",
        metric="Errors",
        dimensions=dimensions,
        statistic="Sum",
    )
    yield Alarm(
        name=f"rootwatch-{name}-throttles",
        means=f"Lambda did not let the function {name} run: the account has too few concurrent executions.",
        do="Ask for a higher quota, or give another function in the account less.",
        namespace="AWS/Lambda",
        metric="Throttles",
        dimensions=dimensions,
        statistic="Sum",
        periods=2,
    )


def of_schedule(name: str, minutes: int) -> Iterator[Alarm]:
    """A scheduled function that is not started any more."""
    yield Alarm(
        name=f"rootwatch-{name}-silent",
        means=f"The function {name} should run every {_a_minute_or(minutes)} and has missed three runs.",
        do=f"Look at the schedule rootwatch-{name}: is it there, is it enabled, may its role invoke the function?",
        namespace="AWS/Lambda",
        metric="Invocations",
        dimensions={"FunctionName": f"rootwatch-{name}"},
        statistic="Sum",
        bad="less-than",
        period_seconds=minutes * MINUTE,
        periods=3,
    )


def of_sends() -> Iterator[Alarm]:
    """Notices that do not get out. The sweep alone counts those that failed, from the table: whoever sent them."""
    yield Alarm(
        name="rootwatch-sends-failed",
        means="A notice was not sent and will not be: a channel refused it, or was down for 24 hours.",
        do="Find it in the log by state=failed: the reason stands there. Put the channel right; read the incident.",
        metric=SENDS_FAILED,
        dimensions={"service": "sweep"},
        statistic="Sum",
    )
    yield Alarm(
        name="rootwatch-outbox-old",
        means="A send has been due for more than ten minutes and nobody has tried it.",
        do="Look into the log of rootwatch-sweep; a send waits for an earlier one of the same thread.",
        metric=OLDEST_DUE,
        dimensions={"service": "sweep"},
        threshold=10 * MINUTE,
    )
    yield Alarm(
        name="rootwatch-channel-down",
        means="A notice has been tried for more than ten minutes: a channel does not take it.",
        do="Look into the log of rootwatch-sweep for state=retry: the channel and its answer stand there.",
        metric=LONGEST_UNSENT,
        dimensions={"service": "sweep"},
        threshold=10 * MINUTE,
    )


def of_canaries() -> Iterator[Alarm]:
    """Canaries that are not heard: the whole path from a member to the table is in doubt."""
    yield Alarm(
        name="rootwatch-no-canary",
        means="For two hours no canary of any account was heard: root use would not be heard either. After a first "
        "deployment this is so until the first canaries come.",
        do="Look at the hub's bus and its policy, at rootwatch-records, and into the logs of the functions coverage "
        "and monitor.",
        metric=CANARIES_HEARD,
        dimensions={"service": "monitor"},
        statistic="Sum",
        bad="less-than",
        period_seconds=HOUR,
        periods=2,
    )
    yield Alarm(
        name="rootwatch-canaries-missing",
        means="Canaries of some account and Region are not heard: root use there would not be heard either.",
        do="The notice about it names the places. Look whether the member's rules and role are there.",
        metric=CANARIES_MISSING,
        dimensions={"service": "coverage"},
        periods=2,
    )


def _a_minute_or(minutes: int) -> str:
    return "minute" if minutes == 1 else f"{minutes} minutes"
