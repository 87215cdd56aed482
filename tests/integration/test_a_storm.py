"""A storm on the deployed organisation: many at once, several workers, one page more; then a high joins."""

from uuid import uuid4

import pytest

from rootwatch_local.world import ORGANISATION, SANDBOX
from tests.support.live import call_now
from tests.support.watch import by

pytestmark = pytest.mark.embedded

REGION = "us-east-1"


def _tampering(account, call, parameters):
    who = by(f"arn:aws:sts::{account}:assumed-role/Admin/mallory-{uuid4().hex[:8]}", account)
    return call_now(call, account, REGION, source="cloudtrail", userIdentity=who, requestParameters=parameters)


def test_many_at_once_page_each_and_one_storm_more_and_a_high_that_follows_joins(world):
    many = []
    for _ in range(5):
        wave = [_tampering(account.id, "StopLogging", {"name": "main"}) for account in ORGANISATION.accounts]
        for record in wave:
            world.emit(record["recipientAccountId"], REGION, record)
        for record in wave:
            world.wait_until_taken(record["eventID"], 60)
        many += wave
    world.receivers.wait_for(lambda now: len(_storms(now)) == 1, timeout=90)
    for record in many:
        world.receivers.wait_for(lambda now, one=record: _named(now.pagerduty.alerts, one), timeout=90)
    late = _tampering(SANDBOX.id, "PutEventSelectors", {"trailName": "main"})
    world.emit(SANDBOX.id, REGION, late)
    world.wait_until_taken(late["eventID"])
    world.wait_for(lambda: world.sweep() or _joined(world, late), "Slack was not told of what joined", 30)
    assert not _named(world.receivers.pagerduty.alerts, late), "it pages nobody by itself"
    [storm] = _storms(world.receivers)
    assert storm.triggers == 1
    assert world.receivers.refused == ()


def _storms(receivers):
    return [alert for alert in receivers.pagerduty.alerts if alert.summary.startswith("STORM")]


def _named(alerts, record):
    return any(record["userIdentity"]["arn"] in str(alert.details) for alert in alerts)


def _joined(world, record):
    arn = record["userIdentity"]["arn"]
    texts = [str(message) for message in world.receivers.slack.messages]
    return any(arn in text and "has joined the storm" in text for text in texts)
