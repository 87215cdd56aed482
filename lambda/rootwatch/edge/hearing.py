"""What a record that EventBridge brought says of the fast path: that it works there, and that a wait is over."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from rootwatch.core import watch
from rootwatch.core.fast_path import CANARY_RULE, FastPath, Place
from rootwatch.core.paths import path_of, rule_of
from rootwatch.core.ports import Plan
from rootwatch.core.record import Item, Record
from rootwatch.core.roll import Place as Watched
from rootwatch.core.root_use import not_from_cloudtrail
from rootwatch.core.settings import Settings
from rootwatch.core.words import RuleName
from rootwatch.edge.retrying import TRIES, NotStoredError, pause


class HeardPaths(Protocol):
    """Of the table, what a record that was heard may change."""

    def of(self, place: Place) -> FastPath:
        """What is known of an account and Region."""

    def watched(self, place: Place) -> Watched | None:
        """What coverage knows of it."""

    def arrived(self, key: str) -> bool:
        """Whether an awaited record is awaited no more."""

    def store(self, path: FastPath) -> bool:
        """False when it was changed since it was read."""


class Hearing:
    """Notes what the fast path brought. Doing it twice changes nothing more."""

    def __init__(self, paths: HeardPaths, settings: Settings, now: Callable[[], datetime]) -> None:
        self._paths = paths
        self._settings = settings
        self._now = now

    def heard(self, item: Item, plan: Plan | None) -> None:
        """Notes a record that was taken in. ``plan`` is what was stored of it; None for a duplicate, of one that a log
        file may have shown first.

        Raises ``StoreDownError``, or ``NotStoredError`` when the message must come again.
        """
        if not isinstance(item, Record) or path_of(item) != "EventBridge":
            return
        if not_from_cloudtrail(item) or watch.is_forged(item):
            return  # it proves nothing of the record that it pretends to be
        if plan is None:
            self._paths.arrived(item.key)
        if item.time is None or item.account is None or item.region is None:
            return
        place = Place(item.account, item.region)
        rule = rule_of(item, self._settings, self._now())
        if rule:
            self._note(place, rule, item.time)
        elif plan and plan.heard and self._canary_proves(place):
            self._note(place, CANARY_RULE, item.time)

    def _canary_proves(self, place: Place) -> bool:
        """Whether our canary ends a loss. It comes through a branch of its own in the rule: that root would be heard
        too, it says only of a rule that has been compared with the deployed one since."""
        loss = self._paths.of(place).lost.get(CANARY_RULE)
        watched = self._paths.watched(place) if loss else None
        if loss is None or watched is None or watched.differs or watched.compared_at is None:
            return False
        return watched.compared_at > loss.last

    def _note(self, place: Place, rule: RuleName, time: datetime) -> None:
        for _ in range(TRIES):
            before = self._paths.of(place)
            after = before.with_heard(rule, time)
            if after == before or self._paths.store(after):
                return
            pause()
        raise NotStoredError(f"other workers changed the fast path of {place.account} {TRIES} times")
