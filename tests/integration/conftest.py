"""What holds for the tests on deployed organisations; the organisations themselves are in tests/support/worlds.py."""

import signal
from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.browser import browser  # noqa: F401 # a fixture
from tests.support.worlds import begin_apart, end_apart

# What waits longest, or deploys organisations of its own, begins first: the others pass beside it.
_FIRST: Final = (
    "test_deploy_guide_with_a_trail_that_is_there.py",
    "test_deploy_guide.py",
    "test_deploy_guide_in_the_management_account.py",
    "test_quick_start.py",
    "test_the_posture.py",
    "test_the_demo.py",
    "test_a_deployment.py",
    "test_the_coverage.py",
    "test_the_backstop_in_another_account.py",
    "test_the_backstop.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorted by file alone: within a file, the order stays."""
    items.sort(key=lambda item: _FIRST.index(item.path.name) if item.path.name in _FIRST else len(_FIRST))


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_works() -> None:
    """A shell's background jobs ignore Ctrl-C, and what they start inherits that: tests that press it would wait."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _apart_from_other_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """A file of tests joins no incident that another left open, and what one test paged makes no storm for the next."""
    if "world" not in request.fixturenames:
        yield
        return
    shared = request.getfixturevalue("world")
    begin_apart(shared, request)
    yield
    end_apart(shared)
