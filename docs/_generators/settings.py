"""The settings, from the descriptions that their error messages use too."""

from typing import Any

import msgspec

from docs._generators.tables import table
from rootwatch.core.sections import ExpectedUse, Network, PagerDuty, Slack
from rootwatch.core.settings import Settings, describe


def top() -> str:
    """The keys of the object ``rootwatch``."""
    return _keys(Settings, "rootwatch")


def expected_use() -> str:
    """The keys of an entry of ``rootwatch.expected_use``."""
    return _keys(ExpectedUse, "rootwatch.expected_use")


def networks() -> str:
    """The keys of an entry of ``rootwatch.networks``."""
    return _keys(Network, "rootwatch.networks")


def slack() -> str:
    """The keys of ``rootwatch.slack``."""
    return _keys(Slack, "rootwatch.slack")


def pagerduty() -> str:
    """The keys of ``rootwatch.pagerduty``."""
    return _keys(PagerDuty, "rootwatch.pagerduty")


def _keys(section: type[msgspec.Struct], where: str) -> str:
    fields = msgspec.structs.fields(section)
    rows = [(f"`{field.name}`", describe(f"{where}.{field.name}"), _default(field)) for field in fields]
    return table(("key", "write", "if left out"), rows)


def _default(field: Any) -> str:
    if field.required:
        return "must be given"
    if field.default in (None, "", ()):
        return "none"
    return f"`{field.default}`"
