"""Posture on the deployed organisation: a run of it, and days that pass at once."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from rootwatch_local.world import HUB, HUB_REGION, World

_STARTED = re.compile(r'("started_at":")([^"]+)"')


def run(world: World) -> dict[str, int]:
    """One run of the deployed function; its answer are its counts."""
    answer = world.aws.client("lambda", HUB.id, HUB_REGION).invoke(FunctionName="rootwatch-posture")
    said: dict[str, int] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    return said


def accounts(world: World) -> dict[str, dict[str, Any]]:
    """The accounts as they are stored."""
    return {item["SK"]["S"]: json.loads(item["body"]["S"]) for item in _items(world) if item["SK"]["S"].isdigit()}


def next_day(world: World) -> None:
    """Moves the start of the last round a day into the past."""
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    [item] = [item for item in _items(world) if item["SK"]["S"] == "ROUND"]

    def earlier(found: re.Match[str]) -> str:
        return f'{found[1]}{(datetime.fromisoformat(found[2]) - timedelta(days=1)).isoformat()}"'

    item["body"]["S"] = _STARTED.sub(earlier, item["body"]["S"])
    table.put_item(TableName=world.table, Item=item)


def _items(world: World) -> list[dict[str, Any]]:
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    found = [item for page in table.get_paginator("scan").paginate(TableName=world.table) for item in page["Items"]]
    return [item for item in found if item["PK"]["S"].startswith("POS")]
