"""The monitor without AWS: the real intake and delivery on the table in memory; channels keep what they get."""

import io
import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger, Metrics

from rootwatch.catalogue import Act, Catalogue, load
from rootwatch.core.comparison import Manifest
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Account, Outcome
from rootwatch.core.record import Item
from rootwatch.edge.advance import advance
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.intake import Intake
from rootwatch.edge.pace import no_pace
from tests.support.memory_store import MemoryStore
from tests.support.records import NOON, settings

_numbers = itertools.count()
# Documentation addresses are registered nowhere: a test that wants a country says so here.
COUNTRIES: dict[str | None, str | None] = {"203.0.113.5": "NL"}


class Channel:
    """Keeps what it was given; answers as the script says, then that it was sent."""

    def __init__(self) -> None:
        self.seen: list[tuple[Notice, str | None]] = []
        self.script: list[Outcome | Exception] = []

    def send(self, notice: Notice, thread: str | None) -> Outcome:
        answer = self.script.pop(0) if self.script else Outcome(state="sent", receipt=f"ts-{len(self.seen)}")
        if isinstance(answer, Exception):
            raise answer
        self.seen.append((notice, thread))
        return answer


class Directory:
    """Organizations: every account is called prod-payments and has the tag that the test sets."""

    def __init__(self, unknown: str = "", tag: str | None = None, joined: datetime | None = None) -> None:
        self.unknown, self.tag, self.joined = unknown, tag, joined
        self.now: Callable[[], datetime] = lambda: NOON
        self._read: tuple[str | None, datetime] | None = None

    def account(self, account_id: str) -> Account:
        name = None if self.unknown else "prod-payments"
        return Account(id=account_id, name=name, joined=self.joined, unknown=self.unknown)

    def break_glass_tag(self, account_id: str) -> tuple[str | None, datetime]:
        """As the real one: asked again after a minute, by the clock of the monitor."""
        if self._read is None or self._read[1] + timedelta(minutes=1) <= self.now():
            self._read = (self.tag, self.now())
        return self._read


class BrokenCatalogue(Catalogue):
    """A fault of ours, as bad luck would have it."""

    def __init__(self) -> None:
        super().__init__([])

    def find(self, source: str | None, name: str | None, record: Mapping[str, object]) -> Act:
        raise KeyError("a fault of ours")


class Monitor:
    """The clock stands until it is moved; ``later`` moves it and sweeps as the schedule would."""

    def __init__(
        self,
        *,
        catalogue: Catalogue | None = None,
        directory: Directory | None = None,
        manifest: Manifest | None = None,
        **changes: Any,
    ) -> None:
        self.now = NOON
        self.settings = settings(**changes)
        self.store = MemoryStore()
        self.channels = {name: Channel() for name in ("pagerduty", "sns", "slack")}
        self.log = io.StringIO()
        self.directory = directory or Directory()
        self.directory.now = lambda: self.now
        logger = self.logger = Logger(service=f"test-{next(_numbers)}", stream=self.log)
        metrics = Metrics(namespace="test", service="test")
        self.delivery = Delivery(
            self.store, self.channels.__getitem__, lambda: self.now, logger, metrics, self.settings, no_pace
        )
        self.intake = Intake(
            store=self.store,
            directory=self.directory,
            delivery=self.delivery,
            settings=self.settings,
            catalogue=load() if catalogue is None else catalogue,
            country_of=COUNTRIES.get,
            now=lambda: self.now,
            logger=logger,
            metrics=metrics,
            manifest=manifest,
        )

    def take(self, *items: Item) -> "Monitor":
        for item in items:
            self.intake.take(item, 1)
        return self

    def later(self, **time: float) -> "Monitor":
        self.now += timedelta(**time)
        for due in self.store.due(self.now, 1000):
            if due.channel:
                self.delivery.deliver(due)
            else:
                advance(due, self.store, self.delivery, self.settings, self.now)
        return self

    def seen(self, channel: str) -> list[Notice]:
        """What a channel was sent of root use."""
        return [notice for notice, _ in self.channels[channel].seen if not notice.incident.is_watch]

    def watched(self, channel: str) -> list[Notice]:
        """What a channel was sent of watch events."""
        return [notice for notice, _ in self.channels[channel].seen if notice.incident.is_watch]

    @property
    def pages(self) -> list[str]:
        """The dedup_key of each trigger that PagerDuty got."""
        return [notice.page.dedup_key for notice in self.seen("pagerduty") if notice.page]

    @property
    def resolved(self) -> list[str]:
        """The dedup_keys that PagerDuty was told to resolve."""
        return [key for notice in self.seen("pagerduty") for key in notice.resolves]

    @property
    def incident(self) -> Incident:
        """The only one of root use."""
        [head] = [head for head in self.store.heads.values() if not head.is_watch]
        return head

    @property
    def facts(self) -> list[Fact]:
        """All facts of all incidents of root use."""
        facts = [fact for story in self.store.story.values() for fact in story.values()]
        return [fact for fact in facts if not fact.is_watch_event]
