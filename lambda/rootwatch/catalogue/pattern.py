"""Patterns over a record, in EventBridge's own language: what stands under ``when`` in a row.

A table names fields. A list under a field holds what may stand there: a literal, or one of ``{ exists = true|false }``,
``{ prefix = "…" }``, ``{ suffix = "…" }``, ``{ anything-but = […] }``. All fields of a table must fit, and one entry of
each list. Where the record has a list, one of its elements has to fit.

In one thing we are stricter than EventBridge: null and the empty string count as absent, since CloudTrail writes all
three for "not given".

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

Scalar = str | int | float | bool


class PatternError(ValueError):
    """One sentence that says what is wrong with a pattern, and where in it."""


class Exactly(msgspec.Struct, frozen=True):
    """The value itself. As in EventBridge, "true" is not true, and 1 is not true either."""

    value: Scalar

    def fits(self, values: Sequence[object]) -> bool:
        return any(_same(self.value, value) for value in values)


class Exists(msgspec.Struct, frozen=True):
    """Whether there is a value at all; a table in its place is none, as in EventBridge."""

    wanted: bool

    def fits(self, values: Sequence[object]) -> bool:
        return any(_given(value) for value in values) is self.wanted


class Prefix(msgspec.Struct, frozen=True):
    text: str

    def fits(self, values: Sequence[object]) -> bool:
        return any(isinstance(value, str) and value.startswith(self.text) for value in values)


class Suffix(msgspec.Struct, frozen=True):
    text: str

    def fits(self, values: Sequence[object]) -> bool:
        return any(isinstance(value, str) and value.endswith(self.text) for value in values)


class AnythingBut(msgspec.Struct, frozen=True):
    """Some value, and none of these; absent is not "anything"."""

    values: tuple[Scalar, ...]

    def fits(self, values: Sequence[object]) -> bool:
        return any(_given(value) and not any(_same(no, value) for no in self.values) for value in values)


Entry = Exactly | Exists | Prefix | Suffix | AnythingBut


class OneOf(msgspec.Struct, frozen=True):
    """A list in a pattern."""

    entries: tuple[Entry, ...]

    def fits(self, value: object) -> bool:
        values = tuple(_elements(value))
        return any(entry.fits(values) for entry in self.entries)


class Fields(msgspec.Struct, frozen=True):
    """A table in a pattern; the whole pattern is one."""

    fields: tuple[tuple[str, "Fields | OneOf"], ...]

    def fits(self, value: object) -> bool:
        """Whether a JSON value, of any type, fits. Never raises."""
        tables = [table for table in _elements(value) if isinstance(table, Mapping)]
        return any(all(part.fits(table.get(name)) for name, part in self.fields) for table in tables or [{}])


def compile_pattern(pattern: object, path: str = "when") -> Fields:
    """The pattern of a row, checked. Raises PatternError."""
    if not isinstance(pattern, Mapping) or not pattern:
        raise PatternError(f"{path} has to be a table that names fields of the record")
    return Fields(tuple((name, _part(part, f"{path}.{name}")) for name, part in pattern.items()))


def _part(part: object, path: str) -> Fields | OneOf:
    if not isinstance(part, list):
        return compile_pattern(part, path)
    if not part:
        raise PatternError(f"{path} is an empty list, which nothing fits")
    return OneOf(tuple(_entry(entry, path) for entry in part))


def _entry(entry: object, path: str) -> Entry:
    if isinstance(entry, Scalar):
        return Exactly(entry)
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise PatternError(
            f"{path} lists something that is neither a literal nor one operator such as {{ exists = false }}"
        )
    operator, operand = next(iter(entry.items()))
    if operator not in _OPERATORS:
        raise PatternError(f"{path} uses the operator {operator}; write one of {', '.join(_OPERATORS)}")
    return _OPERATORS[operator](operand, f"{path}.{operator}")


def _exists(operand: object, path: str) -> Entry:
    if not isinstance(operand, bool):
        raise PatternError(f"{path} has to be true or false")
    return Exists(operand)


def _prefix(operand: object, path: str) -> Entry:
    return Prefix(_text(operand, path))


def _suffix(operand: object, path: str) -> Entry:
    return Suffix(_text(operand, path))


def _anything_but(operand: object, path: str) -> Entry:
    given = operand if isinstance(operand, list) else [operand]
    values = tuple(value for value in given if isinstance(value, Scalar))
    if not values or len(values) < len(given):
        raise PatternError(f"{path} has to be a literal or a list of them")
    return AnythingBut(values)


_OPERATORS: Final[dict[str, Callable[[object, str], Entry]]] = {
    "exists": _exists,
    "prefix": _prefix,
    "suffix": _suffix,
    "anything-but": _anything_but,
}


def _text(operand: object, path: str) -> str:
    if not isinstance(operand, str) or not operand:
        raise PatternError(f"{path} has to be a text")
    return operand


def _elements(value: object) -> Iterator[object]:
    """The value, or the elements of a list, and of lists in it however deep: no recursion, a record may be anything."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        else:
            yield value


def _given(value: object) -> bool:
    return value is not None and value != "" and not isinstance(value, Mapping)


def _same(literal: Scalar, value: object) -> bool:
    return isinstance(value, Scalar) and isinstance(value, bool) is isinstance(literal, bool) and literal == value
