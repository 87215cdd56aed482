"""Turns at a channel that all functions share: what they add up to, who waits, and what a broken table does to it."""

from datetime import timedelta

import boto3
import pytest
from aws_lambda_powertools import Logger, Metrics
from botocore.stub import Stubber
from hypothesis import HealthCheck, given
from hypothesis import settings as at_most
from hypothesis import strategies as st
from moto import mock_aws

from rootwatch.core.ports import Outcome
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.pace import AT_ONCE, RATES, Pace
from tests.support.monitor import Monitor
from tests.support.records import NOON, call, sign_in


@pytest.fixture(scope="module")
def client():
    with mock_aws():
        made = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        made.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield made


class Clock:
    def __init__(self, client):
        for channel, lanes in RATES.items():
            for lane in lanes:
                client.delete_item(TableName="t", Key={"PK": {"S": f"PACE#{channel}"}, "SK": {"S": lane}})
        self.now = NOON
        self.pace = Pace(client, "t", lambda: self.now)


def _most_within(moments, span):
    return max((sum(1 for other in moments if one <= other < one + span) for one in moments), default=0)


def test_after_a_rest_a_few_go_at_once_and_the_others_one_by_one(client):
    clock = Clock(client)
    waits = [clock.pace("slack", "high").total_seconds() for _ in range(14)]
    assert waits == [0] * 10 + [1.5, 3.0, 4.5, 6.0]


def test_a_critical_waits_for_nobody_and_the_next_high_waits_for_it(client):
    clock = Clock(client)
    waits = [clock.pace("pagerduty", "critical") for _ in range(60)]
    assert set(waits) == {AT_ONCE}
    assert clock.pace("pagerduty", "high") > timedelta(seconds=20)


def test_a_flood_of_quiet_news_delays_no_page(client):
    clock = Clock(client)
    for _ in range(200):
        clock.pace("slack", "low")
    assert clock.pace("slack", "low") > timedelta(minutes=5)
    assert clock.pace("slack", "high") == AT_ONCE


def test_sns_has_no_pace_to_keep(client):
    assert {Clock(client).pace("sns", "low") for _ in range(50)} == {AT_ONCE}


@at_most(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["high", "medium", "low"]), st.floats(0, 20)), min_size=1, max_size=250))
def test_whatever_comes_the_channels_never_get_more_than_they_take(client, asked):
    clock = Clock(client)
    for channel, most in (("pagerduty", 120), ("slack", 76)):
        moments = []
        for severity, pause in asked:
            clock.now += timedelta(seconds=pause / 20)
            moments.append(clock.now + clock.pace(channel, severity))
        assert _most_within(moments, timedelta(minutes=1)) <= most


def test_who_loses_the_race_for_an_idle_lane_takes_the_turn_after():
    client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    present = int(NOON.timestamp() / RATES["slack"]["rest"].seconds)
    with Stubber(client) as stub:
        stub.add_client_error("update_item", "ConditionalCheckFailedException")
        stub.add_client_error("update_item", "ConditionalCheckFailedException")
        stub.add_response("update_item", {"Attributes": {"turn": {"N": str(present + 9)}}})
        assert Pace(client, "t", lambda: NOON)("slack", "low") == timedelta(seconds=15)
        stub.assert_no_pending_responses()


def test_a_table_that_is_down_holds_nothing_back():
    client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_client_error("update_item", "ProvisionedThroughputExceededException")
        assert Pace(client, "t", lambda: NOON)("slack", "low") == AT_ONCE


class Turns:
    """A pace that makes each but the first wait for a minute more."""

    def __init__(self):
        self.taken = 0

    def __call__(self, channel, severity):
        self.taken += channel == "slack"
        return timedelta(minutes=max(self.taken - 1, 0)) if channel == "slack" else AT_ONCE


def paced(monitor: Monitor) -> Turns:
    turns = Turns()
    monitor.delivery = monitor.intake._delivery = Delivery(
        monitor.store,
        monitor.channels.__getitem__,
        lambda: monitor.now,
        Logger(service="pace"),
        Metrics("t", "t"),
        monitor.settings,
        turns,
    )
    return turns


def test_a_send_whose_turn_is_later_goes_out_then_and_takes_no_second_turn():
    monitor = Monitor()
    turns = paced(monitor)
    for account in ("111122223333", "444455556666", "777788889999"):
        monitor.take(call("CreateAccessKey", monitor.now, account=account))
    assert (len(monitor.seen("slack")), len(monitor.seen("pagerduty"))) == (1, 3)
    monitor.later(seconds=59)
    assert len(monitor.seen("slack")) == 1
    monitor.later(seconds=2).later(minutes=1)
    assert len(monitor.seen("slack")) == 3
    assert turns.taken == 3


def test_a_real_retry_takes_another_turn():
    monitor = Monitor()
    turns = paced(monitor)
    monitor.channels["slack"].script = [Outcome(state="retry", reason="HTTP 503")]
    monitor.take(sign_in(mfa="No"))
    monitor.delivery._resting.clear()
    monitor.later(minutes=1)
    assert (turns.taken, len(monitor.seen("slack"))) == (2, 1)
    monitor.later(minutes=1)
    assert (turns.taken, len(monitor.seen("slack"))) == (2, 2)
