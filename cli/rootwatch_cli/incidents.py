"""``rootwatch incidents``: the audit ledger, from the hub's table."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import click
import msgspec

from rootwatch.core import fields
from rootwatch.core.settings import Settings
from rootwatch.core.words import SEVERITIES, Severity
from rootwatch_cli.aws import Aws
from rootwatch_cli.break_glass.accounts import called, looked_at
from rootwatch_cli.history.selection import moment
from rootwatch_cli.hub_options import hub_options
from rootwatch_cli.hub_table import hub_postures, hub_table, reading_table
from rootwatch_cli.ledger import written
from rootwatch_cli.ledger.finding import Only, Selection, find
from rootwatch_cli.ledger.rows import row_of
from rootwatch_cli.ledger.whole import whole
from rootwatch_cli.settings_file import BadInputError, read_deployed

_DEFAULT_DAYS: Final = 30
_TIME: Final = "%Y-%m-%d %H:%MZ"


@click.group("incidents")
def incidents() -> None:
    """List incidents, and show one whole: who declared it, what was done, who was told when, what is still open.

    With credentials of the hub account that may read its table.
    """


@incidents.command("list")
@click.option("--account", help="Of this account alone: an id, a name or an alias.")
@click.option("--since", help="Opened since then: 2026-11-01, or 90d. Without it, in the last 30 days; open ones ever.")
@click.option("--until", help="Opened until then; a day counts whole.")
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only those.")
@click.option("--severity", type=click.Choice(SEVERITIES), default="low", help="This or worse.")
@click.option(
    "--only",
    type=click.Choice(["all", "root", "watch"]),
    default="all",
    help="Root use, or watch events.",
    show_default=True,
)
@click.option("--format", "style", type=click.Choice(["table", "jsonl", "csv"]), default="table", show_default=True)
@click.option("--whole", "is_whole", is_flag=True, help="With --format jsonl: each as `show` has it.")
@hub_options
def list_(
    account: str | None,
    since: str | None,
    until: str | None,
    state: Literal["open", "closed"] | None,
    severity: Severity,
    only: Only,
    style: str,
    settings_file: Path,
    profile: str | None,
    *,
    is_whole: bool,
) -> None:
    """List incidents, oldest first.

    By the days of their opening, by account, or by what is open: never by reading the whole table.
    """
    if is_whole and style != "jsonl":
        raise BadInputError("--whole goes with --format jsonl.")
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    aws = Aws.of(profile, settings.hub_region)
    first, last = _span(since, until, now, ever=state == "open")
    asked = Selection(
        since=first,
        until=last,
        account=_account(aws, settings, account) if account else None,
        state=state,
        severity=severity,
        only=only,
    )
    table = hub_table(aws, settings)
    with reading_table():
        heads = find(table, asked)
        if is_whole:
            for head in heads:
                click.echo(msgspec.json.encode(whole(table, head.id)).decode())
            return
    rows = [row_of(head) for head in heads]
    if style == "csv":
        written.write_csv(rows, sys.stdout)
    else:
        lines = written.table(rows) if style == "table" else (msgspec.json.encode(row).decode() for row in rows)
        for line in lines:
            click.echo(line)


@incidents.command()
@click.argument("incident")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@hub_options
def show(incident: str, style: str, settings_file: Path, profile: str | None) -> None:
    """Show one incident whole. INCIDENT is its id, as notices and the list have it."""
    settings = read_deployed(settings_file)
    table = hub_table(Aws.of(profile, settings.hub_region), settings)
    with reading_table():
        found = whole(table, incident)
    if found is None:
        raise BadInputError(f"The ledger has no incident {incident!r}.")
    if style == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    for line in written.story(found):
        click.echo(line)


def _account(aws: Aws, settings: Settings, asked: str) -> str:
    """The id of the account that is called so today; else what was asked, a name that it may have had."""
    if fields.account_id(asked):
        return asked
    with reading_table():
        found = called(asked, looked_at(hub_postures(aws, settings).all()))
    return found.id if found else asked


def _span(since: str | None, until: str | None, now: datetime, *, ever: bool) -> tuple[datetime | None, datetime]:
    """From when to when; ``ever``: without ``since`` from the beginning on. Nothing was opened after now."""
    first = _moment(since, now, "since") if since else None if ever else now - timedelta(days=_DEFAULT_DAYS)
    last = _moment(until, now, "until") if until else now
    if until and first and first >= last:
        unsaid = "" if since else f", {_DEFAULT_DAYS} days ago where it is not said"
        raise BadInputError(f"--since ({first:{_TIME}}{unsaid}) is not before --until ({last:{_TIME}}).")
    return first, min(last, now)


def _moment(text: str, now: datetime, side: Literal["since", "until"]) -> datetime:
    try:
        return moment(text.strip(), now, side)
    except ValueError as error:
        raise BadInputError(f"{error}.") from None
