"""What was received, as it arrived: all that the judge is shown of the product."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

Channel = Literal["pagerduty", "slack", "sns"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message that a receiver took. ``at`` is in seconds of the simulation; ``body`` as it was sent."""

    at: float
    channel: Channel
    kind: str  # of PagerDuty "trigger", "resolve", "acknowledge" or "change"
    body: Mapping[str, Any]
    number: int = 0  # of the request that brought it


@dataclass(slots=True)
class Received:
    """The messages, and by their requests' numbers those whose sender never learnt that they arrived."""

    messages: list[Message] = field(default_factory=list)
    unanswered: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)  # what a receiver would not take although it was well
    on_message: Callable[[Message], None] = lambda message: None

    def take(self, at: float, channel: Channel, body: bytes, path: str, number: int) -> None:
        """Keeps a message that was taken."""
        value = msgspec.json.decode(body)
        kind = "message"
        if channel == "pagerduty":
            kind = "change" if "change" in path else str(value["event_action"])
        message = Message(at, channel, kind, value, number)
        self.messages.append(message)
        self.unanswered.add(number)  # until the answer is there
        self.on_message(message)

    def of(self, channel: Channel, *kinds: str) -> list[Message]:
        """The messages of a channel, of these kinds if any is named."""
        return [one for one in self.messages if one.channel == channel and (not kinds or one.kind in kinds)]

    def ambiguous(self, channel: Channel) -> int:
        """How many messages of a channel arrived without their sender's learning it."""
        return sum(1 for one in self.of(channel) if one.number in self.unanswered)
