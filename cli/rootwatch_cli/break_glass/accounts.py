"""The account that is meant: by its id, its name, its alias, or the e-mail address of its root user.

Organizations knows no alias: IAM tells it inside the account alone, so it is what the daily look at credentials found
there. https://docs.aws.amazon.com/IAM/latest/UserGuide/console-account-alias.html
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from rootwatch.core.fields import account_id, text
from rootwatch.core.posture import Posture
from rootwatch.render.clean import clean
from rootwatch_cli.settings_file import BadInputError

_FEW: Final = 5


class Account(msgspec.Struct, frozen=True):
    """An account of the organisation. Its name, address and alias are other people's words."""

    id: str
    name: str
    email: str = ""
    alias: str = ""  # empty where there is none, or none is known

    @property
    def label(self) -> str:
        """``prod-payments (777788889999)``."""
        name = clean(self.name, 50)
        return f"{name} ({self.id})" if name else self.id


def account_of(said: Mapping[str, Any], aliases: Mapping[str, str] | None = None) -> Account | None:
    """An account of Organizations' answers; None where it has no id. ``aliases``: those that are known, by account."""
    number = account_id(said.get("Id"))
    if number is None:
        return None
    name, email = text(said.get("Name"), 128) or "", text(said.get("Email"), 128) or ""
    return Account(number, name, email, (aliases or {}).get(number, ""))


def meant(asked: str, accounts: Sequence[Account]) -> Account:
    """The one account with this name, address or alias, in capitals or not. Raises BadInputError."""
    if found := called(asked, accounts):
        return found
    names = {one.name.casefold(): one for one in accounts}
    near = [names[name].label for name in get_close_matches(asked.strip().casefold(), names, _FEW, 0.6)]
    perhaps = f" Do you mean {', '.join(near)}?" if near else ""
    raise BadInputError(f"No account is called {clean(asked, 60)}.{perhaps}")


def called(asked: str, accounts: Sequence[Account]) -> Account | None:
    """The same; None where no account is called so. Raises BadInputError where several are.

    An account's own people choose its alias. One that is another account's name makes that name ambiguous, and leads
    nobody to the wrong account.
    """
    wanted = asked.strip().casefold()
    found = [one for one in accounts if wanted in map(str.casefold, (one.name, one.email, one.alias))] if wanted else []
    if len(found) > 1:
        several = ", ".join(one.label for one in found[:_FEW])
        raise BadInputError(f"{len(found)} accounts are called {clean(asked, 60)}: name one by its id: {several}.")
    return found[0] if found else None


def looked_at(postures: Iterable[Posture]) -> list[Account]:
    """The accounts that posture knows, but for those that are gone, whose aliases are free again."""
    return [Account(one.account, one.name, alias=one.alias or "") for one in postures if not one.gone]
