"""The channels of a Slack workspace and what stands in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from rootwatch_local.receivers.ledger import Arrival, Ledger
from rootwatch_local.receivers.slack_rules import SlackError, check, pings_in

Payload = Mapping[str, object]
Via = Literal["api", "webhook"]


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as it now stands in the channel. `earlier` holds what `chat.update` replaced, oldest first."""

    ts: str
    channel: str
    text: str
    blocks: tuple[Payload, ...]
    thread_ts: str | None
    broadcast: bool
    via: Via
    pings: tuple[str, ...]
    arrival: Arrival
    edited: Arrival | None = None
    earlier: tuple["SlackMessage", ...] = ()


@dataclass(slots=True)
class Workspace:
    """Raises SlackError for what Slack refuses. `channels` maps ids to names."""

    ledger: Ledger
    channels: Mapping[str, str]
    messages: dict[str, SlackMessage] = field(default_factory=dict)  # by ts
    _last_ts: int = 0

    def channel(self, given: object) -> str:
        """The id of a channel given by id, name or #name."""
        for channel, name in self.channels.items():
            if given in (channel, name, f"#{name}"):
                return channel
        raise SlackError("channel_not_found")

    def check_post(self, channel: str, payload: Payload) -> None:
        check(payload)
        thread_ts = payload.get("thread_ts")
        if thread_ts is None:
            return
        parent = self.messages.get(str(thread_ts))
        if parent is None or parent.channel != channel or parent.thread_ts is not None:
            raise SlackError("thread_not_found")

    def post(self, channel: str, payload: Payload, via: Via) -> SlackMessage:
        """Put a message that `check_post` let pass."""
        thread_ts, arrival = payload.get("thread_ts"), self.ledger.arrive()
        message = SlackMessage(
            ts=self._next_ts(arrival),
            channel=channel,
            text=str(payload.get("text") or ""),
            blocks=_blocks(payload),
            thread_ts=None if thread_ts is None else str(thread_ts),
            broadcast=bool(payload.get("reply_broadcast")),
            via=via,
            pings=pings_in(payload),
            arrival=arrival,
        )
        self.messages[message.ts] = message
        return message

    def update(self, payload: Payload) -> SlackMessage:
        channel = payload.get("channel")
        if channel not in self.channels:  # chat.update takes ids alone
            raise SlackError("channel_not_found")
        check(payload)
        old = self.messages.get(str(payload.get("ts")))
        if old is None or old.channel != channel:
            raise SlackError("message_not_found")
        if old.via == "webhook":
            raise SlackError("cant_update_message")
        new = replace(
            old,
            text=str(payload.get("text") or ""),
            blocks=_blocks(payload),
            pings=(*old.pings, *pings_in(payload)),
            edited=self.ledger.arrive(),
            earlier=(*old.earlier, replace(old, earlier=())),
        )
        self.messages[new.ts] = new
        return new

    def _next_ts(self, arrival: Arrival) -> str:
        """A `ts` names its message: unique, and rising."""
        self._last_ts = max(int(arrival.at.timestamp() * 1e6), self._last_ts + 100)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


def _blocks(payload: Payload) -> tuple[Payload, ...]:
    blocks = payload.get("blocks")
    return tuple(blocks) if isinstance(blocks, list) else ()
