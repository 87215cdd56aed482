"""The items of posture in DynamoDB: what was stored comes back as it was, and no run overwrites another."""

from datetime import timedelta

import boto3
import msgspec
import pytest
from moto import mock_aws

from rootwatch.core.ports import StoreDownError
from rootwatch.core.posture import Central, Round
from rootwatch.edge.posture_table import PostureTable
from tests.support.records import NOON
from tests.unit.cli.posturing.made import organisation


@pytest.fixture
def client():
    with mock_aws():
        made = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        made.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        )
        yield made


@pytest.fixture
def table(client):
    return PostureTable(client, "t")


def test_what_was_stored_comes_back_and_of_two_runs_one_is_first(table):
    known = [msgspec.structs.replace(one, version=0) for one in organisation().table.all()]
    assert table.all() == []
    assert all(table.keep(one) for one in known)
    assert not any(table.keep(one) for one in known)
    assert table.all() == [msgspec.structs.replace(one, version=1) for one in known]
    assert table.keep(msgspec.structs.replace(known[0], version=1, name="another"))
    assert table.all()[0].name == "another"


def test_what_an_earlier_version_stored_has_no_alias_and_is_read(table, client):
    [one] = [found for found in organisation().table.all() if found.alias]
    table.keep(msgspec.structs.replace(one, version=0))
    [item] = client.scan(TableName="t")["Items"]
    body = msgspec.json.decode(item["body"]["S"])
    assert body.pop("alias") == "example-payments"
    client.put_item(TableName="t", Item={**item, "body": {"S": msgspec.json.encode(body).decode()}})
    assert table.all() == [msgspec.structs.replace(one, version=1, alias=None)]


def test_of_two_runs_one_begins_the_round(table):
    begun = Round(started_at=NOON, central=Central(credentials=True, sessions=False))
    assert table.round() is None
    assert table.keep_round(begun)
    assert not table.keep_round(begun)
    assert table.round() == msgspec.structs.replace(begun, version=1)


def test_an_account_that_is_gone_is_forgotten_after_a_while(table, client):
    one = msgspec.structs.replace(organisation().table.all()[0], version=0, gone=NOON)
    table.keep(one)
    [item] = client.scan(TableName="t")["Items"]
    assert int(item["expires"]["N"]) == int((NOON + timedelta(days=90)).timestamp())


def test_a_table_that_is_not_there_is_down(client):
    with pytest.raises(StoreDownError):
        PostureTable(client, "none").all()
