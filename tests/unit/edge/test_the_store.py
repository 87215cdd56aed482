"""The table in memory behaves as the store's contract says; the integration tests hold DynamoDB against the same."""

import pytest

from tests.support.desk_contract import *  # noqa: F403 # the contract's tests
from tests.support.memory_store import MemoryStore
from tests.support.store_contract import *  # noqa: F403 # the contract's tests


@pytest.fixture
def store():
    return MemoryStore()
