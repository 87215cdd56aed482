"""The commands themselves: asked, shown, and carried out once somebody agrees."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import msgspec

from rootwatch.core.declaring import Asked
from rootwatch.core.settings import Settings
from rootwatch_cli.aws import Aws
from rootwatch_cli.break_glass import planning, shown
from rootwatch_cli.break_glass.accounts import Account
from rootwatch_cli.break_glass.desk import Desk
from rootwatch_cli.break_glass.moments import end_of, moment, span
from rootwatch_cli.break_glass.overview import Source, overview
from rootwatch_cli.break_glass.plan import Change, Plan, command
from rootwatch_cli.break_glass.standing import Standing, from_tags
from rootwatch_cli.hub_options import hub_options
from rootwatch_cli.settings_file import BadInputError, read_deployed

_YES: Final = click.option("--yes", is_flag=True, help="Do not ask.")
_DRY_RUN: Final = click.option("--dry-run", is_flag=True, help="Print the AWS CLI's command; change nothing.")


@click.group("break-glass")
def break_glass() -> None:
    """Declare planned root use, approve it, see what it covers, and end it.

    A window is a tag on the account in AWS Organizations: credentials of the management account, or of a delegated
    administrator that may tag accounts. ACCOUNT is an id, a name, the e-mail address of its root user or, with
    credentials of the hub account, its IAM account alias.
    """


@break_glass.command("open")
@click.argument("account")
@click.option("--for", "length", help="How long: 2h, 90m or 1h30m; 12 hours at most.")
@click.option("--until", help="When it ends instead, such as 2026-11-24T18:00Z.")
@click.option("--ticket", required=True, help="The ticket, as every notice shows it and an approval names it.")
@click.option("--from", "begins", help="When it begins, such as 2026-11-24T16:00Z; else now. It never reaches back.")
@click.option("--net", help="Only from this network, such as 198.51.100.0/24.")
@click.option("--covers", default="", help="Once approved these too: password, mfa or contact, joined by a slash.")
@click.option("--by", help="For whom, such as ana@example.com: shown as a claim.")
@click.option("--note", default="", help="Free words.")
@_DRY_RUN
@_YES
@hub_options
def open_(
    account: str,
    length: str | None,
    until: str | None,
    ticket: str,
    begins: str | None,
    net: str | None,
    covers: str,
    by: str | None,
    note: str,
    settings_file: Path,
    profile: str | None,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Declare a window on ACCOUNT."""
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    start = moment(begins) if begins else None
    if (length is None) == (until is None):
        raise BadInputError("Say how long, with --for 2h, or when it ends, with --until 2026-11-24T18:00Z.")
    end = moment(until) if until else end_of(start, span(length or ""), now)
    covered = tuple(word for word in covers.split("/") if word)
    asked = Asked(until=end, begins=start, ticket=ticket, by=by, net=net, covers=covered, note=note)
    planning.value_of(asked, "", now)  # what would be no window needs no call to AWS
    desk = Desk(Aws.of(profile, settings.hub_region), settings)
    desk.caller()
    standing = _standing(desk, account, now)
    plan = planning.opening(asked, standing.account, standing, settings, now)
    if _carried_out(desk, plan, profile, dry_run=dry_run, yes=yes):
        click.echo(
            "Declared. It counts from its record in CloudTrail, which takes seconds; rootwatch tells of it then."
        )


@break_glass.command(short_help="Approve the window of a colleague.")
@click.argument("account")
@click.option("--ticket", help="The ticket; without it, that of the window which is there.")
@_DRY_RUN
@_YES
@hub_options
def approve(
    account: str, ticket: str | None, settings_file: Path, profile: str | None, *, dry_run: bool, yes: bool
) -> None:
    """Approve the ticket of ACCOUNT's window, as somebody else than who declared it."""
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    desk = Desk(Aws.of(profile, settings.hub_region), settings)
    caller = desk.caller()
    standing = _standing(desk, account, now)
    plan = planning.approving(ticket, standing.account, standing, caller, settings)
    if _carried_out(desk, plan, profile, dry_run=dry_run, yes=yes):
        click.echo("Approved. It counts from its record in CloudTrail, which takes seconds.")


@break_glass.command()
@click.argument("account")
@_DRY_RUN
@_YES
@hub_options
def close(account: str, settings_file: Path, profile: str | None, *, dry_run: bool, yes: bool) -> None:
    """End ACCOUNT's window now: remove its tag, and the approval."""
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    desk = Desk(Aws.of(profile, settings.hub_region), settings)
    desk.caller()
    standing = _standing(desk, account, now)
    plan = planning.closing(standing.account, _keys(desk, standing.account, settings), standing)
    if _carried_out(desk, plan, profile, dry_run=dry_run, yes=yes):
        click.echo("Removed. The window ends with the record of that, which takes seconds.")


