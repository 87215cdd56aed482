"""Somebody with every right in the hub's account, who can take the watch itself apart."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from rootwatch.core.health import ailments
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch_local.receivers import Fault
from rootwatch_local.world import DATA, HUB, HUB_REGION, PAYMENTS, SANDBOX, World
from tests.attacks.acts import by_admin, through_a_stack
from tests.attacks.attempts import Attempt
from tests.attacks.conftest import Watched
from tests.support.live import call_now, sign_in_now

pytestmark = pytest.mark.embedded

ATTACKER = "the hub's administrator"
FUNCTION = "arn:aws:lambda:eu-central-1:444455556666:function:rootwatch-monitor"
QUEUE = "https://sqs.eu-central-1.amazonaws.com/444455556666/rootwatch-records"
QUEUE_ARN = "arn:aws:sqs:eu-central-1:444455556666:rootwatch-records"
POLICY = '{"Version":"2012-10-17","Statement":[]}'

Begin = Callable[..., Attempt]


def hub(world: World, service: str) -> Any:
    return world.aws.client(service, HUB.id, HUB_REGION)


@pytest.mark.parametrize(
    ("tried", "does", "call", "source", "parameters"),
    [
        ("silence", "deletes PagerDuty's secret", "DeleteSecret", "secretsmanager",
         {"secretId": "rootwatch/pagerduty"}),
        ("silence", "stops the sweep's schedule", "UpdateSchedule", "scheduler",
         {"name": "rootwatch-sweep", "state": "DISABLED"}),
        ("silence", "takes the alarms about rootwatch away", "DeleteAlarms", "monitoring",
         {"alarmNames": ["rootwatch-sweep-silent"]}),
        ("silence", "has another function read the queue", "CreateEventSourceMapping20150331", "lambda",
         {"functionName": "nightly", "eventSourceArn": QUEUE_ARN}),
        ("forge", "has the monitor read another queue", "CreateEventSourceMapping20150331", "lambda",
         {"functionName": "rootwatch-monitor", "eventSourceArn": QUEUE_ARN.replace("rootwatch-records", "orders")}),
        ("forge", "lets another account write into the queue", "AddPermission", "sqs",
         {"queueUrl": QUEUE, "label": "more", "actions": ["SendMessage"]}),
        ("forge", "lets another account invoke the monitor", "AddPermission20150331v2", "lambda",
         {"functionName": "rootwatch-monitor", "principal": PAYMENTS.id, "action": "lambda:InvokeFunction"}),
    ],
)  # fmt: skip
def test_what_silences_or_opens_a_part_pages_by_itself(
    tried: str, does: str, call: str, source: str, parameters: object, attempt: Begin
) -> None:
    tries = attempt(tried, does)
    record = by_admin(call, HUB.id, HUB_REGION, source=source, parameters=parameters)
    tries.emits(record)
    tries.pages("who did it", "WATCH: eve-", account=HUB.id, of=record)


@pytest.mark.parametrize(
    ("does", "call", "parameters", "answer"),
    [
        ("limits the monitor to no run at all", "PutFunctionConcurrency20171031",
         {"functionName": "rootwatch-monitor", "reservedConcurrentExecutions": 0}, None),
        ("takes the queue from the monitor", "DeleteEventSourceMapping20150331",
         {"uUID": "0a11ab1e-0000-4000-8000-000000000001"}, {"functionArn": FUNCTION}),
    ],
)  # fmt: skip
def test_what_stops_the_monitor_is_told_by_the_backstop(
    does: str, call: str, parameters: object, answer: object, world: World, attempt: Begin
) -> None:
    tries = attempt("silence", f"{does}, before its record comes")
    record = by_admin(call, HUB.id, HUB_REGION, source="lambda", parameters=parameters, responseElements=answer)
    with nobody_reads(world):
        tries.emits(record)
        tries.is_logged(record)
        tries.pages("who did it", "WATCH: eve-", account=HUB.id, of=record)


def test_a_policy_that_a_stack_changes_pages_at_once(attempt: Begin) -> None:
    tries = attempt("hide as a deployment", "takes rights from the monitor's role by a stack")
    parameters = {"roleName": "rootwatch-monitor", "policyName": "rights", "policyDocument": POLICY}
    record = through_a_stack("PutRolePolicy", HUB.id, HUB_REGION, source="iam", parameters=parameters)
    tries.emits(record)
    tries.pages("at once, high", "changed", "rootwatch", account=HUB.id, of=record)


def test_a_purged_queue_is_told_and_the_log_files_bring_what_was_in_it(world: World, attempt: Begin) -> None:
    tries = attempt("silence", "holds the monitor, purges the queue with root's call in it, and lets the monitor go on")
    with nobody_reads(world):
        used = call_now("CreateUser", SANDBOX.id, "us-east-1", requestParameters={"userName": "backdoor"})
        tries.emits(used)
        hub(world, "sqs").purge_queue(QueueUrl=world.queue)
    purged = by_admin("PurgeQueue", HUB.id, HUB_REGION, source="sqs", parameters={"queueUrl": QUEUE})
    tries.emits(purged)
    tries.pages("who purged it", "emptied", account=HUB.id, of=purged)
    assert world.disposition(used["eventID"]) is None
    tries.is_logged(used)
    tries.pages("root's call", "ROOT", account=SANDBOX.id, of=used)


def test_a_monitor_that_reads_nothing_is_noticed_by_its_canaries_and_trips_the_switch(
    watched: Watched, attempt: Begin
) -> None:
    world = watched.world
    tries = attempt("silence", "takes the queue from the monitor; nothing tells of it")
    assert ails(world) == ()
    with nobody_reads(world):
        watched.unheard(minutes=65)
        watched.unheard(minutes=31)
        words = "rootwatch is blind in every account and Region"
        tries.later("every place is blind, critical", words, account=None, by="canary", minutes=96)
        assert "no account and no Region answers" in ails(world)
        tries.notes("the switch outside of AWS is not pressed any more", "heartbeat", minutes=96)
    world.wait_until_drained()
    watched.heard_again()


def test_a_secret_that_is_gone_leaves_the_other_channels(world: World, attempt: Begin) -> None:
    secrets, receivers = hub(world, "secretsmanager"), world.receivers
    held = secrets.get_secret_value(SecretId="rootwatch/slack")["SecretString"]
    tries = attempt("silence", "deletes Slack's secret and revokes its token")
    secrets.delete_secret(SecretId="rootwatch/slack", ForceDeleteWithoutRecovery=True)
    token, receivers.slack.token = receivers.slack.token, "xoxb-another"
    record = sign_in_now(DATA.id, mfa="No")
    tries.emits(record)
    tries.pages("root's sign-in, as ever", "ROOT sign-in", account=DATA.id, of=record)
    tries.mails("that Slack refuses", "Slack did not take", by="another channel")
    secrets.create_secret(Name="rootwatch/slack", SecretString=held)
    receivers.slack.token = token


def test_a_schedule_that_stands_still_is_an_alarms_to_notice(world: World, attempt: Begin) -> None:
    tries = attempt("delay", "stops the sweep, so that what is due later is not sent")
    [alarm] = hub(world, "cloudwatch").describe_alarms(AlarmNames=["rootwatch-sweep-silent"])["MetricAlarms"]
    assert alarm["ActionsEnabled"]
    assert "rootwatch" in alarm["AlarmActions"][0]
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("Invocations", "breaching")
    minutes = alarm["Period"] * alarm["EvaluationPeriods"] // 60
    tries.notes("the alarm rootwatch-sweep-silent, on a topic of its own", "alarm", minutes=minutes)


def test_who_edits_the_table_can_take_a_page_away_but_not_what_went_out_before(world: World, attempt: Begin) -> None:
    tries = attempt("silence", "deletes a page from the table while PagerDuty is down")
    world.receivers.pagerduty.fail(Fault("down"))
    record = sign_in_now(PAYMENTS.id, mfa="No")
    tries.emits(record)
    tries.tells("root's sign-in; no page follows", "ROOT sign-in, no MFA", of=record)
    world.wait_until_drained()
    pages = hub(world, "dynamodb").get_paginator("scan").paginate(TableName=world.table)
    sends = [item for page in pages for item in page["Items"] if item["SK"]["S"].startswith("SEND#pagerduty#")]
    for item in [one for one in sends if one["state"]["S"] == "due"]:
        hub(world, "dynamodb").delete_item(TableName=world.table, Key={"PK": item["PK"], "SK": item["SK"]})
    world.receivers.pagerduty.heal()
    world.sweep()
    assert tries.new_pages() == []


@contextmanager
def nobody_reads(world: World) -> Iterator[None]:
    """The monitor is handed nothing meanwhile."""
    functions = hub(world, "lambda")
    [mapping] = functions.list_event_source_mappings(FunctionName="rootwatch-monitor")["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def ails(world: World) -> tuple[str, ...]:
    """Why the function heartbeat would not press its switch, as it asks."""
    health = CoverageTable(hub(world, "dynamodb"), world.table).health()
    return ailments(health, None, None, datetime.now(UTC))
