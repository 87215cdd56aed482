"""The settings as the CDK's context holds them: an object in ``cdk.json``, and overrides from the command line."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import SettingsError, parse
from stacks.asset import Target

KEY = "rootwatch"


def read_target(context: Mapping[str, object]) -> Target:
    """What the Lambda's asset is built for, ``-c target=local`` or the default; raises ``SettingsError``."""
    match context.get("target", "deploy"):
        case "deploy":
            return "deploy"
        case "local":
            return "local"
        case _:
            raise SettingsError("The context key target is not valid: write deploy or local, or leave it out.")


def read_settings(context: Mapping[str, object]) -> Settings:
    """Reads ``rootwatch`` (an object, or its JSON text from ``-c``), then ``-c rootwatch.slack.channel=…``.

    Raises ``SettingsError``.
    """
    obj = context.get(KEY)
    if isinstance(obj, str):
        obj = _decode(KEY, obj)
    for key, value in sorted(context.items()):
        if key.startswith(f"{KEY}.") and isinstance(obj, Mapping):
            obj = _with(obj, key.split(".")[1:], _decode(key, value) if isinstance(value, str) else value)
    return parse(obj, datetime.now(UTC).date())


def _with(obj: Mapping[str, object], path: list[str], value: object) -> Mapping[str, object]:
    first, *rest = path
    below = obj.get(first)
    return {**obj, first: _with(below if isinstance(below, Mapping) else {}, rest, value) if rest else value}


def _decode(key: str, text: str) -> object:
    """The command line knows only text: what looks like a list, an object, a number, true, false or null is one, but an
    account id."""
    is_number = text.isdigit() and len(text) != len("111122223333")
    if not (text.startswith(("[", "{")) or is_number or text in ("null", "true", "false")):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{key} is not JSON ({error}): write it as cdk.json would hold it.") from None
