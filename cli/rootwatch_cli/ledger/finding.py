"""Which incidents were asked for, and the way to them that reads least."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from rootwatch.core.fields import account_id
from rootwatch.core.incident import ORGANISATION_WIDE, Incident
from rootwatch.core.words import Severity, rank
from rootwatch.edge.ledger import Ledger

_DAY: Final = timedelta(days=1)
_THREADS: Final = 8
Only = Literal["all", "root", "watch"]


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """``since`` and ``until`` are about an incident's opening; None of ``since`` for open ones: whenever that was."""

    since: datetime | None
    until: datetime
    account: str | None = None  # an id, or a name
    state: Literal["open", "closed"] | None = None
    severity: Severity = "low"  # this or worse
    only: Only = "all"

    def takes(self, head: Incident) -> bool:
        """Whether an incident is among what was asked for."""
        named = (head.account or "", (head.account_name or "").casefold(), *head.accounts)
        return (
            (self.since is None or head.opened_at >= self.since)
            and head.opened_at <= self.until
            and (self.account is None or self.account.casefold() in named)
            and self.state in (None, head.state)
            and rank(head.severity) >= rank(self.severity)
            and (self.only == "all" or (self.only == "watch") == head.is_watch)
        )


def find(ledger: Ledger, asked: Selection) -> list[Incident]:
    """The incidents, oldest first. Raises ``StoreDownError``."""
    if asked.state == "open":
        found = ledger.open_incidents()
    elif asked.account and account_id(asked.account):
        # What concerned several accounts stands under none of them.
        found = [*ledger.all_of(asked.account), *ledger.all_of(ORGANISATION_WIDE)]
    else:
        found = _by_day(ledger, asked)
    return sorted((head for head in found if asked.takes(head)), key=lambda head: (head.opened_at, head.id))


def _by_day(ledger: Ledger, asked: Selection) -> list[Incident]:
    assert asked.since is not None
    days = [asked.since + number * _DAY for number in range((asked.until.date() - asked.since.date()).days + 1)]
    with ThreadPoolExecutor(_THREADS) as pool:
        return [head for page in pool.map(ledger.opened_on, days) for head in page]
