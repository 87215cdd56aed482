"""DynamoDB, as the embedded AWS has it, is held against the same contract as the table in memory."""

import pytest

from rootwatch.edge.table import Table
from rootwatch_local.world import HUB, HUB_REGION
from tests.support.store_contract import *  # noqa: F403 # the contract's tests

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="session")
def table_name(world):
    """A table shaped as the deployed one, and apart from it: the scheduler sweeps the deployed one."""
    dynamodb = world.aws.client("dynamodb", HUB.id, HUB_REGION)
    shape = dynamodb.describe_table(TableName=world.table)["Table"]
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in shape["GlobalSecondaryIndexes"]
    ]
    dynamodb.create_table(
        TableName="contract",
        KeySchema=shape["KeySchema"],
        AttributeDefinitions=shape["AttributeDefinitions"],
        GlobalSecondaryIndexes=indexes,
        BillingMode="PAY_PER_REQUEST",
    )
    return "contract"


@pytest.fixture
def store(world, table_name):
    return Table(world.aws.client("dynamodb", HUB.id, HUB_REGION), table_name)
