"""The slow pass reads the tags of all accounts, so that windows are known before they are needed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, ORGANISATION
from tests.support.live import call_now

pytestmark = pytest.mark.embedded


def test_a_tag_that_nobody_told_us_of_is_read_kept_once_and_weighed(world):
    organizations = world.aws.client("organizations", MANAGEMENT.id, "us-east-1")
    organizations.tag_resource(ResourceId=DATA.id, Tags=[{"Key": "break-glass", "Value": "until=soon"}])
    expired = f"until={datetime.now(UTC) - timedelta(days=3):%Y-%m-%dT%H:%MZ} ticket=SEC-8"
    organizations.tag_resource(ResourceId=HUB.id, Tags=[{"Key": "break-glass", "Value": expired}])
    assert _pass(world) == {"read": len(ORGANISATION.accounts), "kept": 2}
    assert _pass(world)["kept"] == 0
    record = call_now("ListRoles", DATA.id, "us-east-1", readOnly=True)
    world.emit(DATA.id, "us-east-1", record)
    world.wait_until_taken(record["eventID"])
    assert "the break-glass tag is no window" in _fact(world, record["eventID"])
    # Both passes saw the expired tag; it is told once a week.
    world.sweep()

    def told():
        return [str(one) for one in world.receivers.slack.messages if "1 account carries an expired" in str(one)]

    world.receivers.wait_for(lambda _: bool(told()), timeout=60)
    [report] = told()
    assert HUB.id in report
    for account in (DATA.id, HUB.id):
        organizations.untag_resource(ResourceId=account, TagKeys=["break-glass"])


def _pass(world):
    answer = world.aws.client("lambda", HUB.id, HUB_REGION).invoke(FunctionName="rootwatch-tags")
    assert "FunctionError" not in answer
    return json.loads(answer["Payload"].read())


def _fact(world, event_id):
    pages = world.aws.client("dynamodb", HUB.id, HUB_REGION).get_paginator("scan").paginate(TableName=world.table)
    items = [item for page in pages for item in page["Items"]]
    return next(i["body"]["S"] for i in items if i["SK"]["S"].startswith("FACT#") and i["SK"]["S"].endswith(event_id))
