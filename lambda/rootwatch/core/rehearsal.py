"""A rehearsal: an alert that says it is one, sent the way of every alert from the hub's queue on. Nobody used root.

Only a principal of the hub account that may send to the queue can ask for one: what members forward reaches the queue
inside of EventBridge's envelope, whose own fields nobody chooses, and a rehearsal has no other field than its own. It
carries no record, so that it can hide none; a record that says it is a rehearsal is a record.
Source: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
"""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from rootwatch.core import watch
from rootwatch.core.fact import Fact
from rootwatch.core.folding import fold
from rootwatch.core.incident import Incident, opened
from rootwatch.core.notice import Notice, Page, dedup_key
from rootwatch.core.ports import Known, Needs, Plan
from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName

# A message that waited longer, or came back from the dead letters, would ring when nobody waits for it.
STALE_AFTER: Final = timedelta(minutes=10)


class Rehearsal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``alert`` tells the channels, ``resolve`` then ends the alert in PagerDuty. ``asked_by`` is a claim."""

    nonce: Annotated[str, Meta(pattern=r"^[0-9a-f]{12}\Z")]
    step: Literal["alert", "resolve"]
    asked_by: Annotated[str, Meta(max_length=256)]
    asked_at: Annotated[datetime, Meta(tz=True)]
    channels: tuple[ChannelName, ...]

    @property
    def incident_id(self) -> str:
        """Under which its notices and sends stand in the table; no incident of root use is called so."""
        return f"rehearsal-{self.nonce}"


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rootwatch_rehearsal: Rehearsal


def message(rehearsal: Rehearsal) -> str:
    """The body to send to the queue."""
    return msgspec.json.encode(_Message(rehearsal)).decode()


def read_rehearsal(body: str) -> Rehearsal | None:
    """The rehearsal that a queue message asks for; None for everything else, which is read as records are."""
    try:
        return msgspec.json.decode(body, type=_Message).rootwatch_rehearsal
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def needs(rehearsal: Rehearsal, settings: Settings) -> Needs:
    """What must be loaded before ``rehearsed`` can be asked."""
    fact = _fact(rehearsal, settings)
    return Needs(key=fact.key, scopes=(watch.scope(fact),), account=settings.hub_account)


def rehearsed(rehearsal: Rehearsal, known: Known, settings: Settings, now: datetime) -> Plan:
    """The plan of a rehearsal: an incident of its own that closes without a word, and one notice."""
    fact = _fact(rehearsal, settings)
    if now - rehearsal.asked_at > STALE_AFTER:
        return Plan(key=fact.key, disposition="ignored", reason="a rehearsal that waited too long")
    there = known.incidents.get(watch.scope(fact))
    key = dedup_key(rehearsal.incident_id, fact.harm, fact.severity)
    alert = rehearsal.step == "alert"
    if alert == (there is not None):
        return Plan(key=fact.key, disposition="ignored", reason="a rehearsal out of its turn")
    incident = _folded(there or _opened(fact, rehearsal, known, now), fact, settings, now)
    channels = tuple(name for name in settings.channels if name in (rehearsal.channels if alert else ("pagerduty",)))
    notice = Notice(
        seq=incident.notices,
        type="opened" if alert else "closed",
        incident=incident,
        created_at=now,
        severity=fact.severity,
        channels=channels,
        fact=fact,
        page=Page(fact.harm, fact.severity, key) if alert and "pagerduty" in channels else None,
        resolves=() if alert else (key,),
        account_unknown=known.account.unknown if known.account else "",
    )
    return Plan(
        key=fact.key,
        disposition="watch",
        reason=f"a rehearsal: {rehearsal.step}",
        kind=fact.kind,
        incident=incident,
        fact=fact,
        notices=(notice,),
    )


def _fact(rehearsal: Rehearsal, settings: Settings) -> Fact:
    return Fact(
        key=f"{rehearsal.incident_id}-{rehearsal.step}",
        time=rehearsal.asked_at,
        kind="rehearsal",
        harm="watch",
        severity="low",
        title="nobody used root, this is a test alert",
        says=f"{rehearsal.asked_by} asked rootwatch for a test alert",
        means="No root user was used. This came the way of every alert, from the hub's queue on.",
        do_now="Nothing. Whoever asked for it wants to know whether it reached you.",
        account=settings.hub_account,
        region=settings.hub_region,
        principal=rehearsal.asked_by,
        cause=rehearsal.incident_id,
    )


def _opened(fact: Fact, rehearsal: Rehearsal, known: Known, now: datetime) -> Incident:
    incident = opened(fact, watch.scope(fact), rehearsal.incident_id, now)
    account = known.account
    return msgspec.structs.replace(incident, account_name=account.name if account else None)


def _folded(incident: Incident, fact: Fact, settings: Settings, now: datetime) -> Incident:
    """Nothing is left untold, and no page is noted: so the sweep closes it in silence."""
    incident = fold(incident, fact, (), now)
    told = msgspec.structs.replace(incident, notices=incident.notices + 1, untold=0, fresh={})
    return msgspec.structs.replace(told, due_at=told.ends_at(settings))
