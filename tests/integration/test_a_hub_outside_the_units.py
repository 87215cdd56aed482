"""A hub that none of the watched units holds, and no trail: the hub is under watch all the same."""

from collections.abc import Iterator

import pytest

from rootwatch_local.world import HUB, HUB_REGION, MANAGEMENT, ORGANISATION, REGIONS, World
from tests.support.records import body

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def apart() -> Iterator[World]:
    """The organisation with none of the hub's unit in organizational_units."""
    units = [ORGANISATION.unit_id("Workloads"), ORGANISATION.unit_id("Sandbox")]
    with World(trail=None, organizational_units=units, hub_unit=ORGANISATION.unit_id("Security")) as deployed:
        yield deployed


def test_the_hub_itself_is_heard_in_every_region(apart: World) -> None:
    ids = {region: f"0a11ab1e-0000-4000-8000-{number:012d}" for number, region in enumerate(REGIONS)}
    for region, event_id in ids.items():
        apart.emit(HUB.id, region, body("ListUsers", account=HUB.id, eventID=event_id, awsRegion=region))
    assert [apart.wait_until_taken(event_id) for event_id in ids.values()].count("opened") == 1


def test_without_a_trail_there_is_nothing_of_a_second_path(apart: World) -> None:
    assert apart.aws.client("cloudtrail", MANAGEMENT.id, HUB_REGION).describe_trails()["trailList"] == []
    functions = apart.aws.client("lambda", HUB.id, HUB_REGION).list_functions()["Functions"]
    assert "rootwatch-backstop" not in {function["FunctionName"] for function in functions}
