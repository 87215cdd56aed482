"""On the deployed organisation: what EventBridge does not bring, the trail's log files do, once, to the same incidents.

Records are sixteen minutes old where the grace is to be over at once: nobody waits for it here.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, PAYMENTS, SANDBOX, World
from tests.support.live_log_files import BUCKET, put, queue_url, send, tell, wait_until_read
from tests.support.log_files import log_file_key, object_created
from tests.support.records import body, sign_in_body
from tests.support.watch import by

pytestmark = pytest.mark.embedded

OVER = timedelta(minutes=16)
FAR = "ap-southeast-2"
ROOT_USE, TAMPERING, WATCH = "rootwatch-root-use", "rootwatch-tampering", "rootwatch-watch-events"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A world of its own: what a place's rule brought a minute ago proves that it is not lost."""
    with World() as deployed:
        yield deployed


def ago(age):
    return datetime.now(UTC) - age


def called(name, account, region, age=OVER, **changes):
    """A root API call of some time ago."""
    return body(name, ago(age), account=account, awsRegion=region, eventID=str(uuid4()), **changes)


def signed_in(account, region="us-east-1", age=OVER, **changes):
    """A root sign-in without MFA of some time ago."""
    return sign_in_body(ago(age), mfa="No", account=account, awsRegion=region, eventID=str(uuid4()), **changes)


def deleted(rule, account, region, age=OVER):
    """The record of an administrator who deletes one of rootwatch's rules."""
    arn = f"arn:aws:sts::{account}:assumed-role/Admin/eve-{uuid4().hex[:8]}"
    request = {"name": rule, "force": True}
    where = {"eventSource": "events.amazonaws.com", "userIdentity": by(arn, account), "requestParameters": request}
    return called("DeleteRule", account, region, age, **where)


def delete_rule(world, rule, account, region):
    """As that administrator does it, by the account's own API."""
    events = world.aws.client("events", account, region)
    shape = {
        name: value
        for name, value in events.describe_rule(Name=rule).items()
        if name in ("Name", "EventPattern", "State", "Description")
    }
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
    events.delete_rule(Name=rule)

    def mend():
        events.put_rule(**shape)
        events.put_targets(Rule=rule, Targets=targets)

    return mend


def pages(world, what):
    """How often PagerDuty was triggered by what a text in the alert tells apart."""
    return [alert.triggers for alert in world.receivers.pagerduty.alerts if what in f"{alert.summary} {alert.details}"]


def lost(world, account):
    """Whether PagerDuty was told that an account's fast path is lost."""
    return [
        alert
        for alert in world.receivers.pagerduty.alerts
        if "fast path lost" in alert.summary and account.id in alert.summary
    ]


def swept_until(world, holds, complaint):
    """Sweeps, as the schedule does each minute, until something holds."""
    world.wait_for(lambda: bool(holds()) or (world.sweep() or bool(holds())), complaint, 30)


def test_what_both_paths_bring_is_told_once_in_either_order(world):
    first, second = (called("CreateUser", SANDBOX.id, HUB_REGION, timedelta()) for _ in range(2))
    world.emit(SANDBOX.id, HUB_REGION, first)
    assert world.wait_until_taken(first["eventID"]) in ("opened", "folded", "escalated")
    world.write_log_file(SANDBOX.id, HUB_REGION, [first, second])
    assert world.wait_until_taken(second["eventID"]) == "folded"
    world.emit(SANDBOX.id, HUB_REGION, second)
    wait_until_read(world)
    world.wait_until_drained()
    assert path_of(world, first) == "EventBridge"
    assert (path_of(world, second), state_of(world, second)) == ("log file", "arrived")
    facts = [fact for fact in facts_of(world, second) if fact in (first["eventID"], second["eventID"])]
    assert sorted(facts) == sorted([first["eventID"], second["eventID"]])


def test_an_account_whose_rule_is_gone_is_told_from_the_log_file_booked_as_lost_and_over_when_it_is_heard(world):
    mend = delete_rule(world, ROOT_USE, PAYMENTS.id, FAR)
    try:
        records = [called("CreateUser", PAYMENTS.id, FAR), signed_in(PAYMENTS.id, FAR)]
        for record in records:
            world.emit(PAYMENTS.id, FAR, record)
        key = world.write_log_file(PAYMENTS.id, FAR, [*records])
        for record in records:
            world.wait_until_taken(record["eventID"])
        tell(world, key)  # S3 delivers its notifications at least once
        wait_until_read(world)
        swept_until(world, lambda: lost(world, PAYMENTS), "nobody was told of the lost path")
        [alert] = lost(world, PAYMENTS)
        assert alert.triggers == 1
        assert FAR in alert.summary
        assert ROOT_USE in str(alert.details)
        assert "read in a log file 16 min later" in str(told(world, "signed in to the console"))
    finally:
        mend()
    later = called("ListUsers", PAYMENTS.id, FAR, timedelta(), readOnly=True)
    world.emit(PAYMENTS.id, FAR, later)
    world.wait_until_taken(later["eventID"])
    again = "fast path lost; heard again"
    swept_until(world, lambda: told(world, again), "nobody was told that it is heard again")
    [over] = told(world, again)
    assert PAYMENTS.id in over
    assert len(lost(world, PAYMENTS)) == 1
    assert lost(world, PAYMENTS)[0].status == "triggered", "only a person resolves"


