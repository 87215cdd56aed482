"""Reads the settings: one JSON object, read here and nowhere else, and refused in one sentence.

It stands under the context key ``rootwatch`` of ``cdk.json``; the same object goes into the Lambda's asset as
``settings.json`` and to the command line as ``--settings FILE``.
"""

import ipaddress
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Final

import msgspec

from rootwatch.core.deployable import contradictions, obstacles
from rootwatch.core.sections import (
    URL,
    Coverage,
    ExpectedUse,
    Heartbeat,
    Network,
    Operations,
    PagerDuty,
    Posture,
    Section,
    Slack,
    Topic,
    Trail,
)
from rootwatch.core.settings import Settings

_SHORTEST_RETENTION: Final = 90  # what was told this quarter can be asked for


class SettingsError(ValueError):
    """One sentence that names the key and says what to write."""


def parse(obj: object, today: date | None = None) -> Settings:
    """Checks one JSON object and returns the settings; raises ``SettingsError`` with one sentence.

    With ``today``, as at synth, an entry of expected_use that has expired is an error, and so is what stands in the way
    of a deployment; without, as in the Lambda, both are without effect.
    """
    if not isinstance(obj, Mapping):
        raise SettingsError("The settings must be one JSON object: write the context key rootwatch in cdk.json.")
    _refuse_unknown_keys(obj, Settings, "rootwatch")
    try:
        settings = msgspec.convert(obj, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(str(error))) from None
    url = settings.pagerduty.events_url if settings.pagerduty else ""
    if url and not re.match(URL, url):
        raise SettingsError(
            "rootwatch.pagerduty.events_url is not valid: write an https address that ends in a slash, or leave it out."
        )
    if settings.hub_region not in settings.regions:
        raise SettingsError("rootwatch.hub_region is not among rootwatch.regions: add it there.")
    if settings.approval_tag == settings.break_glass_tag:
        raise SettingsError(
            "rootwatch.approval_tag is the same as rootwatch.break_glass_tag: write another key, or leave it out."
        )
    if 0 < settings.record_retention_days < _SHORTEST_RETENTION:
        raise SettingsError(
            f"rootwatch.record_retention_days is too short: write {_SHORTEST_RETENTION} or more, or 0 for ever."
        )
    for sentence in (*contradictions(settings), *(obstacles(settings) if today else ())):
        raise SettingsError(sentence)
    _check_expected_use(settings, today)
    _check_networks(settings)
    _check_coverage(settings)
    return settings


def _check_coverage(settings: Settings) -> None:
    rules = settings.coverage
    unknown = sorted(set(rules.backstop_only) - set(settings.regions))
    if unknown:
        raise SettingsError(
            f"rootwatch.coverage.backstop_only names {', '.join(unknown)}, not in rootwatch.regions: add it there."
        )
    if rules.backstop_only and settings.trail is None:
        raise SettingsError(
            "rootwatch.coverage.backstop_only needs rootwatch.trail: without log files nothing is heard there."
        )
    if rules.late_minutes >= rules.blind_minutes:
        raise SettingsError(
            "rootwatch.coverage.late_minutes must be less than blind_minutes: write a smaller number there."
        )


def _check_networks(settings: Settings) -> None:
    for number, entry in enumerate(settings.networks):
        try:
            ipaddress.ip_network(entry.cidr)
        except ValueError:
            raise SettingsError(
                f"rootwatch.networks[{number}].cidr is not a network: write one such as 203.0.113.0/24, "
                "with no bits set behind its length."
            ) from None


def _check_expected_use(settings: Settings, today: date | None) -> None:
    for number, entry in enumerate(settings.expected_use):
        where = f"rootwatch.expected_use[{number}]"
        if bool(entry.action) == bool(entry.calling_service):
            raise SettingsError(f"{where} must say what is expected: write either action or calling_service.")
        if today and entry.expires < today:
            raise SettingsError(f"{where} expired on {entry.expires}: write a later day in expires, or take it out.")


def from_json(text: bytes) -> Settings:
    """Reads the JSON text of a settings file; raises ``SettingsError``."""
    try:
        obj = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SettingsError(f"The settings are not JSON ({error}): write one JSON object.") from None
    return parse(obj)


_NESTED: dict[str, type[Section]] = {
    "slack": Slack,
    "pagerduty": PagerDuty,
    "expected_use": ExpectedUse,
    "networks": Network,
    "trail": Trail,
    "topic": Topic,
    "operations": Operations,
    "coverage": Coverage,
    "posture": Posture,
    "heartbeat": Heartbeat,
}


def _refuse_unknown_keys(obj: Mapping[object, object], section: type[Section], where: str) -> None:
    known = section.__struct_fields__
    for key, value in obj.items():
        if key not in known:
            near = get_close_matches(str(key), known, 1, 0.75)  # a slip of the finger, no guess
            raise SettingsError(f"{where}.{key} is not a setting: write {near[0] if near else _one_of(known)}.")
        if section is Settings and key in _NESTED:
            for part in value if isinstance(value, list | tuple) else [value]:
                if isinstance(part, Mapping):
                    _refuse_unknown_keys(part, _NESTED[str(key)], f"{where}.{key}")


def _one_of(known: tuple[str, ...]) -> str:
    return f"one of {', '.join(known)}"


def _sentence(message: str) -> str:
    """From msgspec's "Expected … - at `$.a.b`" to a sentence with the key and what to write there."""
    missing = re.search(r"missing required field `(\w+)`(?: - at `\$\.?([^`]*)`)?", message)
    if missing:
        where = re.sub(r"\[[^]]*\]", "", missing[2] or "")
        key = ".".join(part for part in ("rootwatch", where, missing[1]) if part)
        return f"{key} is missing: write {describe(key)}."
    at = re.search(r" - at `\$\.?([^`]*)`", message)
    key = "rootwatch." + re.sub(r"\[[^]]*\]", "", at[1]) if at else "rootwatch"
    return f"{key} is not valid: write {describe(key)}."


def describe(key: str) -> str:
    """What is to be written at a dotted key such as ``rootwatch.slack.channel``."""
    section: type[Section] = Settings
    *path, last = key.split(".")[1:] or [""]
    for name in path:
        section = _NESTED.get(name, section)
    for field in msgspec.inspect.type_info(section).fields:  # type: ignore[attr-defined] # a StructType: Section is one
        if field.name == last:
            kind = field.type
            if isinstance(kind, msgspec.inspect.Metadata) and kind.extra_json_schema:
                return str(kind.extra_json_schema.get("description", "a value of the right type"))
            if last in _NESTED:
                return f"an object with {', '.join(_NESTED[last].__struct_fields__)}"
    return "a value of the right type"
