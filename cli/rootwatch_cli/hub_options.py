"""The options of every command that speaks to a deployed rootwatch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def hub_options(command: _Command) -> _Command:
    """Adds ``--settings``, as ``settings_file``, and ``--profile``."""
    settings = click.option(
        "--settings",
        "settings_file",
        type=click.Path(path_type=Path),
        default=Path("cdk.json"),
        show_default=True,
        help="The settings: a JSON object, or a cdk.json that holds it.",
    )
    profile = click.option("--profile", help="The AWS profile; without it, the usual environment.")
    return settings(profile(command))
