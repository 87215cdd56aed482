"""A flood of root use: all of it is taken in within minutes, none is lost, and what is told is bounded by incidents."""

from tests.chaos.load import load


def test_a_flood_is_taken_in_within_minutes_and_pages_by_incidents_not_by_records():
    found = load(records=800, accounts=40)
    assert found["records"] > 600
    assert (found["lost"], found["counts_exact"]) == (0, True)
    assert found["incidents"] == 40
    assert found["seconds_until_taken_in"] < 300
    assert found["broken"] == []
    assert found["messages"] < 3 * found["records"]
