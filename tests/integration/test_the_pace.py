"""Turns from DynamoDB, as the embedded AWS has it: the expressions hold there too, under several workers at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rootwatch.edge.pace import Pace
from rootwatch_local.world import HUB, HUB_REGION
from tests.support.records import NOON
from tests.support.tables import shaped_as_deployed

pytestmark = pytest.mark.embedded


def test_six_workers_take_sixty_different_turns(world):
    name = shaped_as_deployed(world, "pace")
    pace = Pace(world.aws.client("dynamodb", HUB.id, HUB_REGION), name, lambda: NOON)
    with ThreadPoolExecutor(6) as pool:
        waits = sorted(pool.map(lambda _: pace("slack", "high"), range(60)))
    assert len([wait for wait in waits if not wait]) == 10
    assert len(set(waits[10:])) == 50
