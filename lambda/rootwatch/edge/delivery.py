"""Sending what the table says is due: claim, send, settle. The monitor does it at once, the sweep later."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

from rootwatch.core.notice import IN_ORDER, Notice
from rootwatch.core.ports import WAITS_FOR_ITS_TURN, Channel, Claimed, Due, Outcome, Store, StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName, Severity
from rootwatch.edge.failed_sends import FailedSends
from rootwatch.edge.held_pages import HeldPages

LEASE: Final = timedelta(seconds=60)
GIVE_UP_AFTER: Final = timedelta(hours=24)
_FEWEST_TRIES: Final = 8  # what waited for a day behind others, or behind an outage of ours, was hardly tried
_FIRST_WAIT_SECONDS: Final = 5.0
_LONGEST_WAIT_SECONDS: Final = 900.0


class Delivery:
    """The one way in which a notice leaves. Made anew for each invocation: a channel that does not answer is left
    alone for the rest of it, so that it delays no other."""

    def __init__(
        self,
        store: Store,
        channel: Callable[[ChannelName], Channel],
        now: Callable[[], datetime],
        logger: Logger,
        metrics: Metrics,
        settings: Settings,
        pace: Callable[[ChannelName, Severity], timedelta],
    ) -> None:
        self._store = store
        self._channel = channel
        self._now = now
        self._logger = logger
        self._metrics = metrics
        self._pace = pace
        self._resting: set[ChannelName] = set()
        self._failed_sends = FailedSends(store, settings, now, logger)
        self._held = HeldPages(store, settings, now, logger)

    def deliver_stored(self, notices: Iterable[Notice]) -> None:
        """``deliver_all`` for what is safe in the table: if that goes down now, the sweep sends what is due."""
        try:
            self.deliver_all(notices)
        except StoreDownError:
            self._logger.warning("the table went down before all was sent", exc_info=True)

    def deliver_all(self, notices: Iterable[Notice]) -> None:
        """Sends notices that were just stored. What does not go out now is due, and the sweep's."""
        for notice in notices:
            for channel in notice.channels:
                self.deliver(
                    Due(incident=notice.incident.id, channel=channel, seq=notice.seq, severity=notice.severity)
                )

    def deliver(self, due: Due) -> Outcome | None:
        """One send, and what waited for it: another worker that found it under way has left that to us.

        None: it was not ours to send now. Raises ``StoreDownError`` if it can't be claimed or noted.
        """
        outcome = last = self._deliver(due)
        while due.channel in IN_ORDER and last and last.state != "retry":
            behind = self._store.behind(due, self._now())
            if behind is None:
                break
            due, last = behind, self._deliver(behind)
        return outcome

    def _deliver(self, due: Due) -> Outcome | None:
        if due.channel is None or due.channel in self._resting:
            return None
        now = self._now()
        claimed = self._store.claim(due, now, now + LEASE)
        if claimed is None:
            return None
        if self._waits(claimed, due.channel, now):
            return None
        told, of_storm = self._held.ended(claimed) if due.channel == "pagerduty" else (claimed.notice, ())
        outcome = self.send(told, due.channel, claimed.thread)
        retry_at = _retry_at(claimed, outcome, now)
        if outcome.state == "retry" and retry_at is None:
            outcome = Outcome(state="failed", reason=f"given up after 24 hours: {outcome.reason}")
        # Stored before the send is settled: whatever breaks in between, somebody is told.
        stuck = outcome.state == "failed" or outcome.mend
        news = self._failed_sends.lost(claimed, outcome) if stuck else ()
        self._store.settle(claimed, outcome, self._now(), retry_at)
        if retry_at:
            # A retry moves the time at which a send is due: how long it has been tried shows here alone.
            self._metrics.add_metric("UnsentSeconds", MetricUnit.Seconds, (now - claimed.first_due).total_seconds())
        self._say(claimed, outcome, retry_at)
        if outcome.state == "sent":
            news = self._failed_sends.works(due.channel)
        self.deliver_stored((*of_storm, *news))
        return outcome

    def _waits(self, claimed: Claimed, channel: ChannelName, now: datetime) -> bool:
        """Whether it is not its turn yet: then it is due when that is, and takes no other."""
        wait = timedelta() if claimed.has_turn else self._pace(channel, claimed.due.severity)
        if not wait:
            return False
        outcome = Outcome(state="retry", reason=WAITS_FOR_ITS_TURN)
        self._store.settle(claimed, outcome, self._now(), now + wait)
        self._metrics.add_metric("SendsPaced", MetricUnit.Count, 1)
        return True

    def send(self, notice: Notice, channel: ChannelName, thread: str | None) -> Outcome:
        """Hands a notice to a channel, past the table: for sending while the table is down."""
        try:
            outcome = self._channel(channel).send(notice, thread)
        except Exception as error:
            # A channel should never raise. If one does, the others still send, and this send is due again.
            self._logger.exception("a channel raised", extra={"channel": channel, "incident": notice.incident.id})
            outcome = Outcome(state="retry", reason=f"the channel raised {type(error).__name__}")
        if outcome.state == "retry":
            self._resting.add(channel)
        return outcome

    def _say(self, claimed: Claimed, outcome: Outcome, retry_at: datetime | None) -> None:
        due = claimed.due
        names = {"sent": "SendsSent", "retry": "SendsRetried"}
        if outcome.state in names:  # what failed is counted from the table, which outlives us
            self._metrics.add_metric(names[outcome.state], MetricUnit.Count, 1)
        say = {"sent": self._logger.info, "retry": self._logger.warning, "failed": self._logger.error}[outcome.state]
        say(
            "send settled",
            extra={
                "state": outcome.state,
                "channel": due.channel,
                "incident": due.incident,
                "notice": due.seq,
                "attempt": claimed.attempts,
                "reason": outcome.reason,
                "retry_at": retry_at.isoformat() if retry_at else None,
            },
        )


def _retry_at(claimed: Claimed, outcome: Outcome, now: datetime) -> datetime | None:
    """Backing off with jitter, longer if the channel asks for it; None when there is nothing to retry, or no more."""
    old = now - claimed.first_due >= GIVE_UP_AFTER and claimed.attempts >= _FEWEST_TRIES
    if outcome.state != "retry" or old:
        return None
    wait = min(_FIRST_WAIT_SECONDS * 2 ** min(claimed.attempts - 1, 10), _LONGEST_WAIT_SECONDS)
    jittered = wait * (0.5 + random.random() / 2)  # noqa: S311 # spreads retries, guards nothing
    return now + timedelta(seconds=max(jittered, outcome.retry_after or 0.0))
