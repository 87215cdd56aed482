"""The options that say which log files and records are asked for, the same for every command that reads them."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import click

from rootwatch.core.settings import Settings
from rootwatch_cli.history.selection import Selection, moment

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]")

_UNEXPLAINED: Final = (
    "Only the accounts and Regions that were named are read. AssumeRoot and break-glass tag records of others are not: "
    "what they explain is told as unplanned. Give --settings, which names the accounts to read them from."
)


class _Matching(click.ParamType[str]):
    def __init__(self, name: str, pattern: re.Pattern[str], hint: str) -> None:
        self.name, self._pattern, self._hint = name, pattern, hint

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not self._pattern.fullmatch(value):
            self.fail(f"{value!r} is not {self._hint}", param, ctx)
        return value


class _Moment(click.ParamType[datetime]):
    name = "time"

    def __init__(self, side: Literal["since", "until"]) -> None:
        self._side = side

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return moment(value, datetime.now(UTC), self._side)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def history_options(command: _Command) -> _Command:
    """Adds SOURCE…, ``--since``, ``--until``, ``--account``, ``--region``, ``--settings``, ``--profile``, ``--jobs``.

    The command is called with ``names``, ``since``, ``until``, ``accounts``, ``regions``, ``settings_file``,
    ``profile`` and ``jobs``; ``selection_of`` makes a Selection of the first five.
    """
    options = (
        click.argument("names", nargs=-1, metavar="SOURCE...", type=click.Path(path_type=str, allow_dash=True)),
        click.option(
            "--since",
            type=_Moment("since"),
            help="Only what happened from then on: a day, a time in UTC, 90d or 12h ago.",
        ),
        click.option("--until", type=_Moment("until"), help="Only what happened before; a day counts whole."),
        click.option(
            "--account",
            "accounts",
            multiple=True,
            type=_Matching("account", _ACCOUNT, "an account id of 12 digits"),
            help="Only this account; may be repeated.",
        ),
        click.option(
            "--region",
            "regions",
            multiple=True,
            type=_Matching("region", _REGION, "a Region such as eu-central-1"),
            help="Only this Region; may be repeated.",
        ),
        click.option(
            "--settings",
            "settings_file",
            type=click.Path(path_type=Path),
            help="The settings: a JSON object, or a cdk.json that holds it. Without them every account is believed.",
        ),
        click.option("--profile", metavar="NAME", help="The profile of ~/.aws/config by which S3 is read."),
        click.option(
            "--jobs",
            type=click.IntRange(1, 256),
            default=lambda: os.cpu_count() or 1,
            show_default="a processor each",
            help="How many processes read.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def selection_of(
    since: datetime | None,
    until: datetime | None,
    accounts: tuple[str, ...],
    regions: tuple[str, ...],
    settings: Settings | None,
) -> Selection:
    """The selection that these options ask for, and who explains what is in it: the accounts that the settings let call
    AssumeRoot and set tags; where nobody knows them, that is said on stderr. Raises click.UsageError where it can hold
    nothing."""
    if since and until and since >= until:
        raise click.UsageError(f"--since ({since:%Y-%m-%dT%H:%MZ}) is not before --until ({until:%Y-%m-%dT%H:%MZ}).")
    if settings is None and (accounts or regions):
        click.echo(_UNEXPLAINED, err=True)
    explainers = settings.may_assume_root | settings.may_tag if settings else frozenset()
    return Selection(
        accounts=frozenset(accounts), regions=frozenset(regions), since=since, until=until, explainers=explainers
    )
