"""The deployed organisation that the integration tests share: deploying it takes seconds, resetting it would too, so
each test takes accounts or event ids of its own."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from rootwatch.core.incident import STORM_SCOPE
from rootwatch.edge import items
from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, World
from tests.support.browser import browser  # noqa: F401 # a fixture

_LAST_FILE: Final = pytest.StashKey[Path]()


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_works() -> None:
    """A shell's background jobs ignore Ctrl-C, and what they start inherits that: tests that press it would wait."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """rootwatch, deployed by the real CDK command line on an embedded AWS of five accounts and five Regions."""
    with World() as deployed:
        yield deployed


@pytest.fixture(autouse=True)
def _apart_from_other_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """A file of tests joins no incident that another left open, and what one test paged makes no storm for the next."""
    if "world" not in request.fixturenames:
        yield
        return
    shared: World = request.getfixturevalue("world")
    if request.config.stash.get(_LAST_FILE, None) != request.path:
        request.config.stash[_LAST_FILE] = request.path
        _delete(shared, "SK = :open", {":open": items.s("OPEN")})
    yield
    _delete(shared, "begins_with(PK, :pages)", {":pages": items.s("PAGES#")})
    dynamodb = shared.aws.client("dynamodb", HUB.id, HUB_REGION)
    dynamodb.delete_item(TableName=shared.table, Key=items.open_key(STORM_SCOPE))


def _delete(shared: World, which: str, values: dict[str, Any]) -> None:
    dynamodb = shared.aws.client("dynamodb", HUB.id, HUB_REGION)
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=shared.table, FilterExpression=which, ExpressionAttributeValues=values
    )
    for item in [item for page in pages for item in page["Items"]]:
        dynamodb.delete_item(TableName=shared.table, Key={"PK": item["PK"], "SK": item["SK"]})


@pytest.fixture(scope="session")
def in_management() -> Iterator[World]:
    """The same with its hub in the management account."""
    with World(hub_account=MANAGEMENT.id) as deployed:
        yield deployed
