"""Which accounts belong to the organisation, compared with those that we knew: new ones, and ones that are gone.

Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.fields import account_id, text
from rootwatch.core.record import digest
from rootwatch.core.roll import OUTSIDE, Roll
from rootwatch.core.seen import RECENT, Seen
from rootwatch.core.settings import Settings

# As long as the record of the leaving may take, by whichever path.
WAITS_FOR_ITS_RECORD: Final = timedelta(minutes=20)
_LEAVINGS: Final = frozenset({"account-left", "account-removed", "account-closed"})


class NotBelievableError(Exception):
    """What Organizations listed cannot be all of it."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An account as ``ListAccounts`` shows it."""

    id: str
    name: str
    status: str
    above: frozenset[str] = frozenset()  # the root and units above it; empty where the answer does not tell


def listed(account: Mapping[str, Any]) -> Listed | None:
    """One account of the answer; None where it has no id. ``State`` took the place of ``Status`` in September 2026."""
    number = account_id(account.get("Id"))
    status = text(account.get("State"), 32) or text(account.get("Status"), 32) or "ACTIVE"
    paths = [path for path in account.get("Paths") or () if isinstance(path, str)]
    above = frozenset(part for path in paths for part in path.split("/") if part.startswith(("r-", "ou-")))
    name = text(account.get("Name"), 128) or ""
    return Listed(id=number, name=name, status=status, above=above) if number else None


def enrolled(
    rolls: Mapping[str, Roll], accounts: Sequence[Listed], settings: Settings, now: datetime
) -> tuple[Roll, ...]:
    """The rolls that are new, or other than before. Raises ``NotBelievableError``.

    An account that is listed no more stays on its roll, as gone.
    """
    found = {account.id: account for account in accounts}
    if settings.management_account not in found:
        raise NotBelievableError("Organizations listed the accounts without the management account")
    after = [_enrolled(rolls.get(number), account, settings, now) for number, account in sorted(found.items())]
    after += [
        msgspec.structs.replace(roll, gone=roll.gone or now)
        for number, roll in sorted(rolls.items())
        if number not in found
    ]
    return tuple(roll for roll in after if roll != rolls.get(roll.account))


def is_missing(roll: Roll, now: datetime) -> bool:
    """Whether an account is gone long enough for the record of its leaving to have come, and nothing was said."""
    return roll.gone is not None and not roll.gone_told and now - roll.gone >= WAITS_FOR_ITS_RECORD


def missing(roll: Roll, seen: Seen | None, now: datetime) -> Fact | None:
    """The fact of an account that left without a trace; None if a record told of its leaving, or it was closed before.

    ``seen``: what is remembered of its root, leavings among it. One from which it came back explains nothing: it was
    listed, and asked, after that.
    """
    listed_last = min(roll.last_ask or roll.gone or now, roll.gone or now)
    leavings = [trace for trace in (seen.traces if seen else ()) if trace.kind in _LEAVINGS]
    if any(trace.last >= listed_last - RECENT for trace in leavings) or roll.status != "ACTIVE":
        return None
    return Fact(
        key=digest("account missing", roll.account, roll.gone),
        time=now,
        event_time=roll.gone,
        kind="account-missing",
        harm="account",
        severity="critical",
        title="account gone without a record",
        says=f"The account {roll.account} is no longer in the organisation, and no record told of its leaving",
        means=(
            "No trail of the organisation and no rule of rootwatch sees it any more. Its leaving was not logged, or "
            "what was logged did not reach us."
        ),
        do_now=(
            "Ask the owner of the organisation whether it was let go. If nobody knows, treat its root as taken over: "
            "cut what it may do in the other accounts, and call AWS Support."
        ),
        technique="T1562.008",
        account=roll.account,
        cause="missing",
    )


def _enrolled(roll: Roll | None, account: Listed, settings: Settings, now: datetime) -> Roll:
    roll = roll or Roll(account=account.id, since=now)
    status = OUTSIDE if account.status == "ACTIVE" and _is_outside(account, settings) else account.status
    known = msgspec.structs.replace(roll, name=account.name, status=status, gone=None, gone_told=False)
    return known.covering(settings.regions, now)


def _is_outside(account: Listed, settings: Settings) -> bool:
    """Whether an account is below none of the units that get our rules; one whose place is not told is asked."""
    if not account.above or account.id in settings.guarded_accounts:
        return False
    return account.above.isdisjoint(settings.organizational_units)
