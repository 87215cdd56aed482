"""``rootwatch posture``: is root locked away everywhere, and how do the other credentials stand?"""

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from rootwatch.core.fields import account_id
from rootwatch.core.ports import StoreDownError
from rootwatch.core.posture import Central, Posture
from rootwatch.core.settings import Settings
from rootwatch.edge.posture_table import PostureTable
from rootwatch_cli.aws import Aws, deployed
from rootwatch_cli.break_glass.accounts import looked_at, meant
from rootwatch_cli.hub_options import hub_options
from rootwatch_cli.posturing import table
from rootwatch_cli.posturing.controls import FRAMEWORKS, Framework
from rootwatch_cli.posturing.rows import Row, rows_of
from rootwatch_cli.posturing.writers import write_csv, write_jsonl
from rootwatch_cli.settings_file import BadInputError, read_deployed


@click.command()
@hub_options
@click.option(
    "--account",
    "accounts",
    multiple=True,
    help="This account alone: an id, a name or an alias, with --live an id; may be given again.",
)
@click.option(
    "--framework", type=click.Choice(FRAMEWORKS), help="The framework's controls in the place of our own rules."
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "jsonl", "csv", "html"]),
    default="table",
    show_default=True,
    help="A table, a row for each account and rule, or a page that needs no network.",
)
@click.option("--live", is_flag=True, help="Look now, with these credentials; nothing need be deployed.")
@click.option(
    "--role",
    help="With --live: the role to take in other accounts than one's own; without it OrganizationAccountAccessRole.",
)
def posture(
    settings_file: Path,
    profile: str | None,
    accounts: tuple[str, ...],
    framework: Framework | None,
    style: str,
    role: str | None,
    *,
    live: bool,
) -> None:
    """Say how root and the other credentials of every account are guarded.

    With credentials of the hub account: as the daily look found it. With --live and those of the management account: as
    it is now, by a role in each account. Both change nothing. Exit code 1 while an account is below the line that
    rootwatch.posture.must draws; what can't be read is.
    """
    if live:
        _check(accounts)
    if role and not live:
        raise BadInputError("--role goes with --live.")
    settings = read_deployed(settings_file)
    aws = Aws.of(profile, settings.hub_region)
    now = datetime.now(UTC)
    if live:
        # Only here: nobody else waits for it.
        from rootwatch_cli.posturing.live import ROLE, look

        postures, central = look(aws, accounts, role or ROLE, settings, lambda: datetime.now(UTC))
    else:
        postures, central = _known(aws, settings)
    rows = rows_of(_chosen(postures, accounts), central, settings, now, framework)
    if style == "html":
        # The page's parts are loaded for nobody else.
        from rootwatch_cli.posturing.html import page

        sys.stdout.buffer.writelines(page(rows, settings, framework, now))
    else:
        _write(rows, style, whole=bool(accounts))
    # Of no account nothing is known, which is no better than what fails.
    sys.exit(0 if rows and not any(row.is_below for row in rows) else 1)


def _check(accounts: Sequence[str]) -> None:
    for account in accounts:
        if not re.fullmatch(r"[0-9]{12}", account):
            raise BadInputError(f"--account {account} is no account id: write its 12 digits.")


def _chosen(postures: Sequence[Posture], asked: Sequence[str]) -> Sequence[Posture]:
    if not asked:
        return postures
    accounts = looked_at(postures)
    wanted = {one if account_id(one) else meant(one, accounts).id for one in asked}
    if missing := wanted - {one.account for one in postures}:
        raise BadInputError(f"No account {', '.join(sorted(missing))} is known: look at the list without --account.")
    if dormant := [one.account for one in postures if one.account in wanted and one.dormant]:
        raise BadInputError(f"The account {', '.join(dormant)} is suspended, closed or gone: nobody looks at it.")
    return [one for one in postures if one.account in wanted]


def _known(aws: Aws, settings: Settings) -> tuple[list[Posture], Central]:
    """As the last round found it. Raises BadInputError."""
    hub = deployed(aws, settings)
    stored = PostureTable(aws.client("dynamodb"), hub.table_name)
    try:
        last = stored.round()
        return stored.all(), last.central if last else Central(unknown="not asked yet")
    except StoreDownError as error:
        raise BadInputError(f"The table {hub.table_name} can't be read: {error}.") from None


def _write(rows: Sequence[Row], style: str, *, whole: bool) -> None:
    if style == "jsonl":
        write_jsonl(rows, sys.stdout)
    elif style == "csv":
        write_csv(rows, sys.stdout)
    else:
        for line in table.lines(rows, whole=whole):
            click.echo(line)
