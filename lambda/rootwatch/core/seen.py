"""What is remembered of an account's root: when and from where it was used, and what led up to it.

One item an account, so that an alert needs no search. It feeds the remarks on notices, never a fact or a verdict: these
are the same for every order in which records arrive, and remarks need not be.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.words import Harm, RootUseKind

RECENT: Final = timedelta(hours=24)
_USES: Final = 4
_NETWORKS: Final = 50
_TRACES: Final = 20
_WORDS: Final = 160
_ATTEMPTS: Final[frozenset[RootUseKind]] = frozenset({"failed-sign-in", "recovery"})
# A colleague's task is no use of the root password or keys; the AssumeRoot before it leaves a trace of its own.
_NO_USE: Final = _ATTEMPTS | {"unreadable", "privileged-task"}
_LEAVE_TRACES: Final[frozenset[Harm]] = frozenset({"credentials", "watch", "account"})


class Use(msgspec.Struct, frozen=True):
    """The last root use of one incident."""

    time: datetime
    says: str  # follows "root "
    incident: str


class Place(msgspec.Struct, frozen=True):
    """A network that root was used from: since when, and in which incident first."""

    network: str
    since: datetime
    incident: str


class Trace(msgspec.Struct, frozen=True):
    """Something that may lead up to root use. The same thing within a day is one trace."""

    kind: str  # "assume-root", or the kind of a fact; of a watch event that failed "tried …"
    says: str
    first: datetime
    last: datetime
    count: int = 1


class Before(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was known of an account before one root use."""

    last_use: Use | None = None  # of another incident; None: none known
    network_since: datetime | None = None  # None: root was never seen from this network before this incident
    traces: tuple[Trace, ...] = ()  # of the last 24 hours, oldest first


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The memory of one account: bounded, whatever happens there."""

    account: str
    version: int = 0
    uses: tuple[Use, ...] = ()
    networks: tuple[Place, ...] = ()
    traces: tuple[Trace, ...] = ()

    def with_fact(self, fact: Fact, incident: str) -> "Seen":
        """With one more root use, attempt at it, or watch event."""
        if fact.is_watch_event:
            return self.with_trace(f"tried {fact.kind}" if fact.error else fact.kind, fact.says, fact.time)
        seen = self if fact.kind in _NO_USE else self._with_use(fact, incident)
        if fact.kind in _ATTEMPTS or fact.harm in _LEAVE_TRACES:
            return seen.with_trace(fact.kind, f"root {fact.says}", fact.time)
        return seen

    def with_trace(self, kind: str, says: str, at: datetime) -> "Seen":
        """With one more trace."""
        says = says[:_WORDS]
        others = [trace for trace in self.traces if trace.says != says]
        known = next((trace for trace in self.traces if trace.says == says), None)
        added = _joined(known, at) if known else Trace(kind, says, at, at)
        return msgspec.structs.replace(self, traces=_kept([*others, added]))

    def before(self, fact: Fact, incident: str) -> Before:
        """What was known before this fact; what its own incident added about uses and networks does not count."""
        uses = [use for use in self.uses if use.incident != incident and use.time < fact.time]
        places = [p for p in self.networks if p.network == fact.network and p.incident != incident]
        traces = [t for t in self.traces if t.first < fact.time and t.last >= fact.time - RECENT]
        return Before(
            last_use=uses[-1] if uses else None,
            network_since=places[0].since if places else None,
            traces=tuple(sorted(traces, key=lambda trace: (trace.first, trace.says))),
        )

    def _with_use(self, fact: Fact, incident: str) -> "Seen":
        use = Use(fact.time, fact.says[:_WORDS], incident)
        ordered = sorted((*self.uses, use), key=lambda one: (one.time, one.says))
        uses = {one.incident: one for one in ordered}
        networks = self.networks
        if fact.network and all(place.network != fact.network for place in networks):
            networks = (*networks, Place(fact.network, fact.time, incident))[-_NETWORKS:]
        kept = sorted(uses.values(), key=lambda one: (one.time, one.incident))[-_USES:]
        return msgspec.structs.replace(self, uses=tuple(kept), networks=networks)


def _kept(traces: list[Trace]) -> tuple[Trace, ...]:
    """As many as there is room for; of the most numerous kind the oldest go, so that a flood of one hides no other."""
    kept = sorted(traces, key=lambda trace: (trace.last, trace.says))
    while len(kept) > _TRACES:
        kinds = [trace.kind for trace in kept]
        kept.pop(kinds.index(max(kinds, key=kinds.count)))
    return tuple(kept)


def _joined(known: Trace, at: datetime) -> Trace:
    """The same thing again; after a day it is news, and one that is a day too old to count is not."""
    if at - known.last > RECENT:
        return Trace(known.kind, known.says, at, at)
    if known.first - at > RECENT:
        return known
    return Trace(known.kind, known.says, min(known.first, at), max(known.last, at), known.count + 1)
