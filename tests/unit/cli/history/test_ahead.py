"""Fetching ahead: the same values in the same order, errors in their place, no thread left behind."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch_cli.history.ahead import ahead


@given(st.lists(st.integers(), max_size=30), st.integers(1, 5))
def test_the_same_values_come_in_the_same_order(values, most):
    assert list(ahead(values, most)) == values


def test_an_error_comes_after_the_values_before_it():
    def failing() -> Iterator[int]:
        yield from range(10)
        raise ValueError("no more")

    taken = []
    with pytest.raises(ValueError, match="no more"):
        taken.extend(ahead(failing(), 3))
    assert taken == list(range(10))


def test_no_more_than_so_many_are_fetched_and_who_stops_early_leaves_no_thread():
    fetched: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            fetched.append(len(fetched))
            yield fetched[-1]

    values = ahead(endless(), 5)
    assert [next(values) for _ in range(3)] == [0, 1, 2]
    values.close()
    assert len(fetched) <= 3 + 5 + 1
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]
