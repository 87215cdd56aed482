"""The settings, from the descriptions that their error messages use too."""

from typing import Any

import msgspec

from docs._generators.tables import table
from rootwatch.core.sections import (
    Coverage,
    ExpectedUse,
    Heartbeat,
    Network,
    Operations,
    PagerDuty,
    Posture,
    Slack,
    Topic,
    Trail,
)
from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import describe


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


def trail() -> str:
    """The keys of ``rootwatch.trail``."""
    return _keys(Trail, "rootwatch.trail")


def topic() -> str:
    """The keys of ``rootwatch.topic``."""
    return _keys(Topic, "rootwatch.topic")


def operations() -> str:
    """The keys of ``rootwatch.operations``."""
    return _keys(Operations, "rootwatch.operations")


def coverage() -> str:
    """The keys of ``rootwatch.coverage``."""
    return _keys(Coverage, "rootwatch.coverage")


def posture() -> str:
    """The keys of ``rootwatch.posture``."""
    return _keys(Posture, "rootwatch.posture")


def heartbeat() -> str:
    """The keys of ``rootwatch.heartbeat``."""
    return _keys(Heartbeat, "rootwatch.heartbeat")


def _keys(section: type[msgspec.Struct], where: str) -> str:
    fields = msgspec.structs.fields(section)
    rows = [(f"`{field.name}`", describe(f"{where}.{field.name}"), _default(field)) for field in fields]
    return table(("key", "write", "if left out"), rows)


def _default(field: Any) -> str:
    if field.required:
        return "must be given"
    if field.default in (None, "", ()):
        return "none"
    if isinstance(field.default, msgspec.Struct):
        return "as below"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    if isinstance(field.default, tuple):
        return ", ".join(f"`{one}`" for one in field.default)
    return f"`{field.default}`"
