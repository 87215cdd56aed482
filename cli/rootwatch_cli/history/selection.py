"""Which accounts, Regions and times are asked for: ``--account``, ``--region``, ``--since``, ``--until``."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

import msgspec

from rootwatch.archive import envelope_of
from rootwatch.core.record import Item, Record

_DAY: Final = re.compile(r"/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/[^/]+\Z")
_BACK: Final = re.compile(r"(?P<count>[0-9]{1,5})(?P<unit>[dhm])")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes"}
# A log file lies under the day on which it was delivered. Minutes after the call as a rule, and nobody promises that:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
_LATE: Final = timedelta(days=2)
_CLOCK_SKEW: Final = timedelta(hours=1)
# What explains a call comes before it: a session of AssumeRoot lasts 15 minutes, a break-glass window 12 hours.
_EXPLAINED_BY: Final = timedelta(days=1)
_MARGIN: Final = timedelta(days=4)  # more than is ever added to what is asked for, or taken from it


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; what is empty or None leaves nothing out. ``until`` itself is no longer asked for.

    ``explainers`` are the accounts whose AssumeRoot and break-glass tag records explain the others' root use: these are
    read too, from a day before ``since``. What a record or a key does not say never leaves it out.
    """

    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    explainers: frozenset[str] = frozenset()

    @property
    def takes_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.accounts or self.regions or self.since or self.until)

    @property
    def first_day(self) -> date | None:
        """The first day whose log files may hold what is asked for, or what explains it."""
        return (self.since - _EXPLAINED_BY - _CLOCK_SKEW).date() if self.since else None

    @property
    def last_day(self) -> date | None:
        """The last day whose log files may hold it."""
        return (self.until + _LATE).date() if self.until else None

    def takes_place(self, account: str | None, region: str | None) -> bool:
        """Whether log files of this account and Region may hold what is asked for, or what explains it."""
        if account in self.explainers:
            return True
        here = not self.accounts or account is None or account in self.accounts
        return here and (not self.regions or region is None or region in self.regions)

    def takes_key(self, key: str) -> bool:
        """Whether the log file at this key or path may hold what is asked for, or what explains it."""
        place = envelope_of(key)
        if place is None:
            return True
        day = _day_of(key)
        early = self.first_day is not None and day is not None and day < self.first_day
        late = self.last_day is not None and day is not None and day > self.last_day
        return not early and not late and self.takes_place(place.account, place.region)

    def takes(self, item: Item) -> bool:
        """Whether a record is asked for itself."""
        if self.accounts and item.account is not None and item.account not in self.accounts:
            return False
        if self.regions and item.region is not None and item.region not in self.regions:
            return False
        return not isinstance(item, Record) or self._within(item.time, timedelta())

    def explains(self, item: Item) -> bool:
        """Whether a record may explain one that is asked for: it is of the accounts and days that do."""
        if self.takes_all or not isinstance(item, Record):
            return self.takes(item)
        return self.takes_place(item.account, item.region) and self._within(item.time, _EXPLAINED_BY)

    def _within(self, time: datetime | None, before: timedelta) -> bool:
        if time is None:
            return True
        return (self.since is None or time >= self.since - before) and (self.until is None or time < self.until)


def moment(text: str, now: datetime, side: Literal["since", "until"]) -> datetime:
    """The time that ``90d``, ``12h``, ``2026-11-24`` or ``2026-11-24T12:00Z`` says, in UTC. A day is asked for whole.

    Raises ValueError with what to write.
    """
    back = _BACK.fullmatch(text)
    try:
        if back:
            return now - timedelta(**{_UNITS[back["unit"]]: int(back["count"])})
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        found - _MARGIN, found + _MARGIN  # raises where there is no such time
        whole_day = side == "until" and len(text) <= len("2026-11-24")
        return found + timedelta(days=1) if whole_day else found
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is not a time: write 2026-11-24, 2026-11-24T12:00Z, or 90d or 12h for so long ago"
        ) from None


def _day_of(key: str) -> date | None:
    found = _DAY.search(key)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None
