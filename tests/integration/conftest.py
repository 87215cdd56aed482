"""The deployed organisation that the integration tests share: deploying it takes seconds, resetting it would too, so
each test takes accounts or event ids of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from rootwatch.core.incident import STORM_SCOPE
from rootwatch.edge import items
from rootwatch_local.world import HUB, HUB_REGION, World
from tests.support.browser import browser  # noqa: F401 # a fixture


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """rootwatch, deployed by the real CDK command line on an embedded AWS of five accounts and five Regions."""
    with World() as deployed:
        yield deployed


@pytest.fixture(autouse=True)
def _no_storm_of_all_tests_together(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that share a world page in turn: what one of them paged makes no storm for the next."""
    yield
    if "world" not in request.fixturenames:
        return
    shared: World = request.getfixturevalue("world")
    dynamodb = shared.aws.client("dynamodb", HUB.id, HUB_REGION)
    dynamodb.delete_item(TableName=shared.table, Key=items.open_key(STORM_SCOPE))
    for back in (0, 10):
        bucket = {":pk": items.s(items.paging_bucket(datetime.now(UTC) - timedelta(minutes=back)))}
        listed = dynamodb.query(
            TableName=shared.table, KeyConditionExpression="PK = :pk", ExpressionAttributeValues=bucket
        )
        for one in listed["Items"]:
            dynamodb.delete_item(TableName=shared.table, Key={"PK": one["PK"], "SK": one["SK"]})
