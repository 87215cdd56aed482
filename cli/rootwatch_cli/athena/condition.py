"""Which records to bring, as SQL: all that may concern us, from the same data as the engine's; the core judges them.

It may only ever bring too much. So a row's ``when`` is left out, and "root" counts wherever it stands in userIdentity,
in whatever spelling: ``\\u00`` begins every letter of it that is written as an escape inside of a text.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from rootwatch.catalogue.watch.row import Row, read_toml_files
from rootwatch.core.root_use import RECOVERY
from rootwatch.core.tags import TAG_CALLS, TAG_SOURCE

IDENTITY: Final = "json_format(CAST(useridentity AS JSON))"
_MAY_BE_ESCAPED: Final = r"|\\u00"
_OURS: Final = "rootwatch"
# What holds parameters, and what a row's paths may begin with.
_JSON_COLUMNS: Final = ("requestparameters", "responseelements", "serviceeventdetails", "additionaleventdata")


def condition() -> str:
    """The condition, an alternative a line."""
    rows = read_toml_files()
    ours, others = [row for row in rows if row.ours], [row for row in rows if not row.ours]
    holding = " OR ".join(f"regexp_like({column}, '{_OURS}{_MAY_BE_ESCAPED}')" for column in _JSON_COLUMNS)
    alternatives = [
        f"regexp_like({IDENTITY}, '(?i)root{_MAY_BE_ESCAPED}')",
        f"eventname IN ({texts(RECOVERY)})",
        f"(eventsource = {text(TAG_SOURCE)} AND eventname IN ({texts(TAG_CALLS)}))",
        f"({_calls(others)})",
        f"({_calls(ours)}\n      AND ({holding}))",
    ]
    return "\n    OR ".join(alternatives)


def _calls(rows: Sequence[Row]) -> str:
    """Calls by any of the names that the rows have, of any of their services."""
    prefixes = {row.prefix for row in rows if row.prefix}
    shortest = {one for one in prefixes if not any(one.startswith(other) for other in prefixes - {one})}
    exact = {row.name for row in rows if row.name and not row.name.startswith(tuple(shortest))}
    named = [f"eventname IN ({texts(exact)})"] if exact else []
    named += [f"starts_with(eventname, {text(prefix)})" for prefix in sorted(shortest)]
    services = {service for row in rows for service in row.services}
    return f"eventsource IN ({texts(services)})\n      AND ({' OR '.join(named)})"


def texts(values: Iterable[str]) -> str:
    """SQL texts with commas between, sorted."""
    return ", ".join(text(value) for value in sorted(values))


def text(value: str) -> str:
    """A text in SQL, whatever it holds."""
    return "'" + value.replace("'", "''") + "'"
