"""DynamoDB, as the embedded AWS has it, is held against the same contract as the table in memory."""

import pytest

from rootwatch.edge.table import Table
from rootwatch_local.world import HUB, HUB_REGION
from tests.support.desk_contract import *  # noqa: F403 # the contract's tests
from tests.support.store_contract import *  # noqa: F403 # the contract's tests
from tests.support.tables import shaped_as_deployed

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="session")
def table_name(world):
    return shaped_as_deployed(world, "contract")


@pytest.fixture
def store(world, table_name):
    return Table(world.aws.client("dynamodb", HUB.id, HUB_REGION), table_name)
