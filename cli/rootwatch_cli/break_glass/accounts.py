"""The account that is meant: by its id, its name, or the e-mail address of its root user.

IAM's account aliases are known inside the accounts alone: https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from rootwatch.core.fields import account_id, text
from rootwatch.render.clean import clean
from rootwatch_cli.settings_file import BadInputError

_FEW: Final = 5


class Account(msgspec.Struct, frozen=True):
    """An account of the organisation. Its name and address are other people's words."""

    id: str
    name: str
    email: str = ""

    @property
    def label(self) -> str:
        """``prod-payments (777788889999)``."""
        name = clean(self.name, 50)
        return f"{name} ({self.id})" if name else self.id


def account_of(said: Mapping[str, Any]) -> Account | None:
    """An account of Organizations' answers; None where it has no id."""
    number = account_id(said.get("Id"))
    if number is None:
        return None
    return Account(number, text(said.get("Name"), 128) or "", text(said.get("Email"), 128) or "")


def meant(asked: str, accounts: Sequence[Account]) -> Account:
    """The one account with this name or address, in capitals or not. Raises BadInputError."""
    wanted = asked.strip().casefold()
    found = [one for one in accounts if wanted in (one.name.casefold(), one.email.casefold())] if wanted else []
    if len(found) == 1:
        return found[0]
    shown = clean(asked, 60)
    if found:
        several = ", ".join(one.label for one in found[:_FEW])
        raise BadInputError(f"{len(found)} accounts are called {shown}: name one by its id: {several}.")
    names = {one.name.casefold(): one for one in accounts}
    near = [names[name].label for name in get_close_matches(wanted, names, _FEW, 0.6)]
    raise BadInputError(f"No account is called {shown}." + (f" Do you mean {', '.join(near)}?" if near else ""))
