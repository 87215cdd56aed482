"""Notices in which every text, of every field that there is or will be, is as bad as a text can be."""

import types
import typing
from datetime import UTC, datetime

import msgspec
from hypothesis import strategies as st

from rootwatch.core.notice import Notice

_BITES = (
    "<!channel>",
    "<!here|here>",
    "<@U012AB3CD>",
    "<#C012AB3CD>",
    "<https://example.com|click me>",
    "@channel @here @everyone",
    "https://example.com/a_b_c",
    "&<>",
    "&lt;!channel&gt;",
    "*bold* _italic_ ~gone~ `code` ```block```",
    ":fire: :+1:",
    "> quoted",
    "a\r\nSubject: forged\r\n",
    "\u202edetrevni\u202c \u2066isolated\u2069 \u200b\u200d\ufeff",
    "\x00\x1b[31m\x7f\x85",
    "\ud800 lone \udfff",
    "\U0001f525\U0001f469\u200d\U0001f692",
    "本番環境",
    "é",
    '"quoted\\"',
    "null",
    " ",
    "",
)
_ANY_CHARACTER = st.text(st.characters(exclude_categories=()), max_size=60)
_BITE = st.sampled_from(_BITES) | _ANY_CHARACTER
# Repeated, because Hypothesis itself makes no texts of ten thousand characters.
TEXTS = st.builds(
    lambda bites, times: "".join(bites) * times, st.lists(_BITE, max_size=4), st.sampled_from([1, 1, 40, 3_000])
)
_TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def values(kind: object) -> st.SearchStrategy[typing.Any]:
    """Values of one type: any text for a text, and so on down through structs, tuples and dictionaries."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([values(argument) for argument in arguments])
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=15).map(tuple)
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=15)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{name: values(hints[name]) for name in kind.__struct_fields__})
    raise TypeError(f"no strategy for {kind}")


_SIMPLE: dict[object, st.SearchStrategy[typing.Any]] = {
    str: TEXTS,
    int: st.integers(0, 10**9),
    bool: st.booleans(),
    datetime: _TIMES,
    type(None): st.none(),
}

NOTICES = st.deferred(lambda: values(Notice))
