"""The tags of all accounts: from the hub's table where the credentials reach it, else from Organizations, one by one.

ListTagsForResource takes 10 calls a second of one organisation, and the alerts need some of them too:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal

from rich.console import Console
from rich.progress import track

from rootwatch.edge.table import Table
from rootwatch_cli.break_glass.accounts import Account
from rootwatch_cli.break_glass.desk import Desk
from rootwatch_cli.break_glass.standing import Standing, from_table, from_tags
from rootwatch_cli.hub_table import reading_table
from rootwatch_cli.settings_file import BadInputError

Source = Literal["auto", "table", "tags"]
_PER_SECOND: Final = 7.0
_ORDER: Final = ("open", "to come", "malformed", "expired")


def overview(desk: Desk, source: Source, now: datetime) -> tuple[list[Standing], bool]:
    """Every account with a tag, open windows first; and whether it is the table that says so. Raises BadInputError."""
    table = desk.table() if source != "tags" else None
    if table is None and source == "table":
        raise BadInputError("The hub's table can't be reached: use credentials of the hub account, or --source tags.")
    accounts = list(desk.accounts())
    found = list(_from_table(table, accounts, now) if table else _from_tags(desk, accounts, now))
    return sorted(found, key=_order), table is not None


def _from_table(table: Table, accounts: Sequence[Account], now: datetime) -> Iterator[Standing]:
    with reading_table():
        known = table.tags_of([account.id for account in accounts])
    for account in accounts:
        if account.id in known:
            standing = from_table(account, known[account.id], now)
            if standing.tag:
                yield standing


def _from_tags(desk: Desk, accounts: Sequence[Account], now: datetime) -> Iterator[Standing]:
    console = Console(stderr=True)
    for account in track(accounts, "reading tags", console=console, transient=True, disable=not console.is_terminal):
        began = time.monotonic()
        standing = from_tags(account, desk.tags(account.id), None, now)
        if standing.tag:
            yield standing
        time.sleep(max(0.0, 1 / _PER_SECOND - (time.monotonic() - began)))


def _order(standing: Standing) -> tuple[int, str, str]:
    assert standing.tag
    until = standing.tag.window.until.isoformat() if standing.tag.window else ""
    return _ORDER.index(standing.tag.state), until, standing.account.id
