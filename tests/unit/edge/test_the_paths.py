"""The fast path in memory behaves as the contract says; the integration tests hold DynamoDB against the same."""

import pytest

from tests.support.memory_paths import MemoryPaths
from tests.support.memory_store import MemoryStore
from tests.support.paths_contract import *  # noqa: F403 # the contract's tests


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def paths(store):
    return MemoryPaths(store)
