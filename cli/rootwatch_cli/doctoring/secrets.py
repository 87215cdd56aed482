"""The channels' secrets: are they there, and do they hold what they should? A value is never shown, nor kept."""

import json
import re
from collections.abc import Mapping
from typing import Final

from rootwatch.core.settings import Settings
from rootwatch_cli.aws import Aws
from rootwatch_cli.doctoring.facts import Secret
from rootwatch_cli.doctoring.finding import Unknown, ask

_KEY: Final = re.compile(r"[0-9A-Za-z]{32}")
_KEYS: Final = {"pagerduty": "routing_key", "operations": "integration_key"}
_SHAPES: Final = {
    "slack": '{"bot_token": "xoxb-…"}, or {"webhook_url": "https://hooks.slack.com/…"}',
    "pagerduty": '{"routing_key": "…"} of 32 characters',
    "heartbeat": '{"url": "https://…"}',
    "operations": '{"integration_key": "…"} of 32 characters',
}


def secrets(hub: Aws | Unknown, settings: Settings) -> tuple[Secret, ...]:
    """Each secret that the settings name."""
    return tuple(Secret(section, name, _fault(hub, settings, section, name)) for section, name in _named(settings))


def fault(section: str, value: str) -> str:
    """What is wrong with a secret's text, "" if nothing is. It never repeats any of it."""
    try:
        held = json.loads(value)
    except (ValueError, RecursionError):
        return f"it is not JSON: it should hold {_SHAPES[section]}"
    if isinstance(held, Mapping) and _fits(section, held):
        return ""
    return f"it should hold {_SHAPES[section]}"


def _named(settings: Settings) -> list[tuple[str, str]]:
    sections = {"slack": settings.slack, "pagerduty": settings.pagerduty, "heartbeat": settings.heartbeat}
    found = [(name, section.secret) for name, section in sections.items() if section]
    operations = settings.operations
    return found + ([("operations", operations.pagerduty_secret)] if operations and operations.pagerduty_secret else [])


def _fault(hub: Aws | Unknown, settings: Settings, section: str, name: str) -> str | Unknown:
    if isinstance(hub, Unknown):
        return hub
    client = hub.client("secretsmanager", settings.hub_region)
    value = ask(lambda: str(client.get_secret_value(SecretId=name).get("SecretString", "")))
    if not isinstance(value, Unknown):
        return fault(section, value)
    return "there is no such secret" if value.why.endswith("ResourceNotFoundException") else value


def _fits(section: str, held: Mapping[str, object]) -> bool:
    text = {key: value for key, value in held.items() if isinstance(value, str)}
    if section == "slack":
        return bool(text.get("bot_token")) or _is_address(text.get("webhook_url", ""))
    if section in _KEYS:
        return _KEY.fullmatch(text.get(_KEYS[section], "")) is not None
    return _is_address(text.get("url", ""))


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://127.0.0.1:"))
