"""The sends of the table in memory: what is due, claimed by one alone, settled once it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from rootwatch.core.notice import Notice, lane
from rootwatch.core.ports import WAITS_FOR_ITS_TURN, Claimed, Due, Outcome
from rootwatch.core.words import ChannelName, rank
from rootwatch_cli.replaying.agenda import Agenda


@dataclass(slots=True)
class Send:
    """A send as the table holds it."""

    due: Due
    lane: str
    due_at: datetime
    first_due: datetime
    state: str = "due"
    attempts: int = 0
    receipt: str | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be sent."""
        return self.state in ("due", "sending")


class Outbox:
    """The part of a Store that sends are claimed from; the incidents are the rest's."""

    def __init__(self) -> None:
        self._notices: dict[str, dict[int, Notice]] = {}
        self._sends: dict[str, list[Send]] = {}
        self._sends_due: Agenda[tuple[str, ChannelName | None, int]] = Agenda()
        self._uncounted: list[Due] = []

    @property
    def sends(self) -> list[Send]:
        """Every send, one incident after the other."""
        return [send for sends in self._sends.values() for send in sends]

    def claim(self, due: Due, now: datetime, until: datetime) -> Claimed | None:
        """Ours until the lease ends, or None: not due, somebody else's, or something before it in its lane is open."""
        same = [send for send in self._sends.get(due.incident, ()) if send.due.channel == due.channel]
        mine = next((send for send in same if send.due.seq == due.seq), None)
        if mine is None or not mine.is_open or mine.due_at > now or any(_holds_back(other, mine) for other in same):
            return None
        mine.state, mine.attempts = "sending", mine.attempts + 1
        self._due_again(mine, until)
        return Claimed(
            due=due,
            notice=self._notices[due.incident][due.seq],
            attempts=mine.attempts,
            first_due=mine.first_due,
            has_turn=mine.reason == WAITS_FOR_ITS_TURN,
            thread=min((send.receipt for send in same if send.receipt), default=None),
        )

    def settle(self, claimed: Claimed, outcome: Outcome, now: datetime, retry_at: datetime | None) -> None:  # noqa: ARG002 # the port's
        """Notes how it went; who lost the lease settles nothing."""
        send = self._send(claimed.due)
        if send.attempts != claimed.attempts:
            return
        send.reason, send.receipt = outcome.reason, outcome.receipt or send.receipt
        if retry_at:
            send.state = "due"
            self._due_again(send, retry_at)
        else:
            self._end(send, outcome.state)
            if outcome.state == "failed":
                self._uncounted.append(send.due)

    def behind(self, due: Due, now: datetime) -> Due | None:
        """The first that is due and may have waited for this send in its lane."""
        same = [send for send in self._sends.get(due.incident, ()) if send.due.channel == due.channel]
        settled = next((send for send in same if send.due.seq == due.seq), None)
        waited = (
            send.due
            for send in same
            if settled
            and send.state == "due"
            and send.due_at <= now
            and send.due.seq > due.seq
            and _is_lane_of(settled, send)
        )
        return next(waited, None)

    def uncounted(self, limit: int) -> list[Due]:
        """Sends that failed for good and that nobody has counted yet."""
        return self._uncounted[:limit]

    def counted(self, due: Due) -> None:
        """A send that failed for good is counted."""
        self._uncounted = [one for one in self._uncounted if one != due]

    def _tell(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            incident = notice.incident.id
            self._notices.setdefault(incident, {})[notice.seq] = notice
            for channel in notice.channels:
                due = Due(incident=incident, channel=channel, seq=notice.seq, severity=notice.severity)
                at = notice.created_at + timedelta(seconds=notice.page_hold if channel == "pagerduty" else 0)
                send = Send(due, lane(notice, channel), at, at)
                self._sends.setdefault(incident, []).append(send)
                self._due_again(send, at)

    def _sends_until(self, now: datetime) -> list[Due]:
        return [replace(self._named(*name).due, due_at=at) for at, name in self._sends_due.until(now)]

    def _withdrawable(self, sends: Sequence[Due]) -> bool:
        return all(self._send(due).state == "due" and self._send(due).attempts == 0 for due in sends)

    def _withdraw(self, sends: Sequence[Due]) -> None:
        for due in sends:
            self._end(self._send(due), "withdrawn")

    def _take_out_sends(self, incident: str) -> list[Notice]:
        for send in self._sends.pop(incident, ()):
            self._end(send, send.state)
        return list(self._notices.pop(incident, {}).values())

    def _send(self, due: Due) -> Send:
        return self._named(due.incident, due.channel, due.seq)

    def _named(self, incident: str, channel: ChannelName | None, seq: int) -> Send:
        return next(send for send in self._sends[incident] if send.due.channel == channel and send.due.seq == seq)

    def _due_again(self, send: Send, at: datetime) -> None:
        send.due_at = at
        self._sends_due.put((send.due.incident, send.due.channel, send.due.seq), at)

    def _end(self, send: Send, state: str) -> None:
        send.state = state
        self._sends_due.drop((send.due.incident, send.due.channel, send.due.seq))


def _holds_back(other: Send, mine: Send) -> bool:
    if not other.is_open or other.due.seq >= mine.due.seq:
        return False
    return _is_lane_of(other, mine) and rank(other.due.severity) >= rank(mine.due.severity)


def _is_lane_of(earlier: Send, send: Send) -> bool:
    return send.lane == "*" or (send.lane != "" and send.lane == earlier.lane)
