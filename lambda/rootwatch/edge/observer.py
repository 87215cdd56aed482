"""Telling what rootwatch itself found out: load, observe, commit, send. The way of a record, without a record."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from rootwatch.core import observe
from rootwatch.core.fact import Fact
from rootwatch.core.ports import Directory, Plan, Store
from rootwatch.core.settings import Settings
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.retrying import TRIES, NotStoredError, pause


class Observer:
    """From an observed fact to a stored one and sent notices."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        delivery: Delivery,
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
        needed = observe.needs(fact)
        for _ in range(TRIES):
            now = self._now()
            known = self._store.load(needed)
            if known.duplicate:
                return None
            if needed.account:
                known = msgspec.structs.replace(known, account=self._directory.account(needed.account))
            plan = observe.observed(fact, known, self._settings, now)
            outcome = self._store.commit(plan, now)
            if outcome == "committed":
                self._delivery.deliver_stored(plan.notices)
                return plan
            if outcome == "duplicate":
                return None
            pause()
        raise NotStoredError(f"other workers were first {TRIES} times")
