"""DynamoDB's expressions, as far as the table's adapter writes them; any other raises, so that none passes unread.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Item = dict[str, Any]
Context = tuple[Item, Mapping[str, str], Mapping[str, Any]]  # the item, names, values
Test = Callable[[Context], bool]
Operand = Callable[[Context], Any]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),+]|[#:]?[A-Za-z_][A-Za-z0-9_]*)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def holds(expression: str, item: Item, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """Whether a condition holds for an item; an item that is not there is empty."""
    return _condition(expression)((item, names, values))


def updated(expression: str, item: Item, names: Mapping[str, str], values: Mapping[str, Any]) -> Item:
    """The item after an update."""
    context = (item, names, values)
    changed = dict(item)
    for name, operand in _update(expression):
        known = names.get(name, name)
        if operand is None:
            changed.pop(known, None)
        else:
            changed[known] = operand(context)
    return changed


@lru_cache(maxsize=256)
def _condition(expression: str) -> Test:
    reader = _Reader(expression)
    test = reader.either()
    reader.end()
    return test


@lru_cache(maxsize=256)
def _update(expression: str) -> list[tuple[str, Operand | None]]:
    reader = _Reader(expression)
    changes = reader.changes()
    reader.end()
    return changes


def _plain(value: Any) -> Any:
    """A typed value as something that compares as DynamoDB compares it."""
    if value is None:
        return None
    [(kind, text)] = value.items()
    return (kind, float(text) if kind == "N" else text)


class _Reader:
    def __init__(self, expression: str) -> None:
        self._tokens = _TOKEN.findall(expression)
        if "".join(self._tokens) != re.sub(r"\s+", "", expression):
            raise NotImplementedError(expression)
        self._at = 0
        self._whole = expression

    def end(self) -> None:
        if self._at != len(self._tokens):
            raise NotImplementedError(self._whole)

    def either(self) -> Test:
        tests = [self._both()]
        while self._takes("OR"):
            tests.append(self._both())
        return lambda context: any(test(context) for test in tests)

    def changes(self) -> list[tuple[str, Operand | None]]:
        found: list[tuple[str, Operand | None]] = []
        if self._takes("SET"):
            found.append(self._assignment())
            while self._takes(","):
                found.append(self._assignment())
        if self._takes("REMOVE"):
            found.append((self._next(), None))
            while self._takes(","):
                found.append((self._next(), None))
        return found

    def _assignment(self) -> tuple[str, Operand]:
        name = self._next()
        self._must("=")
        operand = self._operand()
        if not self._takes("+"):
            return name, operand
        more = self._operand()
        return name, lambda context: {"N": str(int(operand(context)["N"]) + int(more(context)["N"]))}

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("AND"):
            tests.append(self._one())
        return lambda context: all(test(context) for test in tests)

    def _one(self) -> Test:
        if self._takes("NOT"):
            test = self._one()
            return lambda context: not test(context)
        if self._takes("("):
            test = self.either()
            self._must(")")
            return test
        if self._peek() in ("attribute_not_exists", "attribute_exists"):
            return self._exists(wanted=self._next() == "attribute_exists")
        if self._takes("begins_with"):
            return self._begins_with()
        return self._comparison()

    def _exists(self, *, wanted: bool) -> Test:
        self._must("(")
        operand = self._operand()
        self._must(")")
        return lambda context: (operand(context) is not None) == wanted

    def _begins_with(self) -> Test:
        self._must("(")
        whole = self._operand()
        self._must(",")
        start = self._operand()
        self._must(")")
        return lambda context: bool((whole(context) or {"S": ""})["S"].startswith(start(context)["S"]))

    def _comparison(self) -> Test:
        left = self._operand()
        if self._takes("BETWEEN"):
            low = self._operand()
            self._must("AND")
            high = self._operand()
            return lambda c: left(c) is not None and _plain(low(c)) <= _plain(left(c)) <= _plain(high(c))
        if self._takes("IN"):
            self._must("(")
            several = [self._operand()]
            while self._takes(","):
                several.append(self._operand())
            self._must(")")
            return lambda c: left(c) is not None and any(_plain(left(c)) == _plain(one(c)) for one in several)
        sign = self._next()
        if sign not in _COMPARE:
            raise NotImplementedError(self._whole)
        compare, right = _COMPARE[sign], self._operand()
        return lambda c: left(c) is not None and right(c) is not None and compare(_plain(left(c)), _plain(right(c)))

    def _operand(self) -> Operand:
        token = self._next()
        if token.startswith(":"):
            return lambda context: context[2][token]
        return lambda context: context[0].get(context[1].get(token, token))

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise NotImplementedError(self._whole)
        self._at += 1
        return token

    def _takes(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _must(self, token: str) -> None:
        if not self._takes(token):
            raise NotImplementedError(self._whole)
