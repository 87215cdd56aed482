"""The table in memory, as the replay uses it, and a fault to switch on: the store of fast tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from rootwatch.core.ports import Store, StoreDownError
from rootwatch_cli.replaying.memory import MemoryStore as Memory

_PORT = [name for name in vars(Store) if not name.startswith("_")]


def _unless_down(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def guarded(self: "MemoryStore", *arguments: Any) -> Any:
        if self.down:
            raise StoreDownError("the table is down")
        return method(self, *arguments)

    return guarded


class MemoryStore(Memory):
    """A Store; ``down`` makes every call fail as a table does that can't be reached."""

    down = False


for _name in _PORT:
    setattr(MemoryStore, _name, _unless_down(getattr(Memory, _name)))
