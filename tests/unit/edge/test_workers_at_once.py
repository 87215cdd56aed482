"""Real threads on one table in memory; the integration tests do the same on the embedded AWS."""

import threading

import pytest

from rootwatch.edge.table import Table
from tests.chaos.dynamodb import DynamoDB
from tests.support.workers_contract import *  # noqa: F403 # the contract's tests


@pytest.fixture
def table():
    lock, stored = threading.Lock(), DynamoDB()

    def call(name, effect):
        with lock:  # each call of DynamoDB is one step, and others come between any two
            return effect()

    return lambda: Table(stored.client(call), "table")
