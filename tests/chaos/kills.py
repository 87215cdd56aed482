"""Real kills: the function is a process of its own, which the system ends at a numbered step (``os._exit``: nothing is
cleaned up). The table, the topic and the receivers are another process; what it holds is all that is left.

``python -m tests.chaos.kills`` kills at every step of a monitor's run, lets the queue bring the message again, sweeps.
"""

import itertools
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.managers import BaseManager
from typing import Any, Final

from rootwatch_local.receivers.door import Receivers
from rootwatch_local.receivers.pagerduty import DEFAULT_ROUTING_KEY
from rootwatch_local.receivers.slack import DEFAULT_TOKEN
from tests.chaos import aws
from tests.chaos.dynamodb import DynamoDB
from tests.chaos.exhaustive import short
from tests.chaos.functions import Functions
from tests.chaos.judge import judge
from tests.chaos.loop import Loop
from tests.chaos.outside import Border, Scripted
from tests.chaos.queue import Message, event_of
from tests.chaos.received import Received
from tests.chaos.stories import Stories
from tests.chaos.wire import Wire
from tests.support.records import settings

KILLED: Final = 9
_AGAIN: Final = 180.0  # seconds: the queue's visibility timeout
_SWEPT: Final = 400.0
_FORK: Final = multiprocessing.get_context("fork")


class Remote:
    """What lies outside of the function: it lives on when that is killed."""

    def __init__(self) -> None:
        self._receivers = Receivers().__enter__()
        self._table = DynamoDB()
        self._client = self._table.client()
        self._published: list[tuple[float, bytes]] = []

    def urls(self) -> tuple[str, str]:
        """Of Slack's and PagerDuty's interfaces."""
        return self._receivers.slack_api_url, self._receivers.pagerduty_events_url

    def dynamodb(self, name: str, request: dict[str, Any]) -> Any:
        """A call of the table's client."""
        return getattr(self._client, name)(**request)

    def publish(self, at: float, document: bytes) -> None:
        """What the topic took."""
        self._published.append((at, document))

    def published(self) -> list[tuple[float, bytes]]:
        """All of it."""
        return self._published

    def alerts(self) -> list[tuple[str, int]]:
        """Of PagerDuty: each alert's dedup_key, and how many triggers it took."""
        return [(alert.dedup_key, alert.triggers) for alert in self._receivers.pagerduty.alerts]

    def posts(self) -> list[str]:
        """Of Slack."""
        return [message.text for message in self._receivers.slack.messages]

    def close(self) -> None:
        """Stops the receivers."""
        self._receivers.close()


class _Manager(BaseManager):
    pass


_Manager.register("Remote", Remote)


class _RealTime(Loop):
    """Calls take as long as they take; ``ahead`` of the machine's clock."""

    def __init__(self, ahead: float) -> None:
        super().__init__(time.time() + ahead)

    def spend(self, seconds: float) -> None:
        """Nothing has to be waited for."""


class _Killing(Border):
    def _end(self, name: str) -> None:
        os._exit(KILLED)


class _Client:
    """The table's client, in the other process."""

    def __init__(self, border: Border, remote: Any) -> None:
        self._border = border
        self._remote = remote

    def __getattr__(self, name: str) -> Any:
        return lambda **request: self._border.call(name, 0, lambda: self._remote.dynamodb(name, request))

    def get_paginator(self, name: str) -> Any:
        client = self

        class Pages:
            def paginate(self, **request: Any) -> Iterator[Any]:
                page = client.query(**request)
                yield page
                while "LastEvaluatedKey" in page:
                    page = client.query(**request, ExclusiveStartKey=page["LastEvaluatedKey"])
                    yield page

        return Pages()


class _Topic(Received):
    """Hands what SNS took to the other process."""

    remote: Any = None

    def take(self, at: float, channel: Any, body: bytes, path: str, number: int) -> None:
        if channel == "sns":
            self.remote.publish(at, body)


