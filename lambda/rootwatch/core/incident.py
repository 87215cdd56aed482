"""An incident: all root use of one account that belongs together, as a value. folding.py folds facts into it."""

from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.progress import Progress
from rootwatch.core.settings import Settings
from rootwatch.core.words import STANDING_KINDS, Harm, Kind, Severity, Verdict, pages, rank, worst

GUESSING_SCOPE: Final = "organisation"
WATCH_SCOPE: Final = "watch/"
ORGANISATION_WIDE: Final = "organisation"  # in the place of an account, where a cause knows none
GUESSING_HOURS: Final = 6
STORM_SCOPE: Final = f"{WATCH_SCOPE}storm/{ORGANISATION_WIDE}"
STORM_WINDOW: Final = timedelta(minutes=10)
STORM_HOLD: Final = timedelta(minutes=5)  # after it was last seen: the sweep looks each minute
LONGEST_STORM: Final = timedelta(hours=1)  # then it pages anew, if it goes on
FAILURE_MINUTES: Final = 30
_PAGE_STANDS: Final = timedelta(hours=6)
NEVER: Final = datetime.max.replace(tzinfo=UTC)  # when what stands closes by quiet


class Moment(msgspec.Struct, frozen=True, order=True):
    """When and from where somebody tried: what the rules over several facts need."""

    time: datetime
    network: str | None
    account: str | None
    kind: Kind
    key: str

    @classmethod
    def of(cls, fact: Fact) -> "Moment":
        """The moment of a fact."""
        return cls(fact.time, fact.network, fact.account, fact.kind, fact.key)


class Held(msgspec.Struct, frozen=True):
    """A page that waits for what would explain it: the notice's number, and until when it can be withdrawn."""

    seq: int
    severity: Severity
    until: datetime


