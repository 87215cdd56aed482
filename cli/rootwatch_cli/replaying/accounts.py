"""Whose accounts these are, without asking AWS: from a file that ``aws organizations list-accounts`` wrote.

Source: https://docs.aws.amazon.com/cli/latest/reference/organizations/list-accounts.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from rootwatch.core import fields
from rootwatch.core.ports import Account
from rootwatch_cli.settings_file import BadInputError

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_NOBODY_ASKED: Final = "a replay asks nobody; --accounts names it"


class AccountsFile:
    """A Directory: what the file says of an account, and for all others that nobody was asked."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts

    def account(self, account_id: str) -> Account:
        """Name and time of joining, where the file holds them."""
        return self._accounts.get(account_id) or Account(id=account_id, unknown=_NOBODY_ASKED)

    def break_glass_tag(self, account_id: str) -> tuple[str | None, datetime]:  # noqa: ARG002 # the port's
        """None: of the tags of that time only records tell."""
        return None, _LONG_AGO


def read_accounts(file: Path) -> AccountsFile:
    """Reads the file. Raises BadInputError with one sentence."""
    try:
        found = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise BadInputError(f"{file} can't be read: {error.strerror}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInputError(f"{file} is not JSON: {error}.") from None
    rows = fields.inside(found, "Accounts")
    if not isinstance(rows, list):
        raise BadInputError(f"{file} has no Accounts: write it with aws organizations list-accounts --output json.")
    accounts = (_account(row) for row in rows)
    return AccountsFile({one.id: one for one in accounts if one})


def _account(row: object) -> Account | None:
    number = fields.account_id(fields.inside(row, "Id"))
    joined = fields.moment(fields.inside(row, "JoinedTimestamp"))
    name = fields.text(fields.inside(row, "Name"), 128)
    unknown = "" if name else "the file of accounts does not say it"
    return Account(id=number, name=name, joined=joined, unknown=unknown) if number else None
