"""What DynamoDB keeps of the fast path is held against the same contract as the model in memory."""

from datetime import timedelta

import pytest

from rootwatch.core.fast_path import Place
from rootwatch.core.roll import Place as RollPlace
from rootwatch.core.roll import Roll
from rootwatch.edge import coverage_items
from rootwatch.edge.fast_paths import FastPaths
from rootwatch.edge.table import Table
from rootwatch_local.world import HUB, HUB_REGION
from tests.support.paths_contract import *  # noqa: F403 # the contract's tests
from tests.support.records import NOON
from tests.support.tables import shaped_as_deployed

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="session")
def client(world):
    return world.aws.client("dynamodb", HUB.id, HUB_REGION)


@pytest.fixture(scope="session")
def table_name(world):
    return shaped_as_deployed(world, "paths")


@pytest.fixture
def store(client, table_name):
    return Table(client, table_name)


@pytest.fixture
def paths(client, table_name):
    return FastPaths(client, table_name)


def test_what_coverage_knows_of_a_place_is_read_from_the_roll_of_its_account(client, paths, table_name):
    known = RollPlace(made=NOON, asked_from=NOON, compared_at=NOON, told="blind")
    roll = Roll(account="500000000001", since=NOON - timedelta(days=1), places={"us-east-1": known})
    client.put_item(TableName=table_name, Item=coverage_items.roll(roll))
    assert paths.watched(Place("500000000001", "us-east-1")) == known
    assert paths.watched(Place("500000000001", "eu-central-1")) is None