def run(remote: Any, name: str, event: Any, ahead: float, kill: int) -> int:
    """Runs a handler in a process of its own, which is killed at a step (0: not); its exit code."""

    def child() -> None:
        loop = _RealTime(ahead)
        border, received = _Killing(loop, Scripted(step=kill)), _Topic()
        received.remote = remote
        functions = Functions(border, random.Random(0), 0, lambda number: None)
        slack, pagerduty = remote.urls()
        configured = settings(
            slack={"secret": "rootwatch/slack", "channel": "C0123456789", "api_url": slack},
            pagerduty={"secret": "rootwatch/pagerduty", "events_url": pagerduty},
        )
        numbers = iter(range(1, 10_000))
        with _receivers_there(border, received, numbers) as wire:
            clients = {
                "dynamodb": lambda: _Client(border, remote),
                "sns": lambda: aws.Sns(border, received, numbers),
                "organizations": lambda: aws.Organizations(border, {}),
                "secretsmanager": lambda: aws.SecretsManager(
                    border,
                    {
                        "rootwatch/slack": {"bot_token": DEFAULT_TOKEN},
                        "rootwatch/pagerduty": {"routing_key": DEFAULT_ROUTING_KEY},
                    },
                ),
            }
            with functions.in_place(configured, clients, wire.session):
                functions.invoke(name, event)
                loop.run()
        os._exit(1 if functions.metrics["Errors"] else 0)

    process = _FORK.Process(target=child)
    process.start()
    process.join()
    return process.exitcode or 0


@contextmanager
def _receivers_there(border: Border, received: Received, numbers: Iterator[int]) -> Iterator[Wire]:
    """The wire to receivers that are in the other process: none of its own is used."""
    with Receivers() as unused:
        yield Wire(border, unused, received, numbers, real=True)


def kill_at(step: int, stories: Stories) -> tuple[bool, list[str]]:
    """Whether a process was killed at that step, and what was wrong in the end."""
    with _Manager(ctx=_FORK) as manager:
        remote = manager.Remote()  # type: ignore[attr-defined]
        [story] = stories.stories
        message = Message("m1", "\n".join(one.message for one in story.records), time.time(), 0, 1)
        killed = run(remote, "monitor", event_of([message]), 0, step) == KILLED
        message.receives += 1
        codes = [run(remote, "monitor", event_of([message]), _AGAIN, 0)] if killed else []
        codes += [run(remote, "sweep", {}, _SWEPT, 0) for _ in range(2)]
        wrong = list(_wrong(remote, stories, codes))
        remote.close()
    return killed, wrong


def _wrong(remote: Any, stories: Stories, codes: list[int]) -> Iterator[str]:
    received = Received()
    for number, (at, document) in enumerate(remote.published()):
        received.take(at, "sns", document, "", number)
    found = judge(stories.stories, received)
    [story] = stories.stories
    pages = {tuple(key.split("/")[2:]) for key, _ in remote.alerts()}
    if any(codes):
        yield f"a run failed: {codes}"
    if found.lost or not found.counts_exact:
        yield f"counts: {found.notes}"
    if pages != set(story.pages.items()) or len(remote.alerts()) != len(pages):
        yield f"pages: {remote.alerts()}"
    if found.duplicates["sns"] > 1 or len(remote.posts()) - len(set(remote.posts())) > 1:
        yield "more than one send was repeated, though one process ended"


def main(*asked: str) -> int:
    """The steps that are named, or every one until a run comes to its end. 1 if anything was wrong."""
    stories = short("an intrusion")
    tried = failures = 0
    for step in map(int, asked) if asked else itertools.count(1):
        killed, wrong = kill_at(step, stories)
        if not killed and not asked:
            break
        tried += killed
        failures += bool(wrong)
        for one in wrong:
            print(f"step {step}: {one}")
    print(f"killed at {tried} steps, {failures} with something wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
