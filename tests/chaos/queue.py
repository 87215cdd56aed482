"""SQS and the event source mapping before a function: in any order, sometimes twice, again until it is settled.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from tests.chaos.loop import Loop


@dataclass(slots=True)
class Message:
    """A message in the queue."""

    id: str
    body: str
    sent: float
    visible: float
    receives: int = 0


class QueueSettings(TypedDict):
    """``visibility`` in seconds; after ``most_receives`` a message is a dead letter."""

    visibility: float
    most_receives: int


class Queue:
    """``invoke`` runs the function with an event, and calls back with its answer, or with None if its process ended."""

    def __init__(
        self,
        loop: Loop,
        chance: random.Random,
        *,
        visibility: float,
        most_receives: int,
        twice: float,
        workers: int,
    ) -> None:
        self._loop = loop
        self._chance = chance
        self._visibility = visibility
        self._most = most_receives
        self._twice = twice
        self._free = workers
        self._numbers = itertools.count(1)
        self.messages: dict[str, Message] = {}
        self.dead: list[Message] = []
        self.received = 0
        self.invoke: Callable[[dict[str, Any], Callable[[dict[str, Any] | None], None]], None]

    def put(self, body: str, at: float) -> None:
        """Sends a message at a time; at times it comes twice."""
        copies = 2 if self._chance.random() < self._twice else 1
        for _ in range(copies):
            self._loop.at(at, lambda: self._add(body))

    def _add(self, body: str) -> None:
        now = self._loop.now
        name = f"m{next(self._numbers)}"
        self.messages[name] = Message(name, body, now, now)
        self._poll()

    def _poll(self) -> None:
        while self._free:
            batch = self._receive()
            if not batch:
                return
            self._free -= 1
            names = [message.id for message in batch]
            self.invoke(event_of(batch), lambda answer, names=names: self._settle(names, answer))  # type: ignore[misc]

    def _receive(self) -> list[Message]:
        now = self._loop.now
        visible = [one for one in self.messages.values() if one.visible <= now]
        batch = self._chance.sample(visible, min(10, len(visible)))
        for message in batch:
            message.receives += 1
            message.visible = now + self._visibility
            self._loop.at(message.visible, self._poll)
            if message.receives > self._most:
                self.dead.append(self.messages.pop(message.id))
        alive = [message for message in batch if message.receives <= self._most]
        self.received += len(alive)
        return alive

    def _settle(self, names: list[str], answer: dict[str, Any] | None) -> None:
        self._free += 1
        if answer is not None:
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            for name in names:
                if name not in failed:
                    self.messages.pop(name, None)
        self._poll()


def event_of(batch: list[Message]) -> dict[str, Any]:
    """What Lambda hands to a function with a batch."""
    return {
        "Records": [
            {
                "messageId": message.id,
                "receiptHandle": message.id,
                "body": message.body,
                "attributes": {
                    "ApproximateReceiveCount": str(message.receives),
                    "SentTimestamp": str(int(message.sent * 1000)),
                },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:444455556666:rootwatch-records",
                "awsRegion": "eu-central-1",
            }
            for message in batch
        ]
    }
