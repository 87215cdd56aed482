"""The headline figures of a replay, counted while its stories come in."""

from collections import Counter
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core.fact import Fact, Mfa
from rootwatch.core.words import ChannelName, Kind, Severity, Verdict
from rootwatch_cli.replaying.story import Story

NIGHT: Final = (22, 7)  # from, to: hours in UTC


class AccountFigures(msgspec.Struct, kw_only=True):
    """One account's share."""

    account: str
    name: str | None = None
    incidents: int = 0
    pages: int = 0
    root_events: int = 0


class SignIns(msgspec.Struct, kw_only=True):
    """Sign-ins from one country, by what is known of MFA; None is where no registry says which."""

    country: str | None
    succeeded: Counter[Mfa] = msgspec.field(default_factory=Counter)
    failed: int = 0

    @property
    def all(self) -> int:
        """Those that failed too."""
        return self.succeeded.total() + self.failed


class Figures(msgspec.Struct, kw_only=True):
    """What stands at the top of every output. A planned incident is one that was planned from end to end."""

    incidents: int = 0
    watch: int = 0  # of these, made of watch events
    root_events: int = 0
    pages: int = 0
    severities: Counter[Severity] = msgspec.field(default_factory=Counter)
    verdicts: Counter[Verdict] = msgspec.field(default_factory=Counter)  # of root use alone
    kinds: Counter[Kind] = msgspec.field(default_factory=Counter)  # of each incident's worst fact
    notices: Counter[ChannelName] = msgspec.field(default_factory=Counter)
    at_night: Counter[str] = msgspec.field(default_factory=Counter)  # pages, by account
    accounts: dict[str, AccountFigures] = {}
    countries: dict[str, SignIns] = {}

    def add(self, story: Story) -> None:
        """One more story."""
        incident, pages = story.incident, story.pages
        name = incident.account or "several accounts"
        self.incidents += 1
        self.watch += incident.is_watch
        self.pages += len(pages)
        self.severities[incident.severity] += 1
        if not incident.is_watch:
            self.verdicts[incident.verdict] += 1
        self.kinds[story.worst.kind] += 1
        for told in story.told:
            self.notices.update(told.sent.keys())
        nightly = sum(is_night(at) for at in pages)
        if nightly:
            self.at_night[name] += nightly
        account = self.accounts.setdefault(name, AccountFigures(account=name))
        account.name = incident.account_name or account.name
        account.incidents += 1
        account.pages += len(pages)
        for fact in story.facts:
            if not fact.is_watch_event:
                self.root_events += 1
                account.root_events += 1
                self._sign_in(fact)

    @property
    def planned(self) -> int:
        """Incidents of planned use."""
        return self.verdicts["planned"]

    @property
    def by_noise(self) -> list[AccountFigures]:
        """The accounts: the most pages first, then the most incidents."""
        return sorted(self.accounts.values(), key=lambda one: (-one.pages, -one.incidents, one.account))

    @property
    def by_country(self) -> list[SignIns]:
        """Where sign-ins came from: the most first."""
        return sorted(self.countries.values(), key=lambda one: (-one.all, one.country or "~"))

    def _sign_in(self, fact: Fact) -> None:
        if fact.kind not in ("sign-in", "failed-sign-in"):
            return
        country = self.countries.setdefault(fact.country or "", SignIns(country=fact.country))
        if fact.kind == "sign-in":
            country.succeeded[fact.mfa] += 1
        else:
            country.failed += 1


def is_night(at: datetime) -> bool:
    """Whether it is between 22:00 and 07:00 in UTC."""
    start, end = NIGHT
    return at.hour >= start or at.hour < end
