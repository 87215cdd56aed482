"""Coverage on the deployed organisation: a run of it, and hours that pass at once."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from rootwatch_local.world import HUB, HUB_REGION, World

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


def run(world: World) -> dict[str, int]:
    """One run of the deployed function; its answer are its counts."""
    answer = world.aws.client("lambda", HUB.id, HUB_REGION).invoke(FunctionName="rootwatch-coverage")
    said = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, said
    world.wait_until_drained()
    return said


def items(world: World) -> list[dict[str, Any]]:
    """Every item of coverage."""
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    found = [item for page in table.get_paginator("scan").paginate(TableName=world.table) for item in page["Items"]]
    return [item for item in found if item["PK"]["S"].startswith("COV")]


def rolls(world: World) -> dict[str, dict[str, Any]]:
    """The rolls by account, as they are stored."""
    found = [item for item in items(world) if item["SK"]["S"].isdigit()]
    return {item["SK"]["S"]: json.loads(item["body"]["S"]) for item in found}


def states(world: World) -> dict[tuple[str, str], str]:
    """What each place is, by account and Region."""
    return {
        (account, region): place.get("state", "new")
        for account, roll in rolls(world).items()
        for region, place in roll["places"].items()
    }


def pass_time(world: World, **time: float) -> None:
    """Moves all that coverage remembers into the past."""
    table = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    ago = timedelta(**time)

    def earlier(found: re.Match[str]) -> str:
        return (datetime.fromisoformat(found[0]) - ago).isoformat()

    for item in items(world):
        item["body"]["S"] = _TIME.sub(earlier, item["body"]["S"])
        table.put_item(TableName=world.table, Item=item)
