"""The slow pass reads the tags of all accounts, so that windows are known before they are needed."""

import json

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, MANAGEMENT, ORGANISATION
from tests.support.live import call_now

pytestmark = pytest.mark.embedded


def test_a_tag_that_nobody_told_us_of_is_read_kept_once_and_weighed(world):
    organizations = world.aws.client("organizations", MANAGEMENT.id, "us-east-1")
    organizations.tag_resource(ResourceId=DATA.id, Tags=[{"Key": "break-glass", "Value": "until=soon"}])
    assert _pass(world) == {"read": len(ORGANISATION.accounts), "kept": 1}
    assert _pass(world)["kept"] == 0
    record = call_now("ListRoles", DATA.id, "us-east-1", readOnly=True)
    world.emit(DATA.id, "us-east-1", record)
    world.wait_until_taken(record["eventID"])
    assert "the break-glass tag is no window" in _fact(world, record["eventID"])
    organizations.untag_resource(ResourceId=DATA.id, TagKeys=["break-glass"])


def _pass(world):
    answer = world.aws.client("lambda", HUB.id, HUB_REGION).invoke(FunctionName="rootwatch-tags")
    assert "FunctionError" not in answer
    return json.loads(answer["Payload"].read())


def _fact(world, event_id):
    pages = world.aws.client("dynamodb", HUB.id, HUB_REGION).get_paginator("scan").paginate(TableName=world.table)
    items = [item for page in pages for item in page["Items"]]
    return next(i["body"]["S"] for i in items if i["SK"]["S"].startswith("FACT#") and i["SK"]["S"].endswith(event_id))
