"""``--settings FILE``: the same JSON object that stands in cdk.json under ``rootwatch``, or the whole cdk.json."""

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from rootwatch.core.settings import Settings, SettingsError, parse


def read_settings(file: Path) -> Settings:
    """Reads and checks the settings. Raises BadInputError with one sentence."""
    try:
        obj = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file} can't be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(f"{file} is not JSON: {error}.") from None
    if isinstance(obj, dict) and isinstance(obj.get("context"), dict):
        obj = obj["context"].get("rootwatch")
    try:
        return parse(obj, datetime.now(UTC).date())
    except SettingsError as error:
        raise BadInputError(str(error)) from None


class BadInputError(click.ClickException):
    """Ends the command with one sentence on stderr and exit code 2."""

    exit_code = 2
