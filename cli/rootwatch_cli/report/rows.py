"""The shapes of what the page is given; its script reads them by these names. Times are in UTC."""

from datetime import datetime
from typing import Any

import msgspec

from rootwatch.core.words import ChannelName, Harm, Kind, NoticeType, Severity
from rootwatch_cli.replaying.shown import Payload


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """One account. ``id`` is "several accounts" for what is one incident of the organisation."""

    id: str
    name: str | None
    incidents: int
    pages: int
    root_events: int


class CountryRow(msgspec.Struct, frozen=True, kw_only=True):
    """Sign-ins from one country; null is none that a registry names."""

    country: str | None
    yes: int
    no: int
    unknown: int
    failed: int


class WindowRow(msgspec.Struct, frozen=True, kw_only=True):
    """One break-glass window, as it was in the end."""

    account: str
    start: datetime
    until: datetime
    ticket: str | None


class IncidentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One incident in the list and on the timeline."""

    id: str
    account: str
    at: datetime
    severity: Severity
    verdict: str  # "watch event" for what is no root use
    kind: Kind
    says: str
    records: int
    pages: int
    night: int  # of the pages, those at night
    chunk: int
    words: str  # what the search finds besides


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """All that is there when the page opens. Times are in UTC."""

    first: datetime | None
    last: datetime | None
    records: int
    duplicates: int
    night: tuple[int, int]
    incidents: int
    watch: int
    pages: int
    planned: int
    at_night: int
    notices: dict[ChannelName, int]
    watch_kinds: tuple[str, ...]
    accounts: tuple[AccountRow, ...]
    countries: tuple[CountryRow, ...]
    windows: tuple[WindowRow, ...]
    rows: tuple[IncidentRow, ...]


class ToldRow(msgspec.Struct, frozen=True, kw_only=True):
    """One notice, and each channel's message; a channel whose send was withdrawn has none."""

    type: NoticeType
    severity: Severity
    at: datetime
    page: bool
    says: str
    sent: dict[ChannelName, datetime]
    shown: dict[ChannelName, Payload]


class StoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """What opens below an incident."""

    happened: str
    harms: dict[Harm, Severity]
    first: datetime
    last: datetime
    facts: tuple[dict[str, Any], ...]
    told: tuple[ToldRow, ...]
