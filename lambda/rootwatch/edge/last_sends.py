"""What each channel did last: ``CHANNEL#<name>``/``SENT`` and ``…/FAILED``, for people who ask how a channel is.

A note, not a state: nothing is decided by it, and a note that can't be written holds back nothing.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from rootwatch.core.ports import Due, Outcome, StoreDownError
from rootwatch.core.words import CHANNELS, ChannelName
from rootwatch.edge import items
from rootwatch.edge.dynamo import Dynamo
from rootwatch.edge.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LastSend(msgspec.Struct, frozen=True, kw_only=True):
    """The last send of a channel that ended so. ``reason``: of one that failed."""

    channel: ChannelName
    state: str
    at: datetime
    incident: str
    reason: str = ""


class LastSends:
    """The notes of the one table."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._table = Dynamo(client, name)

    def note(self, due: Due, outcome: Outcome, now: datetime) -> None:
        """Notes a send that was sent, or failed for good."""
        if due.channel is None or outcome.state == "retry":
            return
        last = LastSend(
            channel=due.channel, state=outcome.state, at=now, incident=due.incident, reason=outcome.reason[:512]
        )
        try:
            self._table.transact([self._table.put({**_key(due.channel, outcome.state), "body": items.body(last)})])
        except StoreDownError:
            # The send itself is settled, which is what counts.
            return

    def all(self) -> list[LastSend]:
        """Every note. Raises ``StoreDownError``."""
        keys = [_key(channel, state) for channel in CHANNELS for state in ("sent", "failed")]
        return sorted((items.read(item, LastSend) for item in self._table.get(keys)), key=lambda last: last.at)


def _key(channel: str, state: str) -> Item:
    return items.key(f"CHANNEL#{channel}", state.upper())
