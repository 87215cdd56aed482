"""The simulator's DynamoDB is held against the contract that the table on the embedded AWS is held against."""

import pytest

from rootwatch.edge.fast_paths import FastPaths
from rootwatch.edge.table import Table
from tests.chaos.dynamodb import DynamoDB
from tests.chaos.expressions import holds, updated
from tests.support.paths_contract import *  # noqa: F403 # the contract's tests
from tests.support.store_contract import *  # noqa: F403 # the contract's tests


@pytest.fixture
def client():
    return DynamoDB().client()


@pytest.fixture
def store(client):
    return Table(client, "table")


@pytest.fixture
def paths(client):
    return FastPaths(client, "table")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("attribute_not_exists(PK)", False),
        ("attribute_not_exists(nothing) AND n = :three", True),
        ("n IN (:two, :three)", True),
        ("NOT n = :three", False),
        ("n < :two OR s = :a", True),
        ("begins_with(s, :a) AND (n = :two OR n >= :three)", True),
        ("#state = :a", True),
        ("nothing = :a", False),
        ("n BETWEEN :two AND :three", True),
    ],
)
def test_conditions_hold_as_dynamodb_says(condition, expected):
    item = {"PK": {"S": "p"}, "n": {"N": "3"}, "s": {"S": "a"}}
    values = {":two": {"N": "2"}, ":three": {"N": "3"}, ":a": {"S": "a"}}
    assert holds(condition, item, {"#state": "s"}, values) is expected


def test_an_update_sets_adds_and_removes():
    item = {"n": {"N": "1"}, "gone": {"S": "x"}}
    after = updated(
        "SET #state = :new, n = n + :one REMOVE gone", item, {"#state": "s"}, {":new": {"S": "y"}, ":one": {"N": "1"}}
    )
    assert after == {"n": {"N": "2"}, "s": {"S": "y"}}


def test_an_expression_that_it_does_not_know_is_never_passed_over():
    with pytest.raises(NotImplementedError):
        holds("size(PK) > :n", {}, {}, {":n": {"N": "1"}})


def test_the_index_is_as_far_behind_as_it_is_told():
    time = [0.0]
    table = DynamoDB(lambda: time[0], lag=0.3)
    table.write(("p", "s"), {"PK": {"S": "p"}, "SK": {"S": "s"}, "due_shard": {"S": "DUE#0"}, "due_at": {"S": "1"}})
    assert list(table.index("DUE#0", "2")) == []
    time[0] = 0.3
    assert len(list(table.index("DUE#0", "2"))) == 1
