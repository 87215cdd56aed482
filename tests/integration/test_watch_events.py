"""On the deployed organisation: what anybody does to a trail or to rootwatch itself is told, whichever the Region."""

from uuid import uuid4

import pytest

from rootwatch_local.world import DATA, MANAGEMENT, SANDBOX
from tests.support.live import call_now
from tests.support.watch import by

pytestmark = pytest.mark.embedded

FAR = "ap-southeast-2"


def done_now(name, account, region, *, source, parameters):
    """A call of this moment by an administrator of the account, who is not root."""
    arn = f"arn:aws:sts::{account}:assumed-role/Admin/eve-{uuid4().hex[:8]}"
    return call_now(name, account, region, source=source, userIdentity=by(arn, account), requestParameters=parameters)


def test_an_administrator_who_stops_a_trail_in_a_member_is_told_of_and_pages(world):
    record = done_now("StopLogging", DATA.id, FAR, source="cloudtrail", parameters={"name": "main"})
    world.emit(DATA.id, FAR, record)
    assert world.wait_until_taken(record["eventID"]) == "watch"
    alert = alert_of(world, record)
    assert alert.summary.startswith("WATCH: eve-")
    assert "stopped the trail main · prod-data" in alert.summary
    assert "ROOT" not in alert.summary
    assert alert.details["Who"] == record["userIdentity"]["arn"]


def test_an_administrator_who_deletes_rootwatch_s_rule_is_told_of_before_nothing_is_heard_any_more(world):
    record = done_now("DeleteRule", SANDBOX.id, FAR, source="events", parameters={"name": "rootwatch-root-use"})
    world.emit(SANDBOX.id, FAR, record)
    assert world.wait_until_taken(record["eventID"]) == "watch"
    assert "deleted the rule rootwatch-root-use" in alert_of(world, record).summary


def test_another_rule_of_the_same_account_is_not_even_forwarded(world):
    record = done_now("DeleteRule", SANDBOX.id, FAR, source="events", parameters={"name": "nightly-report"})
    world.emit(SANDBOX.id, FAR, record)
    world.wait_until_drained()
    assert world.disposition(record["eventID"]) is None


def test_a_tag_is_told_of_the_account_that_it_is_for_and_pages_nobody(world):
    parameters = {"resourceId": SANDBOX.id, "tags": [{"key": "break-glass", "value": "until=tomorrow"}]}
    record = done_now("TagResource", MANAGEMENT.id, "us-east-1", source="organizations", parameters=parameters)
    world.emit(MANAGEMENT.id, "us-east-1", record)
    assert world.wait_until_taken(record["eventID"]) == "watch"
    world.receivers.wait_for(
        lambda now: any("tag that is no window · sandbox-ana" in str(message) for message in now.slack.messages),
        timeout=90,
    )
    assert not [
        alert for alert in world.receivers.pagerduty.alerts if record["userIdentity"]["arn"] in str(alert.details)
    ]


def alert_of(world, record):
    """The PagerDuty alert that names the record's principal."""
    arn = record["userIdentity"]["arn"]
    world.receivers.wait_for(lambda now: any(arn in str(a.details) for a in now.pagerduty.alerts), timeout=90)
    return next(alert for alert in world.receivers.pagerduty.alerts if arn in str(alert.details))
