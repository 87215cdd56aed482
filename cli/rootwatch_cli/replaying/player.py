"""The monitor and the sweep on past records: the code of production, with a clock that stands at each record's time."""

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics

from rootwatch.catalogue import load
from rootwatch.core.incident import STORM_SCOPE
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Directory, Due, Outcome
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging
from rootwatch.core.words import ChannelName, Disposition
from rootwatch.edge.advance import advance
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.intake import Intake
from rootwatch.edge.pace import no_pace
from rootwatch_cli.replaying.arrivals import Arrival
from rootwatch_cli.replaying.memory import MemoryStore
from rootwatch_cli.replaying.story import Story, Told

_KEEP: Final = timedelta(days=1)  # after its close an incident may still be revised
_AT_ONCE: Final = 1_000


class _Uncounted(Metrics):
    """CloudWatch hears nothing of a replay."""

    def add_metric(self, *_: Any, **__: Any) -> None:
        """Nothing."""


class _Recorder:
    """In place of a channel: notes what it is given, and says that it was sent."""

    def __init__(self, note: Callable[[Notice], str]) -> None:
        self._note = note

    def send(self, notice: Notice, thread: str | None) -> Outcome:  # noqa: ARG002 # the port's
        return Outcome(state="sent", receipt=self._note(notice))


class Player:
    """Takes records in the order of their times. Each incident is handed to ``keep`` a day after its close.

    ``windows`` are break-glass tags besides those that the records set; each is known from its own time on.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        directory: Directory,
        country_of: Callable[[str | None], str | None],
        windows: Iterable[Tagging],
        keep: Callable[[Story], None],
    ) -> None:
        self.dispositions: Counter[Disposition] = Counter()
        self.duplicates = 0
        self.store = MemoryStore()
        self._settings = settings
        self._keep = keep
        self._now = self._swept = datetime.min.replace(tzinfo=UTC)
        self._windows = deque(sorted(windows, key=lambda one: (one.at, one.account)))
        self._sent: dict[str, dict[int, dict[ChannelName, datetime]]] = {}
        self._asked: set[str] = set()  # incidents that hold a record that was asked for
        self._closed: deque[tuple[datetime, str]] = deque()
        # What goes wrong inside is our own fault, and said aloud; the rest is what the output is for.
        logger = Logger(service="rootwatch-replay", level="ERROR", stream=sys.stderr)
        metrics = _Uncounted(namespace="rootwatch", service="replay")
        self._delivery = Delivery(self.store, self._channel, self._clock, logger, metrics, settings, no_pace)
        self._intake = Intake(
            store=self.store,
            directory=directory,
            delivery=self._delivery,
            settings=settings,
            catalogue=load(),
            country_of=country_of,
            now=self._clock,
            logger=logger,
            metrics=metrics,
        )

    def take(self, arrival: Arrival) -> None:
        """One record: first what was due before its time, then the record itself."""
        self._run_until(arrival.at)
        self._now = max(self._now, arrival.at)
        plan = self._intake.take(arrival.item, 1)
        if not arrival.asked:
            return
        if plan is None:
            self.duplicates += 1
            return
        self.dispositions[plan.disposition] += 1
        storm = self.store.open_incident(STORM_SCOPE)
        self._asked.update(one.id for one in (plan.incident, storm) if one)

    def end(self) -> None:
        """Lets time pass until nothing is open, and hands out what is left."""
        self._run_until(None)
        while self._closed:
            self._hand_out(self._closed.popleft()[1])

    def _clock(self) -> datetime:
        return self._now

    def _run_until(self, time: datetime | None) -> None:
        """The sweep at each time at which something is due, and windows at theirs."""
        while True:
            due = self.store.next_due(self._swept)
            window = self._windows[0].at if self._windows else None
            following = min((at for at in (due, window) if at), default=None)
            if following is None or (time is not None and following > time):
                return
            self._now = max(self._now, following)
            while self._windows and self._windows[0].at <= self._now:
                self.store.keep([self._windows.popleft()])
            self._sweep()
            self._forget()

    def _sweep(self) -> None:
        """Works through what is due until nothing moves: a send may have waited for another one of its lane.

        What waits for a later one is left, as in production, and goes out with that.
        """
        self._swept = self._now
        moves = True
        while moves:
            moves = False
            for one in self.store.due(self._now, _AT_ONCE):
                moves = self._work(one) or moves

    def _work(self, due: Due) -> bool:
        """Whether it moved."""
        if due.channel:
            return self._delivery.deliver(due) is not None
        before = self.store.incident(due.incident)
        advance(due, self.store, self._delivery, self._settings, self._now)
        head = self.store.incident(due.incident)
        if head and head.state == "closed":
            self._closed.append((self._now, head.id))
        return head != before

    def _forget(self) -> None:
        before = self._now - _KEEP
        self.store.failures.forget_before(before)
        while self._closed and self._closed[0][0] < before:
            self._hand_out(self._closed.popleft()[1])

    def _hand_out(self, incident_id: str) -> None:
        head, facts, notices = self.store.take_out(incident_id)
        sent = self._sent.pop(incident_id, {})
        if incident_id in self._asked:
            self._asked.remove(incident_id)
            told = tuple(Told(notice, sent.get(notice.seq, {})) for notice in notices)
            self._keep(Story(head, tuple(facts), told))

    def _channel(self, name: ChannelName) -> _Recorder:
        def note(notice: Notice) -> str:
            sent = self._sent.setdefault(notice.incident.id, {}).setdefault(notice.seq, {})
            sent[name] = self._now
            return f"{notice.incident.id}/{notice.seq}"

        return _Recorder(note)
