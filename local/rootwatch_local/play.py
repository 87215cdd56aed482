"""Plays the story on a world, beat by beat, and notes what its readers received."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rootwatch_local.receivers import Arrival, Fault, Receivers
from rootwatch_local.story import Beat, Expected
from rootwatch_local.world import World

_SECONDS = 30.0
_AT_ONCE_SECONDS = 10.0  # what takes longer, on a busy machine, is the sweep's
_SWEEP_SECONDS = 1.0

Reader = Literal["PagerDuty", "Slack", "e-mail"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as its reader got it. ``order`` counts over all readers, ``after`` is in seconds from the beat on."""

    order: int
    after: float
    reader: Reader
    headline: str


@dataclass(frozen=True, kw_only=True)
class Played:
    """What a beat made its readers see."""

    beat: Beat
    received: Expected

    @property
    def agrees(self) -> bool:
        """Whether exactly what was expected was received."""
        return self.received == self.beat.expected


def play(world: World, beat: Beat, tell: Callable[[Message], None]) -> Played:
    """Makes a beat happen, tells of each message when it arrives, and returns once all that can come has come.

    What does not come in time is not an error here: the count says it.
    """
    began = time.monotonic()
    told: list[Message] = []
    start = max((message.order for message in _messages(world.receivers, began)), default=0)

    def listen(enough: int, timeout: float) -> None:
        """Tells of messages until there are enough, or the time is up."""
        end = time.monotonic() + timeout
        while len(told) < enough and (left := end - time.monotonic()) > 0:
            try:
                world.receivers.wait_for(lambda now: len(_since(now, began, start)) > len(told), left)
            except TimeoutError:
                return
            _tell_new()

    def _tell_new() -> None:
        for message in _since(world.receivers, began, start)[len(told) :]:
            told.append(message)
            tell(message)

    if beat.slack_down:
        world.receivers.slack.fail(Fault("down"))
    for record in beat.records():
        world.emit(record["recipientAccountId"], record["awsRegion"], record)
        if beat.one_by_one:
            world.wait_until_taken(record["eventID"], _SECONDS)
    expected = beat.expected
    all_of_them = expected.pages + expected.mails + expected.slack
    listen(all_of_them - (expected.slack if beat.slack_down else 0), _AT_ONCE_SECONDS)
    world.wait_until_drained(_SECONDS)
    if beat.slack_down:
        world.receivers.slack.heal()
    _sweep_until(world, lambda: len(told) >= all_of_them, listen=lambda: listen(all_of_them, _SWEEP_SECONDS))
    _tell_new()
    return Played(beat=beat, received=_counted(told))


def _sweep_until(world: World, done: Callable[[], bool], listen: Callable[[], None]) -> None:
    """The scheduler sweeps each minute; here it is as often as one has patience."""
    end = time.monotonic() + _SECONDS
    while not done() and time.monotonic() < end:
        world.sweep()
        listen()


def _counted(messages: list[Message]) -> Expected:
    count = Counter(message.reader for message in messages)
    return Expected(pages=count["PagerDuty"], slack=count["Slack"], mails=count["e-mail"])


def _since(receivers: Receivers, began: float, start: int) -> list[Message]:
    return [message for message in _messages(receivers, began) if message.order > start]


def _messages(receivers: Receivers, began: float) -> list[Message]:
    """Every page, Slack message and e-mail so far, in the order in which they arrived."""
    seen: list[tuple[Arrival, Reader, str]] = [
        *((alert.opened, "PagerDuty", alert.summary) for alert in receivers.pagerduty.alerts),
        *((message.arrival, "Slack", message.text) for message in receivers.slack.messages),
        *((mail.arrival, "e-mail", mail.subject) for mail in receivers.mailbox.mails),
    ]
    made = [
        Message(order=at.order, after=at.monotonic - began, reader=reader, headline=text.splitlines()[0])
        for at, reader, text in seen
    ]
    return sorted(made, key=lambda message: message.order)


def faults(world: World) -> list[str]:
    """What a good end does not have: refusals, events that EventBridge dropped."""
    refused = [f"{one.service} refused: {one.reason} {' '.join(one.details)}" for one in world.receivers.refused]
    dropped = [
        f"EventBridge dropped {one.event_id} of {one.origin_account}: {one.reason}" for one in world.aws.dropped()
    ]
    return [*refused, *dropped]
