"""The pace that a channel takes, kept by all functions together: each send takes a turn of its lane from the table.

A lane is a counter of turns, ``PACE#<channel>/<lane>``: one conditional update takes the next one, or the present one
if the lane was idle. Pages have a lane of their own, so that they never wait behind quieter news; a critical takes its
turn and waits for nothing.

Sources: https://docs.slack.dev/apis/web-api/rate-limits (one message a second to a channel, short bursts more) and
https://developer.pagerduty.com/docs/events-api-v2-overview (an integration takes 120 events a minute).
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from rootwatch.core.ports import StoreDownError
from rootwatch.core.words import ChannelName, Severity, pages
from rootwatch.edge import items
from rootwatch.edge.dynamo import ConditionFailedError, Dynamo
from rootwatch.edge.items import n

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TRIES: Final = 3
_KEEP: Final = timedelta(days=1)
AT_ONCE: Final = timedelta()


class Rate(NamedTuple):
    """A turn every so many seconds, and so many at once after a rest."""

    seconds: float
    burst: int


# What PagerDuty gets in any minute, bursts included, is at most 120: 100 pages, and 20 of the rest. Slack names no
# figure for its bursts.
RATES: Final[dict[ChannelName, dict[str, Rate]]] = {
    "pagerduty": {"pages": Rate(1.0, 40), "rest": Rate(5.0, 8)},
    "slack": {"pages": Rate(1.5, 10), "rest": Rate(3.0, 5)},
}


class Pace:
    """Hands out turns."""

    def __init__(self, client: "DynamoDBClient", table: str, now: Callable[[], datetime]) -> None:
        self._table = Dynamo(client, table)
        self._now = now

    def __call__(self, channel: ChannelName, severity: Severity) -> timedelta:
        """How long a send has to wait for its turn. None of it where the table can't say: a channel that is asked too
        much says so itself."""
        lane = "pages" if pages(severity) else "rest"
        rate = RATES.get(channel, {}).get(lane)
        if rate is None:
            return AT_ONCE
        now = self._now()
        present = math.floor(now.timestamp() / rate.seconds)
        try:
            turn = self._taken(f"PACE#{channel}", lane, present, now)
        except StoreDownError:
            return AT_ONCE
        ahead = turn - present - rate.burst + 1
        if ahead <= 0 or severity == "critical":
            return AT_ONCE
        return timedelta(seconds=ahead * rate.seconds)

    def _taken(self, name: str, lane: str, present: int, now: datetime) -> int:
        """The number of the turn that is ours now."""
        key = items.key(name, lane)
        expires = n(int((now + _KEEP).timestamp()))
        for _ in range(_TRIES):
            values = {":present": n(present), ":one": n(1), ":expires": expires}
            try:
                change = "SET turn = turn + :one, expires = :expires"
                return int(self._table.update(key, change, "turn >= :present", values)["turn"]["N"])
            except ConditionFailedError:
                pass  # it was idle: its next turn is the present one
            values = {":present": n(present), ":expires": expires}
            try:
                idle = "attribute_not_exists(turn) OR turn < :present"
                self._table.update(key, "SET turn = :present, expires = :expires", idle, values)
            except ConditionFailedError:
                continue  # somebody else took that one
            return present
        return present


def no_pace(channel: ChannelName, severity: Severity) -> timedelta:  # noqa: ARG001 # the shape of a pace
    """Where nobody is sent anything."""
    return AT_ONCE
