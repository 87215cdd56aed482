"""Root use in every account and Region is heard, once, by everybody; and so are the worst days of the channels."""

import pytest

from rootwatch_local.receivers import Fault
from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, ORGANISATION, PAYMENTS, REGIONS, SANDBOX
from tests.support.live import call_now, sign_in_now

pytestmark = pytest.mark.embedded

PLACES = [(account.id, region) for account in ORGANISATION.accounts for region in REGIONS]


def test_a_read_only_root_call_in_each_account_and_region_is_heard_exactly_once(world):
    calls = [call_now("ListUsers", account, region, readOnly=True) for account, region in PLACES]
    for call, (account, region) in zip(calls, PLACES, strict=True):
        world.emit(account, region, call)
    dispositions = [world.wait_until_taken(call["eventID"]) for call in calls]
    world.wait_until_drained()
    assert dispositions.count("opened") == len(ORGANISATION.accounts)
    assert dispositions.count("folded") == len(PLACES) - len(ORGANISATION.accounts)
    pages = [alert for alert in world.receivers.pagerduty.alerts if alert.dedup_key.endswith("/access/high")]
    assert sorted(alert.source for alert in pages) == sorted(account.id for account in ORGANISATION.accounts)
    assert all(alert.triggers == 1 for alert in pages)
    assert world.aws.dropped() == []


def test_alerts_carry_the_account_s_name_path_and_owner(world):
    world.emit(PAYMENTS.id, "us-east-1", record := sign_in_now(PAYMENTS.id, mfa="No"))
    world.wait_until_taken(record["eventID"])
    alert = _alert(world, PAYMENTS.id, "access/critical")
    assert "prod-payments" in alert.summary
    assert "Workloads/Production" in str(alert.details)
    assert "payments@example.com" in str(alert.details)


def test_a_record_that_comes_on_two_days_from_two_workers_is_told_once(world):
    record = call_now("CreateUser", SANDBOX.id, "eu-central-1", requestParameters={"userName": "backdoor"})
    for _ in range(10):
        world.emit(SANDBOX.id, "eu-central-1", record)
    world.wait_until_taken(record["eventID"])
    world.wait_until_drained()
    assert _alert(world, SANDBOX.id, "identity/high").triggers == 1


def test_people_who_are_not_root_are_not_even_forwarded(world):
    record = sign_in_now(DATA.id, mfa="No")
    record["userIdentity"] = {"type": "IAMUser", "userName": "root", "accountId": DATA.id}
    world.emit(DATA.id, "us-east-1", record)
    world.wait_until_drained()
    assert world.disposition(record["eventID"]) is None


def test_while_slack_is_down_the_others_are_told_at_once_and_slack_follows(world):
    slack, parameters, address = world.receivers.slack, {"name": "main"}, "198.51.100.77"
    slack.fail(Fault("down"))
    record = call_now(
        "StopLogging",
        DATA.id,
        HUB_REGION,
        source="cloudtrail",
        requestParameters=parameters,
        sourceIPAddress=address,
    )

    def told():
        return [message for message in slack.messages if address in str(message)]

    world.emit(DATA.id, HUB_REGION, record)
    world.wait_until_taken(record["eventID"])
    world.receivers.wait_for(lambda now: _has_alert(now, DATA.id, "watch/critical"), timeout=90)
    assert told() == []
    slack.heal()
    world.wait_for(lambda: world.sweep() or bool(told()), "Slack did not follow", 30)
    assert len(told()) == 1


def test_a_message_that_is_no_json_is_set_aside_and_its_neighbours_are_told(world):
    queue = world.aws.client("sqs", HUB.id, HUB_REGION)
    record = call_now("DeactivateMFADevice", MANAGEMENT.id, "us-east-1")
    queue.send_message(QueueUrl=world.queue, MessageBody="not JSON at all")
    world.emit(MANAGEMENT.id, "us-east-1", record)
    world.wait_until_taken(record["eventID"])
    world.wait_until_drained()
    assert _has_alert(world.receivers, MANAGEMENT.id, "credentials/critical")


def test_the_counting_identity_holds_on_the_table(world):
    """Law 2: distinct records accepted are the sum of the dispositions, each of which stands with its record."""
    world.wait_until_drained()
    dynamodb = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    marks, facts = [], 0
    for page in dynamodb.get_paginator("scan").paginate(TableName=world.table):
        marks += [item for item in page["Items"] if item["SK"]["S"] == "MARK"]
        facts += sum(item["SK"]["S"].startswith("FACT#") for item in page["Items"])
    told = [mark["disposition"]["S"] for mark in marks]
    assert len(told) > len(PLACES)
    watched = sum(mark["disposition"]["S"] == "watch" and mark["incident"]["S"] != "" for mark in marks)
    assert facts == sum(word in ("opened", "escalated", "folded") for word in told) + watched
    assert set(told) <= {"opened", "escalated", "folded", "watch", "canary", "ignored", "unreadable"}


def test_nothing_that_was_sent_would_be_refused_by_the_real_services(world):
    assert world.receivers.refused == ()


def _alert(world, account, what):
    world.receivers.wait_for(lambda now: _has_alert(now, account, what), timeout=90)
    return next(a for a in world.receivers.pagerduty.alerts if a.source == account and a.dedup_key.endswith(what))


def _has_alert(receivers, account, what):
    return any(a.source == account and a.dedup_key.endswith(what) for a in receivers.pagerduty.alerts)
