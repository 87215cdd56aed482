"""The whole of it: an organisation's records, the queues, the functions, the channels, and what goes wrong."""

import functools
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from rootwatch_local.receivers.door import Receivers
from rootwatch_local.receivers.pagerduty import DEFAULT_ROUTING_KEY
from rootwatch_local.receivers.rate import RateLimit
from rootwatch_local.receivers.slack import DEFAULT_TOKEN
from rootwatch_local.receivers.web import Request
from tests.chaos import aws, paths
from tests.chaos.dynamodb import DynamoDB
from tests.chaos.functions import Functions
from tests.chaos.loop import Loop
from tests.chaos.outside import Border, Trouble
from tests.chaos.queue import Queue, QueueSettings
from tests.chaos.received import Message, Received
from tests.chaos.stories import Put, Story
from tests.chaos.wire import Wire
from tests.support.log_files import log_file, log_file_key, object_created
from tests.support.records import settings

START: Final = 1_795_608_000.0  # 2026-11-25 12:00 UTC
QUEUES: Final[dict[str, QueueSettings]] = {  # as deployed
    "rootwatch-records": {"visibility": 180, "most_receives": 480},
    "rootwatch-log-files": {"visibility": 720, "most_receives": 120},
}
WORKERS: Final = 10  # the mappings' maximum concurrency
_LAG: Final = 0.3  # seconds that the index is behind
_NEVER: Final = "9999"  # what stands until it is seen to be over
_SWEEP_EVERY: Final = 60.0
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_RETRIED_AFTER: Final = (60.0, 120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How the simulated world is. ``skew``: seconds by which a clock may be wrong; ``twice``: how often the queue
    brings a message twice; ``real``: over sockets; ``people_resolve``: how often a person resolves a page."""

    seed: int = 0
    skew: float = 0.0
    twice: float = 0.0
    real: bool = False
    people_resolve: float = 0.0
    workers: int = WORKERS
    keeps_names: bool = False
    gap_minutes: int = 30


class Simulator:
    """Put records in, run, look at ``received``. Use it in a ``with`` block of ``simulated``."""

    def __init__(self, trouble: Trouble, conditions: Conditions, loop: Loop, receivers: Receivers) -> None:
        chance = random.Random(f"simulator {conditions.seed}")
        self._chance = random.Random(f"people {conditions.seed}")
        self._conditions = conditions
        self.receivers = receivers
        self.loop = loop
        self.border = Border(self.loop, trouble, keeps_names=conditions.keeps_names)
        self.table = DynamoDB(lambda: self.loop.now, _LAG)
        self.received = Received()
        self.tags: dict[str, list[tuple[float, str | None]]] = {}
        self.secrets = {
            "rootwatch/slack": {"bot_token": DEFAULT_TOKEN},
            "rootwatch/pagerduty": {"routing_key": DEFAULT_ROUTING_KEY},
        }
        self._files: dict[str, bytes] = {}
        numbers = itertools.count(1)
        self.functions = Functions(self.border, chance, conditions.skew, self.received.unanswered.add)
        self.wire = Wire(self.border, receivers, self.received, numbers, real=conditions.real)
        self._sns = aws.Sns(self.border, self.received, numbers)
        self.wire.answered = self._sns.answered = self.functions.arrived
        queue = functools.partial(Queue, self.loop, chance, twice=conditions.twice, workers=conditions.workers)
        self.records = queue(**QUEUES["rootwatch-records"])
        self.log_files = queue(**QUEUES["rootwatch-log-files"])
        self.records.invoke = lambda event, done: self.functions.invoke("monitor", event, done)
        self.log_files.invoke = lambda event, done: self.functions.invoke("backstop", event, done)
        self.ends = START  # when all that was put in is there
        self.received.on_message = self._somebody_looks

    def clients(self) -> dict[str, Callable[[], Any]]:
        """What boto3 gives the functions, by service."""
        return {
            "dynamodb": lambda: aws.dynamodb(self.table, self.border, self.functions.updated),
            "sns": lambda: self._sns,
            "organizations": lambda: aws.Organizations(self.border, self.tags),
            "secretsmanager": lambda: aws.SecretsManager(self.border, self.secrets),
            "s3": lambda: aws.S3(self.border, self._files),
        }

    def put_log_file(self, records: Sequence[Put], at: float) -> None:
        """CloudTrail writes these records of one account into a log file."""
        name = log_file_key(records[0].account, records[0].body["awsRegion"])
        self._files[name] = log_file(*(one.body for one in records))
        self.log_files.put(object_created(name), at)

    def tell(self, stories: Sequence[Story], *, log_files: bool = True) -> None:
        """Puts stories in: by EventBridge and by log files, or by EventBridge alone."""
        if log_files:
            paths.by_both(stories, random.Random(f"paths {self._conditions.seed}"))
        else:
            paths.by_event_bridge(stories)
        for story in stories:
            for one in story.records:
                if one.event is not None:
                    self.records.put(one.message, one.event)
        for at, records in paths.log_files(stories):
            self.put_log_file(records, at)
        self.ends = max(one.arrives_last for story in stories for one in story.records)

    def run(self, until: float) -> None:
        """Lets the world go on until a time, with a sweep each minute."""
        while self.loop.now < until:
            self._sweep(_RETRIED_AFTER)
            self.loop.run(min(self.loop.now + _SWEEP_EVERY, until))

    def _sweep(self, retries: Sequence[float]) -> None:
        """One start by the schedule. Lambda starts it again when it fails, so many times, so many seconds later."""

        def ended(answer: Any) -> None:
            if answer is None and retries:
                self.loop.after(retries[0], lambda: self._sweep(retries[1:]))

        self.functions.invoke("sweep", {}, ended)

    def run_until_quiet(self, longest: float, at_once: float = 1800) -> bool:
        """Goes on until nothing waits any more, as is seen every so many seconds; False if that takes too long."""
        until = self.loop.now + longest
        while not self.is_quiet and self.loop.now < until:
            self.run(min(self.loop.now + at_once, until))
        return self.is_quiet

    @property
    def is_quiet(self) -> bool:
        """Whether every message is settled, every send has ended, and every incident is closed that closes by quiet."""
        if self.records.messages or self.log_files.messages or self.sends_left:
            return False
        heads = (item for item in self.table.all("INC#") if item["SK"]["S"] == "HEAD")
        return not any(head["state"]["S"] == "open" and head["due_at"]["S"] < _NEVER for head in heads)

    @property
    def sends_left(self) -> list[str]:
        """The sends that are not settled; those too that failed and are yet to be counted for the alarm."""
        items = (item for item in self.table.all("INC#") if item["SK"]["S"].startswith("SEND#"))
        return [f"{item['PK']['S']} {item['SK']['S']}" for item in items if "due_at" in item]

    @property
    def dispositions(self) -> dict[str, str]:
        """What became of each distinct record, as the table has it: by its key."""
        marks = self.table.all("EVT#")
        return {item["PK"]["S"].removeprefix("EVT#"): item["disposition"]["S"] for item in marks}

    def _somebody_looks(self, message: Message) -> None:
        """At times a person resolves a page, within the next minutes."""
        if message.kind != "trigger" or self._chance.random() >= self._conditions.people_resolve:
            return
        self.loop.after(self._chance.uniform(20, 900), lambda: self._resolve(str(message.body["dedup_key"])))

    def _resolve(self, key: str) -> None:
        body = {"routing_key": DEFAULT_ROUTING_KEY, "event_action": "resolve", "dedup_key": key}
        self.receivers.pagerduty.serve(Request("POST", "/v2/enqueue", {}, msgspec.json.encode(body)))
        self.received.messages.append(Message(self.loop.now, "pagerduty", "person resolves", body))


@contextmanager
def simulated(trouble: Trouble, conditions: Conditions) -> Iterator[Simulator]:
    """A world that ends with the block: nothing of it is left behind."""
    random.seed(f"product {conditions.seed}")  # jitter, and what else the product leaves to chance
    loop = Loop(START)
    receivers = Receivers(slack_rate=RateLimit(), pagerduty_a_minute=120, clock=lambda: loop.now)
    if conditions.real:
        receivers.__enter__()
    try:
        simulator = Simulator(trouble, conditions, loop, receivers)
        configured = settings(
            slack={"secret": "rootwatch/slack", "channel": "C0123456789", "api_url": receivers.slack_api_url},
            pagerduty={"secret": "rootwatch/pagerduty", "events_url": receivers.pagerduty_events_url},
            trail={"create": True},
            incident_gap_minutes=conditions.gap_minutes,
        )
        with simulator.functions.in_place(configured, simulator.clients(), simulator.wire.session):
            yield simulator
        simulator.received.refused += [f"{one.service}: {one.reason} {one.details}" for one in receivers.refused]
    finally:
        receivers.close()
