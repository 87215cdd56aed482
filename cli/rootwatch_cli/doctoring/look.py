"""Looks at the deployed rootwatch: its table, and the parts of the hub. What AWS refuses is Unknown, never left out."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from rootwatch.core.coverage import Row, rows
from rootwatch.core.settings import Settings
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.fast_paths import FastPaths
from rootwatch.edge.last_sends import LastSends
from rootwatch.edge.sends import Sends
from rootwatch_cli.aws import Aws, Deployed
from rootwatch_cli.doctoring.finding import Unknown, ask
from rootwatch_cli.doctoring.gather import all_of, trails
from rootwatch_cli.doctoring.secrets import secrets
from rootwatch_cli.doctoring.state import Queue, State, Subscription

PREFIX: Final = "rootwatch-"
BUS: Final = "rootwatch"
RULE: Final = "rootwatch-records"
MONITOR: Final = "rootwatch-monitor"
BACKSTOP: Final = "rootwatch-backstop"
_DUE: Final = 100
_PENDING: Final = "PendingConfirmation"


def look(
    aws: Aws, management: Aws | None, hub: Deployed, settings: Settings, now: datetime, progress: Callable[[str], None]
) -> State:
    """``aws`` has credentials of the hub account, ``management`` of the management account where it is given."""
    dynamodb, table = aws.client("dynamodb"), hub.table_name
    progress("the table: every account and Region")
    places = ask(lambda: _places(CoverageTable(dynamodb, table), settings, now))
    progress("the hub's functions, queues and topic")
    return State(
        at=now,
        places=places,
        lost=ask(lambda: tuple(FastPaths(dynamodb, table).lost())),
        health=ask(CoverageTable(dynamodb, table).health),
        unsent=ask(lambda: tuple(due for due in Sends(dynamodb, table).due(now, _DUE) if due.channel)),
        last_sends=ask(lambda: tuple(LastSends(dynamodb, table).all())),
        rule=ask(lambda: str(aws.client("events").describe_rule(Name=RULE, EventBusName=BUS)["State"])),
        readers=_readers(aws.client("lambda"), hub),
        schedules=ask(lambda: _schedules(aws.client("scheduler"))),
        queues=_queues(aws, hub, now),
        alarms=ask(lambda: _alarms(aws.client("cloudwatch"))),
        subscriptions=ask(lambda: subscriptions(aws.client("sns"), hub.topic_arn)),
        alarm_subscriptions=ask(lambda: subscriptions(aws.client("sns"), hub.operations_topic_arn)),
        secrets=secrets(aws, settings),
        trails=ask(lambda: trails(management, settings.hub_region)) if management else None,
    )


def subscriptions(sns: Any, topic_arn: str) -> tuple[Subscription, ...]:
    """Every subscription of a topic, none where there is no topic; and whether it is confirmed so that no link ends it.

    Source: https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
    """
    if not topic_arn:
        return ()
    listed = all_of(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=topic_arn)
    return tuple(_subscription(sns, each) for each in listed)


def _subscription(sns: Any, listed: Mapping[str, str]) -> Subscription:
    arn = listed["SubscriptionArn"]
    confirmed = arn.startswith("arn:")

    def guarded() -> bool:
        attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return bool(attributes.get("ConfirmationWasAuthenticated") == "true")

    return Subscription(
        arn=arn,
        protocol=listed["Protocol"],
        endpoint=_shown(listed["Protocol"], listed["Endpoint"]),
        confirmed=confirmed,
        guarded=ask(guarded) if confirmed else False,
    )


def _shown(protocol: str, endpoint: str) -> str:
    return urlsplit(endpoint).hostname or protocol if protocol in ("http", "https") else endpoint


def _places(table: CoverageTable, settings: Settings, now: datetime) -> tuple[Row, ...]:
    rolls, heard = table.all()
    return tuple(rows(sorted(rolls.values(), key=lambda roll: roll.account), heard, settings, now))


def _readers(functions: Any, hub: Deployed) -> dict[str, str | Unknown]:
    def state(name: str) -> str:
        mappings = all_of(functions, "list_event_source_mappings", "EventSourceMappings", FunctionName=name)
        return str(mappings[0]["State"]) if mappings else "gone"

    names = [MONITOR, *([BACKSTOP] if hub.log_files_queue_url else [])]
    return {name: ask(partial(state, name)) for name in names}


def _schedules(scheduler: Any) -> dict[str, str]:
    return {each["Name"]: each["State"] for each in all_of(scheduler, "list_schedules", "Schedules", NamePrefix=PREFIX)}


def _queues(aws: Aws, hub: Deployed, now: datetime) -> dict[str, Queue | Unknown]:
    pairs = [(hub.queue_url, hub.dead_letter_queue_url)]
    if hub.log_files_queue_url:
        pairs.append((hub.log_files_queue_url, hub.log_files_dead_letter_queue_url))
    return {url.rpartition("/")[2]: ask(partial(_queue, aws, url, dead, now)) for url, dead in pairs}


def _queue(aws: Aws, url: str, dead_url: str, now: datetime) -> Queue:
    sqs, name = aws.client("sqs"), url.rpartition("/")[2]
    waiting, dead = (
        int(
            sqs.get_queue_attributes(QueueUrl=each, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"][
                "ApproximateNumberOfMessages"
            ]
        )
        for each in (url, dead_url)
    )
    age = ask(lambda: _age(aws.client("cloudwatch"), name, now)) if waiting else None
    return Queue(
        name=name,
        dead_letters_url=dead_url,
        waiting=waiting,
        dead=dead,
        age=None if isinstance(age, Unknown) else age,
    )


def _age(cloudwatch: Any, queue: str, now: datetime) -> float | None:
    """Of the oldest message, in seconds; the metric is some minutes behind.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    points = cloudwatch.get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - timedelta(minutes=15),
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    latest = max(points, key=lambda point: point["Timestamp"], default=None)
    return float(latest["Maximum"]) if latest else None


def _alarms(cloudwatch: Any) -> tuple[str, ...]:
    found = all_of(cloudwatch, "describe_alarms", "MetricAlarms", AlarmNamePrefix=PREFIX, StateValue="ALARM")
    return tuple(sorted(each["AlarmName"] for each in found))
