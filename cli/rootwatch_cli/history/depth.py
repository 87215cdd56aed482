"""Records nested deeper than anything that CloudTrail writes: cut, since neither JSON nor a process takes all of it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from rootwatch.core.record import Item, Record

DEEPEST: Final = 100
_CUT: Final = "nested too deeply to be kept"


def cut(item: Item) -> Item:
    """The item, its body no deeper than ``DEEPEST``: what decides on a record lies less than ten deep."""
    if not isinstance(item, Record) or not _is_deep(item.body):
        return item
    body = shallow(item.body)
    assert isinstance(body, Mapping)
    return msgspec.structs.replace(item, body=body)


def shallow(value: object, depth: int = DEEPEST) -> object:
    """A JSON value without what lies deeper: there a text says so."""
    if isinstance(value, Mapping):
        return _CUT if depth == 0 else {key: shallow(part, depth - 1) for key, part in value.items()}
    if isinstance(value, list):
        return _CUT if depth == 0 else [shallow(part, depth - 1) for part in value]
    return value


def _is_deep(value: object) -> bool:
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            return True
        parts = one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        waiting += [(part, depth + 1) for part in parts if isinstance(part, Mapping | list)]
    return False