def test_who_cuts_all_rules_and_then_is_root_is_told_step_by_step_from_the_log_files(world):
    cut = [TAMPERING, WATCH, ROOT_USE]
    mending = [delete_rule(world, rule, DATA.id, FAR) for rule in cut]
    try:
        steps = [deleted(rule, DATA.id, FAR) for rule in cut] + [signed_in(DATA.id, FAR)]
        for step in steps:
            world.emit(DATA.id, FAR, step)
        world.wait_until_drained()
        assert [world.disposition(step["eventID"]) for step in steps] == [None] * 4, "EventBridge brings nothing"
        key = world.write_log_file(DATA.id, FAR, [*steps])
        assert [world.wait_until_taken(step["eventID"]) for step in steps[:3]] == ["watch"] * 3
        assert world.wait_until_taken(steps[3]["eventID"]) in ("opened", "escalated")
        tell(world, key)
        wait_until_read(world)
        for step in steps[:3]:
            name = step["requestParameters"]["name"]
            assert pages(world, f"deleted the rule {name}") == [1]
        swept_until(world, lambda: lost(world, DATA), "nobody was told of the lost path")
        assert len(lost(world, DATA)) == 1, "one place, one page, whichever rule"
    finally:
        for mend in mending:
            mend()


def test_what_is_not_of_our_bucket_is_dropped_and_its_neighbours_are_read(world):
    record = called("DeleteUser", SANDBOX.id, FAR, timedelta())
    send(world, object_created(log_file_key(SANDBOX.id, FAR), bucket="a-bucket-of-sandbox-ana"))
    send(world, "not JSON at all")
    send(world, json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}))
    put(world, log_file_key(SANDBOX.id, FAR).replace("/CloudTrail/", "/CloudTrail-Digest/"), b"a digest")
    world.write_log_file(SANDBOX.id, FAR, [record])
    world.wait_until_taken(record["eventID"])
    wait_until_read(world)
    # What a function says can be read a moment after it has ended.
    world.wait_for(
        lambda: sum("a message was refused" in line for line in logs(world)) >= 2, "two messages were not refused", 20
    )
    sqs = world.aws.client("sqs", HUB.id, HUB_REGION)
    dead = sqs.get_queue_attributes(
        QueueUrl=queue_url(world, "rootwatch-log-files-dead"), AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert dead["Attributes"]["ApproximateNumberOfMessages"] == "0"


def test_a_damaged_log_file_is_told_and_read_as_far_as_it_goes(world):
    key = log_file_key(SANDBOX.id, "us-east-1", datetime.now(UTC))
    put(world, key, b"\x1f\x8b this is no gzip")
    world.receivers.wait_for(
        lambda now: any("log file that can't be read" in message.text for message in now.slack.messages), timeout=20
    )
    tell(world, key)
    wait_until_read(world)
    assert len(told(world, "log file that can't be read")) == 1


def test_a_file_that_is_gone_is_logged_with_what_to_do_and_left_to_the_queue(world):
    key = log_file_key(SANDBOX.id, "us-east-2", datetime.now(UTC))
    tell(world, key)
    world.wait_for(lambda: any(key in line and "NoSuchKey" in line for line in logs(world)), "nothing was logged", 20)
    world.aws.client("sqs", HUB.id, HUB_REGION).purge_queue(QueueUrl=queue_url(world))


def test_nothing_that_was_sent_would_be_refused_by_the_real_services(world):
    assert world.receivers.refused == ()


def told(world, what):
    """The Slack messages in which a text stands, whole."""
    return [text for message in world.receivers.slack.messages if what in (text := f"{message.text} {message.blocks}")]


def logs(world):
    return world.aws.function_logs(HUB.id, HUB_REGION, "rootwatch-backstop")


def mark_of(world, record):
    key = {"PK": {"S": f"EVT#{record['eventID']}"}, "SK": {"S": "MARK"}}
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    return table.get_item(TableName=world.table, Key=key, ConsistentRead=True)["Item"]


def path_of(world, record):
    return mark_of(world, record)["path"]["S"]


def state_of(world, record):
    return mark_of(world, record)["state"]["S"]


def facts_of(world, record):
    """The event ids of all facts of the record's incident."""
    incident = mark_of(world, record)["incident"]["S"]
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    found = table.query(
        TableName=world.table,
        KeyConditionExpression="PK = :pk AND begins_with(SK, :fact)",
        ExpressionAttributeValues={":pk": {"S": f"INC#{incident}"}, ":fact": {"S": "FACT#"}},
    )["Items"]
    return [item["SK"]["S"].rpartition("#")[2] for item in found]
