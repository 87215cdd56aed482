"""The cause of a silence: the widest that fits. Everything, one Region of all accounts, many accounts, or one account.

A wide cause is one that nobody escapes: of the places that had time to answer since it began, none did.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal

from rootwatch.core.coverage import Row, is_well, late_asks
from rootwatch.core.settings import Settings

EVERYTHING: Final = "everything"
MANY: Final = "many accounts"
REGION: Final = "Region "
FAST_PATH: Final = "a fast path that is told as lost"  # whoever lost it is told of, not the silence that follows
_FEW: Final = 3  # as many accounts, or Regions, are told one by one

Trouble = Literal["backstop-only", "blind"]


def is_wide(cause: str) -> bool:
    """Whether it is one that nobody escapes."""
    return cause == EVERYTHING or cause.startswith(REGION)


def by_cause(
    news: Sequence[Row], judged: Sequence[Row], lost: Collection[tuple[str, str]], settings: Settings, now: datetime
) -> list[tuple[tuple[str, Trouble], list[Row]]]:
    """The news by cause: that which it has already, else the widest that fits. ``lost``: the accounts and Regions whose
    fast path is told as lost; that they are several makes nobody else's silence one of many accounts."""
    groups: dict[tuple[str, Trouble], list[Row]] = defaultdict(list)
    for trouble in ("blind", "backstop-only"):
        fresh = [row for row in news if row.state == trouble and not cause_of(row)]
        causes = _causes(fresh, judged, trouble, lost if trouble == "backstop-only" else (), settings, now)
        for row in news:
            if row.state == trouble:
                groups[cause_of(row) or causes[row.where], trouble].append(row)
    return sorted(groups.items())


def cause_of(row: Row) -> str:
    """What its silence was told under, if it was."""
    return "" if row.place.cause == FAST_PATH else row.place.cause


def _causes(
    news: Sequence[Row],
    judged: Sequence[Row],
    trouble: Trouble,
    lost: Collection[tuple[str, str]],
    settings: Settings,
    now: datetime,
) -> dict[tuple[str, str], str]:
    """The cause of each of these places."""
    since = min((at for row in news if (at := first_unanswered(row, trouble))), default=None)
    if since is None:
        return {}
    asked = [row for row in judged if _had_time(row, trouble, since, settings, now)]
    if _nobody_answered(asked, trouble, since):
        return {row.where: EVERYTHING for row in news}
    of_region: dict[str, list[Row]] = defaultdict(list)
    for row in asked:
        of_region[row.region].append(row)
    wide = {region for region, rows in of_region.items() if _nobody_answered(rows, trouble, since)}
    wide &= {row.region for row in news}
    if len(wide) > _FEW:
        return {row.where: MANY for row in news}
    regional = {row.where: f"{REGION}{row.region}" for row in news if row.region in wide}
    local = [row for row in news if row.region not in wide]
    told = {row.where: row.account for row in local if row.where in lost}
    others = [row for row in local if row.where not in lost]
    return {**told, **_accounts(others, judged, settings), **regional}


def _accounts(news: Sequence[Row], judged: Sequence[Row], settings: Settings) -> dict[tuple[str, str], str]:
    """One account after the other while they are few, then all together; those that can silence us always alone."""
    standing = {row.place.cause for row in judged if row.place.cause}
    fresh = {row.account for row in news} - settings.guarded_accounts - standing
    known = {cause for cause in standing if cause.isdigit()} - settings.guarded_accounts
    together = fresh if MANY in standing or len(fresh | known) > _FEW else set()
    return {row.where: MANY if row.account in together else row.account for row in news}


def _had_time(row: Row, trouble: Trouble, since: datetime, settings: Settings, now: datetime) -> bool:
    """Whether a place was asked since then, long enough ago, and is one that should have answered.

    The hub's own account says nothing of the others: its rules reach the hub's bus whatever the bus's policy says.
    """
    if row.account == settings.hub_account:
        return False
    declared = row.state == "backstop-only" and is_well(row, settings)
    if row.state in ("suspended", "new") or (trouble == "backstop-only" and declared):
        return False
    return any(late_asks(row, since, settings, now))


def _nobody_answered(asked: Sequence[Row], trouble: Trouble, since: datetime) -> bool:
    """Whether this says something of more than one account, and none of them was heard since then."""
    answers = [row.heard.latest if trouble == "blind" else row.heard.fast for row in asked]
    return len({row.account for row in asked}) > 1 and all(at is None or at < since for at in answers)


def first_unanswered(row: Row, trouble: Trouble) -> datetime | None:
    """The first canary that was not heard by either path, or not by the fast one."""
    return row.unanswered if trouble == "blind" else row.unanswered_fast