class Incident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The HEAD of an incident."""

    id: str
    scope: str  # the account id; "organisation" for guessing over several accounts; watch/<kind>/<account>/<cause>
    opened_at: datetime
    processed_at: datetime  # when its last record was processed: what the gap counts from
    due_at: datetime  # the next digest, or the close
    first: datetime
    last: datetime
    title: str
    account: str | None = None
    account_name: str | None = None
    account_path: str | None = None
    account_owner: str | None = None
    version: int = 0
    state: Literal["open", "closed"] = "open"
    verdict: Verdict = "unplanned"
    harms: dict[Harm, Severity] = {}
    paged: dict[Harm, Severity] = {}
    paged_at: datetime | None = None  # the last of them
    held: dict[Harm, Held] = {}
    joined: dict[Harm, Severity] = {}  # of `paged`, what a storm's page tells of
    seen: int = 0
    untold: int = 0
    fresh: dict[str, int] = {}  # of `actions`, those since the last notice
    notices: int = 0
    actions: dict[str, int] = {}
    regions: dict[str, int] = {}
    addresses: dict[str, int] = {}
    accounts: dict[str, int] = {}
    sign_ins: tuple[Moment, ...] = ()
    failures: tuple[Moment, ...] = ()
    recoveries: tuple[Moment, ...] = ()
    why: tuple[str, ...] = ()
    why_told: tuple[str, ...] = ()
    coverable: bool = True  # whether a break-glass window could have made all of it planned
    declared_at: datetime | None = None  # when the last window was declared that came after the pages
    acknowledged: bool = False
    progress: Progress | None = None  # of a deployment

    @property
    def severity(self) -> Severity:
        """The worst of its harms."""
        return worst(*self.harms.values())

    @property
    def is_watch(self) -> bool:
        """Whether it is made of watch events."""
        return self.scope.startswith(WATCH_SCOPE)

    @property
    def is_rehearsal(self) -> bool:
        """Whether it is a test alert that somebody asked for."""
        return self.is_watch and self.scope.split("/")[1] == "rehearsal"

    @property
    def is_storm(self) -> bool:
        """Whether it is that many others page at once."""
        return self.scope == STORM_SCOPE

    @property
    def is_failed_send(self) -> bool:
        """Whether it is that a channel does not take what we send."""
        return self.is_watch and self.scope.split("/")[1] == "send-failed"

    @property
    def has_paged(self) -> bool:
        """Whether a page of it went out that was not held."""
        return any(harm not in self.held for harm in self.paged)

    @property
    def own_pages(self) -> list[tuple[Harm, Severity]]:
        """What PagerDuty has an alert of, but for what a storm's page tells of."""
        return [(h, s) for h, s in sorted(self.paged.items()) if self.joined.get(h) != s]

    @property
    def is_guessing(self) -> bool:
        """Whether it is the organisation's one incident for guessing over several accounts."""
        return self.scope == GUESSING_SCOPE

    @property
    def is_standing(self) -> bool:
        """Whether it lasts until it is seen to be over, such as a silence."""
        return self.is_watch and self.scope.split("/")[1] in STANDING_KINDS

    @property
    def is_deployment(self) -> bool:
        """Whether it is a deployment of ours, or what looks like one."""
        return self.is_watch and self.scope.split("/")[1] == "deployment"

    @property
    def is_failed_deployment(self) -> bool:
        """Whether it is one that was not confirmed in time: what is changed from then on is another."""
        return self.is_deployment and bool(self.paged)

    def has_spent_pages(self, fact: Fact) -> bool:
        """Whether its pages can't stand for one more fact that pages: all that it paged for proved to be planned or a
        colleague's task, or was declared after the fact and before this one."""
        if self.scope != self.account or not self.paged or not pages(fact.severity):
            return False
        declared = self.acknowledged and self.declared_at is not None and self.declared_at <= fact.time
        return declared or self.verdict == "privileged-task" or not pages(self.severity)

    def continuing(self, other: "Incident") -> "Incident":
        """With the moments of another, whose story goes on in this one."""
        return msgspec.structs.replace(
            self, sign_ins=other.sign_ins, failures=other.failures, recoveries=other.recoveries
        )

    def ends_at(self, settings: Settings) -> datetime:
        """When it closes, if nothing more is processed: by quiet, or when its last page is too old, and for guessing
        after its opening; what stands never does, but for a deployment that has paged; a storm when it has calmed down,
        or an hour after its opening."""
        if self.is_standing and not self.is_failed_deployment:
            return NEVER
        if self.is_guessing:
            return self.opened_at + timedelta(hours=GUESSING_HOURS)
        if self.is_storm:
            return min(self.processed_at + STORM_HOLD, self.opened_at + LONGEST_STORM)
        quiet = self.processed_at + timedelta(minutes=settings.incident_gap_minutes)
        return quiet if self.ends_by_quiet(settings) else self._page_ends_at(settings)

    def ends_by_quiet(self, settings: Settings) -> bool:
        """Whether nothing more has come by its end; else its last page is too old to stand for what comes."""
        return self._page_ends_at(settings) - self.processed_at >= timedelta(minutes=settings.incident_gap_minutes)

    def _page_ends_at(self, settings: Settings) -> datetime:
        return self.paged_at + page_stands(settings) if self.paged_at else NEVER

    def is_over(self, now: datetime, settings: Settings) -> bool:
        """Whether a record processed now starts another incident."""
        return self.state == "closed" or self.is_failed_deployment or now >= self.ends_at(settings)

    def unpaged(self) -> list[tuple[Harm, Severity]]:
        """The harms that must page: never paged, or paged at a lower severity. Worst first."""
        due = [(h, s) for h, s in self.harms.items() if pages(s) and rank(s) > rank(self.paged.get(h, "low"))]
        return sorted(due, key=lambda pair: (-rank(pair[1]), pair[0]))


def page_stands(settings: Settings) -> timedelta:
    """For how long a page stands for what repeats: else whoever fails to sign in every half hour could keep its
    incident open, and one page would do for months."""
    return max(_PAGE_STANDS, timedelta(minutes=settings.incident_gap_minutes))


def opened(fact: Fact, scope: str, incident_id: str, now: datetime) -> Incident:
    """An incident with nothing in it yet: fold the fact in next."""
    return Incident(
        id=incident_id,
        scope=scope,
        account=None if is_wide(scope) else fact.account,
        opened_at=now,
        processed_at=now,
        due_at=now,
        first=fact.time,
        last=fact.time,
        title="guessing over several accounts" if scope == GUESSING_SCOPE else fact.title,
        verdict=fact.verdict,
    )


def is_wide(scope: str) -> bool:
    """Whether an incident is about no one account."""
    return scope == GUESSING_SCOPE or (scope.startswith(WATCH_SCOPE) and scope.split("/")[2] == ORGANISATION_WIDE)
