"""What each channel did last is noted beside the sends, and a note that fails holds back nothing."""

from datetime import timedelta

import pytest

from rootwatch.core.ports import Due, Outcome, StoreDownError
from rootwatch.core.words import CHANNELS
from rootwatch.edge.last_sends import LastSend, LastSends
from tests.support.canned import Canned
from tests.support.records import NOON

DUE = Due(incident="111122223333-0a1b2c3d4e5f", channel="slack", seq=1, severity="high")


class Table(Canned):
    """DynamoDB with the last item that was put under each key."""

    def __init__(self):
        super().__init__(TransactWriteItems=self._write, BatchGetItem=self._read)
        self.items = {}

    def _write(self, asked):
        for operation in asked["TransactItems"]:
            item = operation["Put"]["Item"]
            self.items[item["PK"]["S"], item["SK"]["S"]] = item
        return {}

    def _read(self, asked):
        [(name, read)] = asked["RequestItems"].items()
        keys = [(key["PK"]["S"], key["SK"]["S"]) for key in read["Keys"]]
        return {"Responses": {name: [self.items[key] for key in keys if key in self.items]}, "UnprocessedKeys": {}}


def last_sends(table):
    return LastSends(table.client("dynamodb"), "rootwatch")


def test_the_last_send_and_the_last_failure_are_kept_side_by_side():
    notes = last_sends(Table())
    notes.note(DUE, Outcome(state="sent"), NOON)
    notes.note(DUE, Outcome(state="failed", reason="Slack: channel_not_found"), NOON + timedelta(minutes=1))
    notes.note(DUE, Outcome(state="sent"), NOON + timedelta(minutes=2))
    assert notes.all() == [
        LastSend(
            channel="slack",
            state="failed",
            at=NOON + timedelta(minutes=1),
            incident=DUE.incident,
            reason="Slack: channel_not_found",
        ),
        LastSend(channel="slack", state="sent", at=NOON + timedelta(minutes=2), incident=DUE.incident),
    ]


def test_what_is_tried_again_is_not_noted():
    table = Table()
    last_sends(table).note(DUE, Outcome(state="retry", reason="HTTP 503"), NOON)
    assert table.items == {}


def test_a_table_that_is_down_holds_back_nothing_but_the_reading():
    table = Table()
    table.answers.clear()
    last_sends(table).note(DUE, Outcome(state="sent"), NOON)
    with pytest.raises(StoreDownError):
        last_sends(table).all()


def test_every_channel_can_be_noted():
    notes = last_sends(Table())
    for channel in CHANNELS:
        notes.note(Due(incident="x", channel=channel, seq=1), Outcome(state="sent"), NOON)
    assert {last.channel for last in notes.all()} == set(CHANNELS)
