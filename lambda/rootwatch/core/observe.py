"""What rootwatch itself finds out, without a record: a silence, a lost path, an account that is gone.

An observation becomes a fact of a watch kind and folds like any watch event. Whoever observes names what is observed in
the fact's key (a digest), so that a second look at the same thing is a duplicate.
"""

from datetime import datetime

import msgspec

from rootwatch.core import watch
from rootwatch.core.fact import Fact
from rootwatch.core.folding import fold
from rootwatch.core.incident import STORM_SCOPE
from rootwatch.core.notice import notice
from rootwatch.core.ports import Known, Needs, Plan
from rootwatch.core.settings import Settings
from rootwatch.core.telling import folded


def needs(fact: Fact) -> Needs:
    """What must be loaded before ``observed`` can be asked."""
    return Needs(key=fact.key, scopes=(watch.scope(fact), STORM_SCOPE), account=fact.account)


def observed(fact: Fact, known: Known, settings: Settings, now: datetime) -> Plan:
    """The plan of an observation."""
    plan = Plan(key=fact.key, disposition="watch", reason=f"an observation: {fact.kind}", kind=fact.kind, fact=fact)
    return msgspec.structs.replace(folded(plan, watch.scope(fact), known, settings, now), disposition="watch")


def over(fact: Fact, known: Known, settings: Settings, now: datetime) -> Plan | None:
    """The plan that ends what stands, with the fact that it is seen to be over; None if nothing stands (any more).

    PagerDuty is told nothing: only a person resolves.
    """
    there = known.incidents.get(watch.scope(fact))
    if there is None or there.is_over(now, settings):
        return None
    ended = msgspec.structs.replace(fold(there, fact, (), now), state="closed")
    unknown = known.account.unknown if known.account else ""
    closed, last = notice("closed", ended, settings, now, fact=fact, account_unknown=unknown)
    return Plan(
        key=fact.key,
        disposition="watch",
        reason=f"an observation: {fact.kind} is over",
        kind=fact.kind,
        incident=closed,
        fact=fact,
        notices=(last,),
    )
