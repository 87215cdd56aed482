"""The deployed organisation that the integration tests share: deploying it takes seconds, resetting it would too, so
each test takes accounts or event ids of its own."""

from collections.abc import Iterator

import pytest

from rootwatch_local.world import World
from tests.support.browser import browser  # noqa: F401 # a fixture


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """rootwatch, deployed by the real CDK command line on an embedded AWS of five accounts and five Regions."""
    with World() as deployed:
        yield deployed
