"""``--settings FILE``: the same JSON object that stands in cdk.json under ``rootwatch``, or the whole cdk.json."""

from datetime import UTC, date, datetime
from pathlib import Path

import click
import msgspec

from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import SettingsError, parse


def read_settings(file: Path) -> Settings:
    """Reads and checks the settings, as if to deploy them. Raises BadInputError with one sentence."""
    return _checked(file, datetime.now(UTC).date())


def read_deployed(file: Path) -> Settings:
    """The settings as what is deployed already goes on with them. Raises BadInputError with one sentence."""
    return _checked(file, None)


def _checked(file: Path, today: date | None) -> Settings:
    try:
        obj = msgspec.json.decode(file.read_bytes())
    except FileNotFoundError:
        raise BadInputError(f"{file} is not there: name your settings with --settings FILE.") from None
    except OSError as error:
        raise BadInputError(f"{file} can't be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(f"{file} is not JSON: {error}.") from None
    if isinstance(obj, dict) and isinstance(obj.get("context"), dict):
        obj = obj["context"].get("rootwatch")
    try:
        return parse(obj, today)
    except SettingsError as error:
        raise BadInputError(str(error)) from None


class BadInputError(click.ClickException):
    """Ends the command with one sentence on stderr and exit code 2."""

    exit_code = 2
