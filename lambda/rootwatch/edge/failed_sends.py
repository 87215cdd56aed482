"""Telling of sends that failed for good, by the other channels; and that a channel works again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from aws_lambda_powertools import Logger

from rootwatch.core import failed_sends, observe
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Claimed, Known, Needs, Outcome, Plan, Store, StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName
from rootwatch.edge.retrying import TRIES, pause


class FailedSends:
    """Stores what is to be told of failed sends; whoever asks sends the notices."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime], logger: Logger) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._logger = logger
        self._well: set[ChannelName] = set()

    def lost(self, claimed: Claimed, outcome: Outcome) -> tuple[Notice, ...]:
        """What the other channels are to be told of a send that failed, or will until somebody mends its channel.

        To be asked before the send is settled, so that a crash in between makes it be sent, fail and be told again,
        once. Of a notice that itself tells of a lost send nothing more is told: the log and the metric SendsFailed have
        it. Raises ``StoreDownError`` when it can't be stored.
        """
        channel, now = claimed.due.channel, self._now()
        if channel is None or claimed.notice.incident.is_failed_send:
            return ()
        self._well.discard(channel)
        fact = failed_sends.lost(channel, claimed.notice, outcome, self._settings, now)
        plan_of = partial(failed_sends.told_by_others, channel, fact)
        plan = self._stored(observe.needs(fact), lambda known, at: plan_of(known, self._settings, at))
        if plan and any(not one.channels for one in plan.notices):
            self._logger.error("no other channel can tell that a send failed", extra={"channel": channel})
        return plan.notices if plan else ()

    def works(self, channel: ChannelName) -> tuple[Notice, ...]:
        """What is to be told after a send that went well: that the channel works again, if it did not before.

        Looked at once an invocation; if the table can't say, the next one looks again.
        """
        if channel in self._well:
            return ()
        fact = failed_sends.works(channel, self._now())
        try:
            there = self._store.open_incident(failed_sends.scope_of(channel, fact.time))
            self._well.add(channel)
            if there is None or there.state == "closed":
                return ()
            plan = self._stored(observe.needs(fact), lambda known, at: observe.over(fact, known, self._settings, at))
        except StoreDownError:
            self._logger.warning("whether a channel had failed before could not be seen", exc_info=True)
            return ()
        return plan.notices if plan else ()

    def _stored(self, needed: Needs, plan_of: Callable[[Known, datetime], Plan | None]) -> Plan | None:
        for _ in range(TRIES):
            now = self._now()
            known = self._store.load(needed)
            plan = None if known.duplicate else plan_of(known, now)
            if plan is None:
                return None
            outcome = self._store.commit(plan, now)
            if outcome != "conflict":
                return plan if outcome == "committed" else None
            pause()
        raise StoreDownError(f"other workers were first {TRIES} times")
