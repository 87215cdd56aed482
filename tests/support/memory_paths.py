"""What the table keeps of the fast path, in memory: the plain model that the adapter of DynamoDB is held against."""

from datetime import datetime
from typing import Literal

import msgspec

from rootwatch.core.fast_path import TOGETHER, Awaited, FastPath, Missing, Place
from rootwatch.core.ports import Pending, Plan, StoreDownError
from rootwatch.core.roll import Place as Watched
from tests.support.memory_store import MemoryStore


class Waiting(msgspec.Struct):
    """The mark of an awaited record."""

    pending: Pending
    state: str = "awaited"
    due: bool = True


class MemoryPaths:
    """The fast path's part of a store, whose commits it sees."""

    def __init__(self, store: MemoryStore) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.paths: dict[Place, FastPath] = {}
        self.rolls: dict[Place, Watched] = {}
        self._store = store
        commit = store.commit

        def seen(plan: Plan, now: datetime) -> Literal["committed", "duplicate", "conflict"]:
            outcome = commit(plan, now)
            if outcome == "committed" and plan.pending:
                self.waiting[plan.key] = Waiting(plan.pending)
            return outcome

        store.commit = seen  # type: ignore[method-assign]

    def of(self, place: Place) -> FastPath:
        self._check()
        return self.paths.get(place, FastPath(account=place.account, region=place.region))

    def watched(self, place: Place) -> Watched | None:
        self._check()
        return self.rolls.get(place)

    def lost(self) -> list[FastPath]:
        self._check()
        found = [path for path in self.paths.values() if path.lost and not path.regained]
        return sorted(found, key=lambda path: (path.since, path.place))

    def lost_around(self, time: datetime) -> list[FastPath]:
        return [path for path in self.lost() if abs(path.since - time) <= TOGETHER]

    def due(self, now: datetime, limit: int) -> list[str | Place]:
        self._check()
        marks = [(w.pending.due_at, key) for key, w in self.waiting.items() if w.due and w.pending.due_at <= now]
        news = [(path.regained[0].at, place) for place, path in self.paths.items() if path.regained]
        return [what for _, what in sorted([*marks, *news], key=lambda pair: pair[0])][:limit]

    def awaited(self, key: str) -> Awaited | None:
        self._check()
        one = self.waiting.get(key)
        if one is None or not one.due:
            return None
        return Awaited(one.pending, None if one.state == "awaited" else one.state)  # type: ignore[arg-type]

    def arrived(self, key: str) -> bool:
        self._check()
        one = self.waiting.get(key)
        if one is None or one.state != "awaited":
            return False
        one.state, one.due = "arrived", False
        return True

    def told(self, key: str) -> None:
        self._check()
        one = self.waiting.get(key)
        if one and one.state != "awaited":
            one.due = False

    def book(self, key: str, missing: Missing, path: FastPath) -> bool:
        self._check()
        one = self.waiting[key]
        if one.state != "awaited" or not self.store(path):
            return False
        one.state = missing
        return True

    def store(self, path: FastPath) -> bool:
        self._check()
        if self.of(path.place).version != path.version:
            return False
        self.paths[path.place] = msgspec.structs.replace(path, version=path.version + 1)
        return True

    def _check(self) -> None:
        if self._store.down:
            raise StoreDownError("the table is down")
