"""The items of coverage in DynamoDB: rolls and what was heard come back as they were, and no run overwrites another."""

from datetime import timedelta

import boto3
import msgspec
import pytest
from moto import mock_aws

from rootwatch.core.health import Health
from rootwatch.core.ports import Needs, Plan
from rootwatch.core.roll import Heard, Roll
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.table import Table
from tests.support.records import ACCOUNT, NOON, OTHER

REGIONS = ("us-east-1", "eu-central-1")
ROLL = Roll(account=ACCOUNT, since=NOON, name="prod").covering(REGIONS, NOON).asked("rootwatch-0", NOON)
HEARD = Heard(account=ACCOUNT, region="us-east-1", fast=NOON, fast_at=NOON + timedelta(seconds=4))


@pytest.fixture
def client():
    with mock_aws():
        made = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        names = ("PK", "SK", "due_shard", "due_at")
        index = [{"AttributeName": "due_shard", "KeyType": "HASH"}, {"AttributeName": "due_at", "KeyType": "RANGE"}]
        made.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {"IndexName": "due", "KeySchema": index, "Projection": {"ProjectionType": "KEYS_ONLY"}}
            ],
        )
        yield made


@pytest.fixture
def table(client):
    return CoverageTable(client, "t")


def test_what_was_stored_comes_back_and_of_two_runs_one_is_first(table):
    assert table.all() == ({}, {})
    assert table.keep(ROLL)
    assert not table.keep(ROLL)
    assert table.keep(Roll(account=OTHER, since=NOON, gone=NOON))
    rolls, heard = table.all()
    assert rolls[ACCOUNT] == msgspec.structs.replace(ROLL, version=1)
    assert (set(rolls), heard) == ({ACCOUNT, OTHER}, {})
    assert table.keep(rolls[ACCOUNT])
    assert not table.keep(rolls[ACCOUNT])


def test_health_comes_back_and_of_two_runs_one_is_first(table):
    assert table.health() is None
    health = Health(since=NOON, ran_at=NOON)
    assert table.keep_health(health)
    assert not table.keep_health(health)
    assert table.health() == msgspec.structs.replace(health, version=1)


def test_a_canary_is_stored_with_its_mark_and_read_with_the_roll(client, table):
    store = Table(client, "t")
    table.keep(ROLL)
    needs = Needs(key="canary-1", canary=(ACCOUNT, "us-east-1"))
    assert store.load(needs).roll == msgspec.structs.replace(ROLL, version=1)
    plan = Plan(key="canary-1", disposition="canary", reason="a canary", heard=HEARD)
    assert store.commit(plan, NOON) == "committed"
    assert store.commit(plan, NOON) == "duplicate"
    assert store.load(needs).duplicate
    again = Plan(key="canary-2", disposition="canary", reason="a canary", heard=HEARD)
    assert store.commit(again, NOON) == "conflict"
    known = store.load(Needs(key="canary-2", canary=(ACCOUNT, "us-east-1")))
    assert known.heard == msgspec.structs.replace(HEARD, version=1)
    assert table.all()[1] == {(ACCOUNT, "us-east-1"): known.heard}


def test_the_mark_of_a_canary_goes_after_days_not_after_a_year(client):
    Table(client, "t").commit(Plan(key="canary-1", disposition="canary", reason="", heard=HEARD), NOON)
    [mark] = [item for item in client.scan(TableName="t")["Items"] if item["SK"]["S"] == "MARK"]
    assert int(mark["expires"]["N"]) == int((NOON + timedelta(days=3)).timestamp())


def test_the_oldest_unsent_message_counts_from_its_first_try(client, table):
    assert table.oldest_unsent(NOON) is None
    for number, first in enumerate((NOON - timedelta(hours=2), NOON - timedelta(hours=3))):
        stamps = {"due_at": NOON + timedelta(minutes=9), "first_due": first}
        item = {name: {"S": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} for name, at in stamps.items()}
        key = {"PK": {"S": f"INC#{number}"}, "SK": {"S": "SEND#slack#000001#high"}}
        client.put_item(TableName="t", Item={**key, **item, "due_shard": {"S": f"DUE#{number}"}})
    head = {"PK": {"S": "INC#9"}, "SK": {"S": "HEAD"}, "due_at": {"S": "2026-11-24T11:00:00.000000Z"}}
    client.put_item(TableName="t", Item={**head, "due_shard": {"S": "DUE#2"}})
    assert table.oldest_unsent(NOON) == NOON - timedelta(hours=3)
