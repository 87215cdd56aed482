"""From a row that Athena brings back to the record that it was."""

import json
from collections.abc import Mapping
from typing import Final

from rootwatch.archive import Found, envelope_of
from rootwatch.core.record import from_body
from rootwatch_cli.athena.schema import COLUMNS, Array, Kind, Struct
from rootwatch_cli.history.depth import cut

_FLAGS: Final = {"true": True, "false": False}


def found_of(row: Mapping[str, str | None]) -> Found:
    """A row by column, a NULL as None. What CloudTrail wrote as null, or not at all, is not there afterwards."""
    body = {name: _value(row.get(name.lower()), kind) for name, kind in COLUMNS.items()}
    source = row.get("source") or ""
    record = from_body({name: value for name, value in body.items() if value is not None}, envelope_of(source))
    return Found(cut(record), source)


def _value(text: str | None, kind: Kind) -> object:
    if text is None or kind == "text":
        return text
    if kind == "flag":
        return _FLAGS.get(text, text)
    # Of a "json" column, what is no object or list was a plain value, and stands there as its text.
    if kind == "json" and not text.lstrip().startswith(("{", "[")):
        return text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _spelled(value, kind)


def _spelled(value: object, kind: Kind) -> object:
    """With the fields' names as CloudTrail spells them: Hive knows no capitals. Without what is NULL."""
    if isinstance(kind, Array) and isinstance(value, list):
        return [_spelled(one, Struct(kind)) for one in value]
    if not isinstance(kind, Struct) or not isinstance(value, Mapping):
        return value
    parts = {name: _spelled(value.get(name.lower()), part) for name, part in kind.items()}
    return {name: part for name, part in parts.items() if part is not None}
