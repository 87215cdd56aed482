"""The core as the monitor runs it, on the table in memory: records in, plans out."""

from datetime import datetime
from typing import Any

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.lifecycle import tick
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Plan
from rootwatch.core.record import Item
from rootwatch.core.scopes import needs
from tests.support.memory_store import MemoryStore
from tests.support.records import NOON, settings


class Journal:
    """Takes records one after the other; ``notices`` is all that was told, in order."""

    def __init__(self, **changes: Any) -> None:
        self.settings = settings(**changes)
        self.store = MemoryStore()
        self.notices: list[Notice] = []

    @property
    def pages(self) -> list[str]:
        """The dedup_key of every page, in order."""
        return [notice.page.dedup_key for notice in self.notices if notice.page]

    def take(self, item: Item, now: datetime = NOON) -> Plan | None:
        """Decides and commits; None for a duplicate."""
        known = self.store.load(needs(item, self.settings, now))
        if known.duplicate:
            return None
        plan = decide(item, known, self.settings, load(), now)
        assert self.store.commit(plan, now) == "committed"
        self.notices += plan.notices
        return plan

    def tick(self, now: datetime) -> list[Notice]:
        """What time alone tells, of all incidents."""
        told: list[Notice] = []
        for head in list(self.store.heads.values()):
            moved = tick(head, self.settings, now)
            if moved:
                assert self.store.advance(*moved)
                told += moved[1]
        self.notices += told
        return told
