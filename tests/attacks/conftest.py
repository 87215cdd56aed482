"""The attempts of a run: each begins with nothing open, and what is noted stands in what is published."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest

from rootwatch.edge import items
from rootwatch_local.world import HUB_REGION, ORGANISATION, World
from tests.attacks.attempts import MEASURING, OUT, Attempt, Row, Tries, measured
from tests.support import coverage_live as coverage
from tests.support.worlds import close_all, end_apart, forget, no_window

ROWS: Final = pytest.StashKey[list[Row]]()

Begin = Callable[[Tries, str], Attempt]


@pytest.fixture
def attempt(world: World, request: pytest.FixtureRequest) -> Iterator[Begin]:
    """Begins an attempt of the file's ATTACKER on the shared organisation."""
    _nothing_is_open(world)
    begun: list[Attempt] = []

    def begin(tries: Tries, does: str) -> Attempt:
        begun.append(Attempt(world, request.module.ATTACKER, tries, does))
        return begun[-1]

    yield begin
    world.wait_until_drained()
    end_apart(world)
    if request.node.stash.get(FAILED, False):
        return
    rows = [one.row for one in begun]
    request.config.stash.setdefault(ROWS, []).extend(rows)
    published = {row.words for row in measured()}
    unpublished = [row.words for row in rows if row.words not in published]
    assert MEASURING or not unpublished, f"not in measured.json: run `make attacks attacks-page`. {unpublished}"


FAILED: Final = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What failed is not published."""
    report = yield
    if call.when == "call" and report.failed:  # type: ignore[attr-defined]
        item.stash[FAILED] = True
    return report


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Writes what a whole run has noted."""
    rows = session.config.stash.get(ROWS, [])
    if not MEASURING or exitstatus or not rows:
        return
    report = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "attempts": msgspec.to_builtins(rows),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _nothing_is_open(world: World) -> None:
    """No incident, nothing that is due, no window, no sign-in that failed before: whatever other tests left."""
    no_window(world, *(account.id for account in ORGANISATION.accounts))
    close_all(world)
    forget(world, "begins_with(due_shard, :due)", {":due": items.s("DUE#")})
    forget(world, "begins_with(PK, :failed)", {":failed": items.s("FAIL#")})


class Watched:
    """The organisation with every place heard, and hours that pass at once."""

    def __init__(self, world: World) -> None:
        self.world = world
        coverage.run(world)
        self.later(minutes=65)
        self.heard_again()

    def later(self, **time: float) -> None:
        """So much time passes, and coverage runs."""
        coverage.pass_time(self.world, **time)
        coverage.run(self.world)

    def unheard(self, **time: float) -> None:
        """The same while nobody works the queue off."""
        coverage.pass_time(self.world, **time)
        hub = self.world.aws.client("lambda", self.world.hub, HUB_REGION)
        assert "FunctionError" not in hub.invoke(FunctionName="rootwatch-coverage")

    def two_intervals(self) -> None:
        """All are asked, and have had the time to answer."""
        self.later(minutes=65)
        self.later(minutes=31)

    def heard_again(self) -> None:
        """Canaries out of turn where something was cut, and a run that notices them."""
        self.later(minutes=5)
        coverage.run(self.world)
        blind = {place: state for place, state in coverage.states(self.world).items() if state != "fast"}
        assert not blind


@pytest.fixture(scope="session")
def watched(world: World) -> Watched:
    """For what is cut and noticed by the watch itself."""
    return Watched(world)
