"""An incident: all root use of one account that belongs together, as a value. Folding a fact in gives a new value.

What is true of it (harms, severity, reasons) is the same for every order in which its facts arrive: each is a maximum
or a set over the facts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeVar

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.progress import Progress
from rootwatch.core.settings import Settings
from rootwatch.core.window import NEVER_COVERED, worst_verdict
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
FAILURES_THAT_ALARM: Final = 3
NEVER: Final = datetime.max.replace(tzinfo=UTC)  # when what stands closes by quiet
_ROOT_RULE: Final = "rule:rootwatch-root-use"
_TOP: Final = 12  # of each facet; HEAD stays under 8 kB
_MOMENTS: Final = 32  # of each kind that the story rules look at

T = TypeVar("T")


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

    def ends_at(self, settings: Settings) -> datetime:
        """When it closes, if nothing more is processed: by quiet, or for guessing six hours after its opening; what
        stands never does, but for a deployment that has paged; a storm when it has calmed down, or an hour after its
        opening."""
        if self.is_standing and not self.is_failed_deployment:
            return NEVER
        if self.is_guessing:
            return self.opened_at + timedelta(hours=GUESSING_HOURS)
        if self.is_storm:
            return min(self.processed_at + STORM_HOLD, self.opened_at + LONGEST_STORM)
        return self.processed_at + timedelta(minutes=settings.incident_gap_minutes)

    def is_over(self, now: datetime, settings: Settings) -> bool:
        """Whether a record processed now starts another incident."""
        return self.state == "closed" or self.is_failed_deployment or now >= self.ends_at(settings)

    def unpaged(self) -> list[tuple[Harm, Severity]]:
        """The harms that must page: never paged, or paged at a lower severity. Worst first."""
        due = [(h, s) for h, s in self.harms.items() if pages(s) and rank(s) > rank(self.paged.get(h, "low"))]
        return sorted(due, key=lambda pair: (-rank(pair[1]), pair[0]))


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


def fold(incident: Incident, fact: Fact, failures_before: Iterable[Moment], now: datetime) -> Incident:
    """The incident with one more fact in it. ``failures_before`` are failed sign-ins that other incidents hold."""
    moment = Moment.of(fact)
    failures_before = list(failures_before)
    guessed = [m.account for m in failures_before if incident.is_guessing and incident.seen == 0]
    incident = msgspec.structs.replace(
        incident,
        processed_at=max(incident.processed_at, now),
        first=min(incident.first, fact.time),
        last=max(incident.last, fact.time),
        seen=incident.seen + 1,
        untold=incident.untold + 1,
        actions=_count(incident.actions, fact.says),
        fresh=_count(incident.fresh, fact.says),
        coverable=incident.coverable and fact.window == "yes" and fact.kind not in NEVER_COVERED,
        regions=_count(incident.regions, fact.region),
        addresses=_count(incident.addresses, fact.address),
        accounts=_count(incident.accounts, fact.account, *guessed),
        sign_ins=_kept(incident.sign_ins, moment if fact.signed_in else None),
        failures=_kept(incident.failures, moment if fact.kind == "failed-sign-in" else None, *failures_before),
        recoveries=_kept(incident.recoveries, moment if fact.kind == "recovery" else None),
    )
    if fact.kind == "deployment":
        grown = (incident.progress or Progress()).with_part(by=fact.began_by, grave=fact.part == _ROOT_RULE)
        incident = msgspec.structs.replace(incident, progress=grown)
    return _weighed(incident, [fact])


def reweighed(incident: Incident, facts: Iterable[Fact]) -> Incident:
    """The incident when its facts, all of them, have been weighed again: verdict, harms and reasons made anew."""
    facts = list(facts)
    root = [fact for fact in facts if fact.verdict != "privileged-task"]
    failed = (Moment.of(fact) for fact in root if fact.kind == "failed-sign-in")
    # The rules look at every moment here, not only at the latest that HEAD keeps: nothing is lowered by forgetting.
    blank = msgspec.structs.replace(
        incident,
        harms={},
        why=(),
        verdict=worst_verdict(*(fact.verdict for fact in facts)),
        sign_ins=tuple(Moment.of(fact) for fact in root if fact.signed_in),
        failures=tuple({moment.key: moment for moment in (*incident.failures, *failed)}.values()),
        recoveries=tuple(Moment.of(fact) for fact in root if fact.kind == "recovery"),
    )
    kept = {name: _kept((), *getattr(blank, name)) for name in ("sign_ins", "failures", "recoveries")}
    return msgspec.structs.replace(_weighed(blank, facts), **kept)


def _weighed(incident: Incident, facts: list[Fact]) -> Incident:
    for fact in facts:
        incident = msgspec.structs.replace(incident, verdict=worst_verdict(incident.verdict, fact.verdict))
        incident = _raised(incident, fact.harm, fact.severity, fact.why)
    for harm, severity, why in _story(incident):
        incident = _raised(incident, harm, severity, why)
    return incident


def _story(incident: Incident) -> list[tuple[Harm, Severity, tuple[str, ...]]]:
    """What several facts mean together."""
    found: list[tuple[Harm, Severity, tuple[str, ...]]] = []
    if incident.is_guessing:
        found.append(("access", "high", ("sign-ins failed in several accounts of the organisation",)))
        return found
    for sign_in in incident.sign_ins:
        found += [("access", "critical", (why,)) for why in _after_failures(sign_in, incident.failures)]
    if len({m.network for m in incident.sign_ins if m.network}) > 1:
        found.append(("access", "critical", ("sign-ins came from more than one network",)))
    if len(incident.recoveries) > 1:
        found.append(("credentials", "high", ("password recovery was asked for more than once",)))
    return found


def _after_failures(sign_in: Moment, failures: tuple[Moment, ...]) -> Iterator[str]:
    """Every reason that holds: were only the first said, it would depend on the order of arrival."""
    since = sign_in.time - timedelta(minutes=FAILURE_MINUTES)
    before = [f for f in failures if since <= f.time <= sign_in.time]
    if any(f.network != sign_in.network for f in before):
        yield "the sign-in followed a failed one from another network"
    if len(before) >= FAILURES_THAT_ALARM:
        yield f"the sign-in followed {FAILURES_THAT_ALARM} failed ones or more within {FAILURE_MINUTES} minutes"


def _raised(incident: Incident, harm: Harm, severity: Severity, why: tuple[str, ...]) -> Incident:
    harms = {**incident.harms, harm: worst(severity, incident.harms.get(harm, "low"))}
    reasons = tuple(sorted({*incident.why, *why})) if pages(severity) else incident.why
    return msgspec.structs.replace(incident, harms=harms, why=reasons)


def _count(counts: Mapping[str, int], *values: str | None) -> dict[str, int]:
    """One more of each of these values; past the top dozen, values are counted together."""
    counted = dict(counts)
    for value in values:
        if value is not None:
            name = value if value in counted or len(counted) < _TOP else "others"
            counted[name] = counted.get(name, 0) + 1
    return counted


def _kept(moments: tuple[Moment, ...], *more: Moment | None) -> tuple[Moment, ...]:
    """The set of both, the latest kept where they are too many: the same for every order of arrival."""
    both = {m.key: m for m in (*moments, *(m for m in more if m))}
    if len(both) == len(moments):
        return moments
    return tuple(sorted(both.values(), key=lambda m: (m.time, m.key))[-_MOMENTS:])
