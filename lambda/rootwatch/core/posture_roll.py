"""Which accounts posture looks at: those that Organizations lists, and those that it listed before."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.membership import Listed, NotBelievableError
from rootwatch.core.posture import Posture, Reading, Round
from rootwatch.core.settings import Settings

EVERY: Final = timedelta(hours=24)
AS_ROOT_EVERY: Final = timedelta(days=7)


def enrolled(
    known: Iterable[Posture], accounts: Sequence[Listed], settings: Settings, now: datetime, *, is_first: bool
) -> tuple[Posture, ...]:
    """All accounts, those that are gone among them. ``is_first``: what comes with our first round is not new.

    Raises ``NotBelievableError``.
    """
    listed = {account.id: account for account in accounts}
    if settings.management_account not in listed:
        raise NotBelievableError("Organizations listed the accounts without the management account")
    before = {one.account: one for one in known}
    found = [
        msgspec.structs.replace(
            before.get(number) or Posture(account=number, since=now, is_new=not is_first),
            name=account.name,
            status=account.status,
            gone=None,
        )
        for number, account in sorted(listed.items())
    ]
    gone = [
        msgspec.structs.replace(one, gone=one.gone or now)
        for number, one in sorted(before.items())
        if number not in listed
    ]
    return (*found, *gone)


def due(postures: Iterable[Posture], under_way: Round, settings: Settings) -> list[Posture]:
    """The accounts that this round has yet to come by: the management account first, then who waits longest."""
    waiting = [one for one in postures if one.tried_at is None or one.tried_at < under_way.started_at]
    return sorted(
        waiting,
        key=lambda one: (
            one.account != settings.management_account,
            one.tried_at.isoformat() if one.tried_at else "",
            one.account,
        ),
    )


def looked(before: Posture, reading: Reading, now: datetime) -> Posture:
    """The account as it was read now."""
    return msgspec.structs.replace(
        before,
        looked_at=now,
        tried_at=now,
        read_as_root=now if reading.via == "AssumeRoot" else before.read_as_root,
        via=reading.via,
        alias=before.alias if reading.alias is None else reading.alias,  # a name, of which the last known one will do
        root=reading.root,
        users=reading.users,
        contact=reading.contact,
        unknown=reading.unknown,
        disabled=reading.disabled or (() if reading.users else before.disabled),
    )