@break_glass.command()
@click.argument("account")
@hub_options
def check(account: str, settings_file: Path, profile: str | None) -> None:
    """Say what ACCOUNT's window covers now, and what not. Exit code 1 where none is open."""
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    standing = _standing(Desk(Aws.of(profile, settings.hub_region), settings), account, now)
    for line in shown.standing_text(standing, settings, now):
        click.echo(line)
    sys.exit(0 if standing.tag and standing.tag.state == "open" else 1)


@break_glass.command("list", short_help="List the windows of all accounts.")
@click.option(
    "--source",
    type=click.Choice(["auto", "table", "tags"]),
    default="auto",
    show_default=True,
    help="The hub's table, or the tags themselves, some seven accounts a second.",
)
@click.option(
    "--format", "style", type=click.Choice(["table", "jsonl"]), default="table", help="For people or programs."
)
@hub_options
def list_(source: Source, style: str, settings_file: Path, profile: str | None) -> None:
    """List the windows of all accounts: open, to come, expired and still there, and tags that are none.

    With credentials of the hub account it reads the hub's table, which knows who declared what, and of a tag whose
    record was lost within some fifteen minutes. With any others it reads the tags.
    """
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    rows, by_table = overview(Desk(Aws.of(profile, settings.hub_region), settings), source, now)
    if style == "jsonl":
        for standing in rows:
            click.echo(msgspec.json.encode(shown.row_of(standing)).decode())
        return
    for line in shown.table_text(rows):
        click.echo(line)
    click.echo(f"({'From the hub' if by_table else 'From the tags themselves, without who set them'})", err=True)


@break_glass.command(short_help="Remove the tags whose windows have ended.")
@click.option("--source", type=click.Choice(["auto", "table", "tags"]), default="auto", help="As for list.")
@_DRY_RUN
@_YES
@hub_options
def sweep(source: Source, settings_file: Path, profile: str | None, *, dry_run: bool, yes: bool) -> None:
    """Remove the tags whose windows have ended: shows them first, and asks."""
    now, settings = datetime.now(UTC), read_deployed(settings_file)
    desk = Desk(Aws.of(profile, settings.hub_region), settings)
    desk.caller()
    rows, _ = overview(desk, source, now)
    # As they are now: what was declared anew meanwhile stays.
    old = [_read_again(desk, row.account, now) for row in rows if row.tag and row.tag.state == "expired"]
    old = [row for row in old if row.tag and row.tag.state == "expired"]
    if not old:
        click.echo("No tag has expired.")
        return
    for line in shown.table_text(old):
        click.echo(line, err=dry_run)
    changes = tuple(Change(account=row.account, keys=tuple(_keys(desk, row.account, settings))) for row in old)
    plan = Plan(says=(f"Remove the tags of {len(old)} account{'' if len(old) == 1 else 's'}.",), changes=changes)
    if _agreed(plan, profile, dry_run=dry_run, yes=yes):
        click.echo(f"{sum(_swept(desk, row, change) for row, change in zip(old, changes, strict=True))} removed.")


def _swept(desk: Desk, row: Standing, change: Change) -> bool:
    """Removes what was shown; what was declared while somebody thought about it stays."""
    assert row.tag
    if desk.tags(row.account.id).window != row.tag.value:
        click.echo(f"{row.account.label} changed meanwhile: left alone.")
        return False
    desk.carry_out(change)
    return True


def _standing(desk: Desk, asked: str, now: datetime) -> Standing:
    account = desk.account(asked)
    return from_tags(account, desk.tags(account.id), desk.known(account.id), now)


def _read_again(desk: Desk, account: Account, now: datetime) -> Standing:
    return from_tags(account, desk.tags(account.id), None, now)


def _keys(desk: Desk, account: Account, settings: Settings) -> list[str]:
    """The keys of the two tags that are there."""
    there = desk.tags(account.id)
    pairs = ((settings.break_glass_tag, there.window), (settings.approval_tag, there.approval))
    return [key for key, value in pairs if value is not None]


def _carried_out(desk: Desk, plan: Plan, profile: str | None, *, dry_run: bool, yes: bool) -> bool:
    """Shows the plan, and carries it out; False where it was only to be shown."""
    if not _agreed(plan, profile, dry_run=dry_run, yes=yes):
        return False
    for change in plan.changes:
        desk.carry_out(change)
    return True


def _agreed(plan: Plan, profile: str | None, *, dry_run: bool, yes: bool) -> bool:
    """Shows the plan: whether it is to be carried out. Who says no ends the command."""
    for line in shown.plan_text(plan):
        click.echo(line, err=dry_run)
    if dry_run:
        for change in plan.changes:
            click.echo(command(change, profile))
        return False
    if not yes:
        click.confirm("Do it?", default=True, abort=True)
    return True
