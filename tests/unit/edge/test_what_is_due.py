"""What the sweep finds in the index, when a channel has been down for long."""

from datetime import timedelta

import boto3
from moto import mock_aws

from rootwatch.core.ports import Due
from rootwatch.edge import items
from rootwatch.edge.sends import Sends
from rootwatch.handlers import sweep
from tests.support.records import NOON


def test_a_critical_is_found_first_behind_hundreds_that_wait_for_a_channel_that_is_down():
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        names = ("PK", "SK", "due_shard", "due_at")
        client.create_table(
            TableName="t",
            KeySchema=[_key("PK", "HASH"), _key("SK", "RANGE")],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "due",
                    "KeySchema": [_key("due_shard", "HASH"), _key("due_at", "RANGE")],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        stuck = [Due(incident="i", channel="slack", seq=number, severity="low") for number in range(1, 301)]
        page = Due(incident="i", channel="pagerduty", seq=301, severity="critical")
        for due in (*stuck, page):
            at = items.stamp(NOON + timedelta(seconds=due.seq))
            item = {**items.send_key(due), "due_shard": items.shard("i"), "due_at": items.s(at)}
            client.put_item(TableName="t", Item=item)
        found = Sends(client, "t").due(NOON + timedelta(hours=1), sweep._PAGE)
        assert len(found) == 301
        assert (found[0].channel, found[0].severity, found[1].seq) == ("pagerduty", "critical", 1)


def _key(name, kind):
    return {"AttributeName": name, "KeyType": kind}
