"""The outbox: what is due, claimed by a conditional update, settled once it is sent."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

from rootwatch.core.notice import Notice
from rootwatch.core.ports import WAITS_FOR_ITS_TURN, Claimed, Due, Outcome, StoreDownError
from rootwatch.core.words import rank
from rootwatch.edge import items
from rootwatch.edge.dynamo import ConditionFailedError, Dynamo
from rootwatch.edge.items import Item, n, s
from rootwatch.edge.last_sends import LastSends

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SETTLE_TRIES: Final = 3


class Sends:
    """The sends of the one table."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._table = Dynamo(client, name)
        self._last = LastSends(client, name)

    def due(self, now: datetime, limit: int) -> list[Due]:
        """The index's four shards, at most ``limit`` of each: worst first, then oldest."""
        found: list[Due] = []
        for number in range(items.SHARDS):
            values = {":shard": s(f"DUE#{number}"), ":now": s(items.stamp(now))}
            page = self._table.query_index("due", "due_shard = :shard AND due_at <= :now", values, limit)
            found += [items.due_of(item) for item in page]
        return sorted(found, key=lambda due: (-rank(due.severity), due.due_at or now))

    def claim(self, due: Due, now: datetime, until: datetime) -> Claimed | None:
        """Ours until the lease ends, or None: not due, somebody else's, or something before it in its lane is open."""
        sends = self._begins(f"INC#{due.incident}", f"SEND#{due.channel}#")
        mine = next((item for item in sends if item["SK"] == items.send_key(due)["SK"]), None)
        if mine is None or any(_holds_back(other, mine) for other in sends):
            return None
        values = {
            ":due": s("due"),
            ":sending": s("sending"),
            ":until": s(items.stamp(until)),
            ":now": s(items.stamp(now)),
            ":one": n(1),
        }
        try:
            # While a send is under way, due_at is the end of its lease.
            taken = self._table.update(
                items.send_key(due),
                "SET #state = :sending, due_at = :until, attempts = attempts + :one",
                "#state IN (:due, :sending) AND due_at <= :now",
                values,
            )
        except ConditionFailedError:
            return None
        [note] = self._table.get([items.note_key(due.incident, due.seq)])
        return Claimed(
            due=due,
            notice=items.read(note, Notice),
            attempts=int(taken["attempts"]["N"]),
            first_due=datetime.fromisoformat(taken["first_due"]["S"]),
            has_turn=taken.get("reason") == s(WAITS_FOR_ITS_TURN),
            # The first that was posted, whatever its number: a worse one may have overtaken it. Slack's ts are times.
            thread=min((item["receipt"]["S"] for item in sends if "receipt" in item), default=None),
        )

    def settle(self, claimed: Claimed, outcome: Outcome, now: datetime, retry_at: datetime | None) -> None:
        """Notes how a send went, in three tries: a send that is not noted will be sent again."""
        change, values = _settlement(outcome, now, retry_at)
        values[":mine"] = n(claimed.attempts)
        for left in reversed(range(_SETTLE_TRIES)):
            try:
                self._table.update(items.send_key(claimed.due), change, "attempts = :mine", values)
            except ConditionFailedError:
                return  # the lease ran out, and somebody else has it now
            except StoreDownError:
                if not left:
                    raise
            else:
                self._last.note(claimed.due, outcome, now)
                return

    def behind(self, due: Due, now: datetime) -> Due | None:
        """The first that is due and may have waited for this send in its lane; whoever tried to claim it gave it up."""
        sends = self._begins(f"INC#{due.incident}", f"SEND#{due.channel}#")  # in their order
        settled = next((item for item in sends if item["SK"] == items.send_key(due)["SK"]), None)
        if settled is None:
            return None
        waited = (
            item
            for item in sends
            if item["state"]["S"] == "due"
            and item["due_at"]["S"] <= items.stamp(now)
            and _sequence(settled) < _sequence(item)
            and _is_lane_of(settled, item)
        )
        return next((items.due_of(item) for item in waited), None)

    def uncounted(self, limit: int) -> list[Due]:
        """Sends that failed for good and that nobody has counted yet; a moment behind the table."""
        found = self._table.query_index("due", "due_shard = :shard", {":shard": s(items.FAILED)}, limit)
        return [items.due_of(item) for item in found]

    def counted(self, due: Due) -> None:
        """A send that failed for good is counted."""
        change, values = "REMOVE due_at, due_shard", {":failed": s("failed")}
        with suppress(ConditionFailedError):  # it is gone
            self._table.update(items.send_key(due), change, "#state = :failed", values)

    def _begins(self, partition: str, prefix: str) -> list[Item]:
        values = {":pk": s(partition), ":prefix": s(prefix)}
        return self._table.query_all("PK = :pk AND begins_with(SK, :prefix)", values)


def _settlement(outcome: Outcome, now: datetime, retry_at: datetime | None) -> tuple[str, Item]:
    """The update expression and its values: a retry is due later, what is sent leaves the index, what failed is in
    it until it is counted."""
    values: Item = {
        ":state": s("due" if retry_at else outcome.state),
        ":reason": s(outcome.reason[:512]),
        ":at": s(items.stamp(now)),
    }
    change = "SET #state = :state, reason = :reason, settled_at = :at"
    if outcome.receipt:
        values[":receipt"] = s(outcome.receipt[:256])
        change += ", receipt = :receipt"
    if retry_at:
        values[":retry"] = s(items.stamp(retry_at))
        return change + ", due_at = :retry", values
    if outcome.state == "failed":
        values[":failed"] = s(items.FAILED)
        return change + ", due_at = :at, due_shard = :failed", values
    return change + " REMOVE due_at, due_shard", values


def _holds_back(other: Item, mine: Item) -> bool:
    """Whether another send of the same lane must go first. A stuck one holds back no higher severity."""
    if other["state"]["S"] not in ("due", "sending") or not _sequence(other) < _sequence(mine):
        return False
    return _is_lane_of(other, mine) and rank(items.severity_of(other)) >= rank(items.severity_of(mine))


def _is_lane_of(earlier: Item, item: Item) -> bool:
    """Whether the later one keeps its place behind the earlier."""
    return bool(item["lane"]["S"] == "*" or (item["lane"]["S"] != "" and item["lane"] == earlier["lane"]))


def _sequence(item: Item) -> str:
    return str(item["SK"]["S"].split("#")[2])
