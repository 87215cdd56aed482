"""Telling what rootwatch itself found out, or is asked to rehearse: the way of a record, without a record."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Protocol

import msgspec

from rootwatch.core import observe
from rootwatch.core import rehearsal as rehearsals
from rootwatch.core.fact import Fact
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Directory, Known, Needs, Plan, Store
from rootwatch.core.rehearsal import Rehearsal
from rootwatch.core.settings import Settings
from rootwatch.edge.retrying import TRIES, NotStoredError, pause


class Sender(Protocol):
    """Who sends what was stored: the ``Delivery``, or the sweep a minute later at most."""

    def deliver_stored(self, notices: Iterable[Notice]) -> None:
        """Sends them, or leaves them due."""


class LeftToTheSweep:
    """For functions that may speak to no channel."""

    def deliver_stored(self, notices: Iterable[Notice]) -> None:
        """They are due: the sweep sends them."""


class Observer:
    """From an observed fact to a stored one and sent notices."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        delivery: Sender,
        settings: Settings,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._directory = directory
        self._delivery = delivery
        self._settings = settings
        self._now = now

    def tell(self, fact: Fact) -> Plan | None:
        """The plan that was stored and told; None if this very observation was told before.

        Raises ``StoreDownError``, or ``NotStoredError`` when other workers were always first.
        """
        return self._store_and_send(observe.needs(fact), partial(observe.observed, fact))

    def tell_over(self, fact: Fact) -> Plan | None:
        """Ends what stands under the fact's scope, and tells that it is over; None if nothing stands there.

        Raises as ``tell`` does.
        """
        return self._store_and_send(observe.needs(fact), partial(observe.over, fact))

    def rehearse(self, rehearsal: Rehearsal) -> Plan | None:
        """One step of a rehearsal; None if it was done before.

        Raises as ``tell`` does.
        """
        needed = rehearsals.needs(rehearsal, self._settings)
        return self._store_and_send(needed, partial(rehearsals.rehearsed, rehearsal))

    def _store_and_send(
        self, needed: Needs, plan_of: Callable[[Known, Settings, datetime], Plan | None]
    ) -> Plan | None:
        for _ in range(TRIES):
            now = self._now()
            known = self._store.load(needed)
            if known.duplicate:
                return None
            if needed.account:
                known = msgspec.structs.replace(known, account=self._directory.account(needed.account))
            plan = plan_of(known, self._settings, now)
            if plan is None:
                return None
            outcome = self._store.commit(plan, now)
            if outcome == "committed":
                self._delivery.deliver_stored(plan.notices)
                return plan
            if outcome == "duplicate":
                return None
            pause()
        raise NotStoredError(f"other workers were first {TRIES} times")
