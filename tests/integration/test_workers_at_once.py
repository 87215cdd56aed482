"""Real threads on one table of the embedded AWS."""

import pytest

from rootwatch.edge.table import Table
from rootwatch_local.world import HUB, HUB_REGION
from tests.support.tables import shaped_as_deployed
from tests.support.workers_contract import *  # noqa: F403 # the contract's tests

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def table_name(world):
    return shaped_as_deployed(world, "workers")


@pytest.fixture
def table(world, table_name):
    return lambda: Table(world.aws.client("dynamodb", HUB.id, HUB_REGION), table_name)
