"""The deployed organisations that whole folders of tests share: deploying one takes seconds, resetting it would too, so
each test takes accounts or event ids of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from rootwatch_local.world import World

LAST_FILE: Final = pytest.StashKey["Path"]()


@pytest.fixture(scope="session")
def world() -> "Iterator[World]":
    """rootwatch, deployed by the real CDK command line on an embedded AWS of five accounts and five Regions."""
    from rootwatch_local.world import World  # here: most tests need none of it

    with World() as deployed:
        yield deployed


@pytest.fixture(scope="session")
def in_management() -> "Iterator[World]":
    """The same with its hub in the management account."""
    from rootwatch_local.world import MANAGEMENT, World

    with World(hub_account=MANAGEMENT.id) as deployed:
        yield deployed


def begin_apart(world: "World", request: pytest.FixtureRequest) -> None:
    """A file of tests joins no incident that another left open."""
    if request.config.stash.get(LAST_FILE, None) != request.path:
        request.config.stash[LAST_FILE] = request.path
        close_all(world)


def close_all(world: "World") -> None:
    """Nobody's incident is open any more."""
    from rootwatch.edge import items

    forget(world, "SK = :open", {":open": items.s("OPEN")})


def end_apart(world: "World") -> None:
    """What one test paged makes no storm for the next."""
    from rootwatch.core.incident import STORM_SCOPE
    from rootwatch.edge import items

    forget(world, "begins_with(PK, :pages)", {":pages": items.s("PAGES#")})
    _table(world).delete_item(TableName=world.table, Key=items.open_key(STORM_SCOPE))


def forget(world: "World", which: str, values: dict[str, Any]) -> None:
    """Deletes the items of the table that fit a filter expression."""
    table = _table(world)
    pages = table.get_paginator("scan").paginate(
        TableName=world.table, FilterExpression=which, ExpressionAttributeValues=values
    )
    for item in [item for page in pages for item in page["Items"]]:
        table.delete_item(TableName=world.table, Key={"PK": item["PK"], "SK": item["SK"]})


def no_window(world: "World", *accounts: str) -> None:
    """Nothing is declared on these accounts, as if a colleague had just removed their tags. To forget what is known is
    not enough: functions that are warm may have read a tag within the last minute, and believe what they read."""
    from rootwatch.core.tags import Tagging, Tags
    from rootwatch.edge import items
    from rootwatch_local.world import MANAGEMENT

    organizations = world.aws.client("organizations", MANAGEMENT.id, "us-east-1")
    # Not this very second: of what is in the second of a removal, the removal is the last.
    at = datetime.now(UTC) - timedelta(seconds=2)
    for account in accounts:
        organizations.untag_resource(ResourceId=account, TagKeys=["break-glass", "break-glass-approval"])
        removed = Tagging(account=account, purpose="window", value=None, at=at)
        _table(world).put_item(TableName=world.table, Item=items.tags(Tags(account=account, taggings=(removed,))))


def _table(world: "World") -> Any:
    from rootwatch_local.world import HUB_REGION

    return world.aws.client("dynamodb", world.hub, HUB_REGION)
