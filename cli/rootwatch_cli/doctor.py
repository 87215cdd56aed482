"""``rootwatch doctor``: would we be told? Before the first deployment, and ever after."""

import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from rootwatch.core.settings import Settings
from rootwatch_cli.aws import Aws, deployed
from rootwatch_cli.doctoring import matrix, report
from rootwatch_cli.doctoring.connect import connect
from rootwatch_cli.doctoring.examination import examination
from rootwatch_cli.doctoring.finding import Unknown, exit_code
from rootwatch_cli.doctoring.gather import gather
from rootwatch_cli.doctoring.look import look
from rootwatch_cli.doctoring.preflight import preflight as checked
from rootwatch_cli.hub_options import hub_options
from rootwatch_cli.settings_file import BadInputError, read_deployed


@click.command()
@click.option("--preflight", "task", flag_value="preflight", help="Before the first deployment: is all as it must be?")
@click.option(
    "--connect-bucket",
    "task",
    flag_value="connect-bucket",
    help="Have the trail's bucket tell EventBridge of log files.",
)
@hub_options
@click.option("--hub-profile", help="With --preflight: a profile of the hub account, to see its secrets and limits.")
@click.option("--management-profile", help="A profile of the management account, to look at the trail now.")
@click.option("--all", "whole", is_flag=True, help="Every account and Region, not only what is unwell.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", help="For people or programs.")
@click.option("--yes", is_flag=True, help="With --connect-bucket: do not ask.")
def doctor(
    task: str | None,
    settings_file: Path,
    profile: str | None,
    hub_profile: str | None,
    management_profile: str | None,
    style: str,
    *,
    whole: bool,
    yes: bool,
) -> None:
    """Say whether rootwatch would tell you, and what to do where it would not.

    By itself, with credentials of the hub account: every account and Region, the hub, the channels. With --preflight,
    with those of the management account: what must be so before the first deployment. Both change nothing. With
    --connect-bucket, with those of the bucket's account: the one setting that a bucket of yours needs. Exit code 1 if
    anything fails.
    """
    _refuse_what_does_not_go_together(
        task, {"--hub-profile": hub_profile, "--management-profile": management_profile, "--yes": yes, "--all": whole}
    )
    settings = read_deployed(settings_file)
    aws = Aws.of(profile, settings.hub_region)
    if task == "preflight":
        sys.exit(before_deployment(aws, hub_profile, settings, style))
    if task == "connect-bucket":
        sys.exit(connect(aws, settings, yes=yes))
    management = Aws.of(management_profile, settings.hub_region) if management_profile else None
    sys.exit(after_deployment(aws, management, settings, style, whole=whole))


_ONLY_WITH: Final = {
    "--hub-profile": "preflight",
    "--management-profile": None,
    "--yes": "connect-bucket",
    "--all": None,
}


def _refuse_what_does_not_go_together(task: str | None, given: Mapping[str, object]) -> None:
    for option, value in given.items():
        if value and _ONLY_WITH[option] != task:
            where = f"--{_ONLY_WITH[option]}" if _ONLY_WITH[option] else "neither --preflight nor --connect-bucket"
            raise BadInputError(f"{option} goes with {where}.")


def before_deployment(aws: Aws, hub_profile: str | None, settings: Settings, style: str) -> int:
    """Gathers, judges, reports; returns the exit code."""
    caller = aws.caller()
    if hub_profile:
        hub: Aws | Unknown = Aws.of(hub_profile, settings.hub_region)
    elif caller.account == settings.hub_account:
        hub = aws
    else:
        hub = Unknown("these credentials are not the hub account's")
    findings = checked(gather(aws, hub, settings, _progress()), settings)
    click.echo(report.as_json(findings) if style == "json" else report.text(findings, _width()))
    return exit_code(findings)


def after_deployment(aws: Aws, management: Aws | None, settings: Settings, style: str, *, whole: bool) -> int:
    """The same of what is deployed."""
    now = datetime.now(UTC)
    state = look(aws, management, deployed(aws, settings), settings, now, _progress())
    findings = examination(state, settings)
    rows = state.places if whole and not isinstance(state.places, Unknown) else ()
    if style == "json":
        click.echo(report.as_json(findings, places=matrix.listed(rows, settings)))
    else:
        click.echo(report.text(findings, _width()))
        click.echo(f"\n{matrix.table(rows, settings)}" if rows else "", nl=bool(rows))
    return exit_code(findings)


def _progress() -> Callable[[str], None]:
    """Says on stderr what is being asked, if somebody watches."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda what: click.echo(f"Asking AWS: {what} …", err=True)


def _width() -> int:
    """Of the terminal, 120 columns at most: longer lines are hard to read."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)
