"""Which incident a record belongs to, and what must be known before it is decided on."""

from datetime import datetime, timedelta
from typing import Final

from rootwatch.core import canary, tags, tasks, watch
from rootwatch.core.callers import caller_id
from rootwatch.core.fact import Fact
from rootwatch.core.incident import FAILURE_MINUTES, GUESSING_SCOPE, STORM_SCOPE
from rootwatch.core.ports import Known, Needs
from rootwatch.core.record import Item, Record
from rootwatch.core.remember import accounts
from rootwatch.core.root_use import find, mark_key
from rootwatch.core.settings import Settings
from rootwatch.core.words import RootUseKind, pages

GUESSED_ACCOUNTS: Final = 3
UNKNOWN_ACCOUNT: Final = "unknown"
GUESSES: Final[frozenset[RootUseKind]] = frozenset({"failed-sign-in", "recovery"})
_LOOK_FOR_FAILURES: Final[frozenset[RootUseKind]] = GUESSES | {"sign-in"}


def needs(item: Item, settings: Settings, now: datetime) -> Needs:
    """What must be loaded before ``decide`` can be asked."""
    sent = canary.canary_of(item)
    if sent and isinstance(item, Record):
        scope = watch.scope(canary.forgery(item, settings, now))
        return Needs(key=item.key, scopes=(scope, STORM_SCOPE), canary=(sent.account, sent.region or ""))
    kind = find(item).kind
    tagged = tags.tagged_account(item, settings) if isinstance(item, Record) else None
    watched = watch.watch_fact(item, {}, settings, now)
    if watched and watch.is_forged(item):
        return Needs(key=watched.key, scopes=(watch.scope(watched), STORM_SCOPE), account=watched.account)
    if kind is None:
        own = watched.account if watched else None
        task = tasks.task_of(item) if isinstance(item, Record) else None
        return Needs(
            key=mark_key(item),
            scopes=(*watch.scopes(watched, item, settings, now), STORM_SCOPE) if watched else (),
            tags_of=(tagged,) if tagged else (),
            seen_of=accounts(item, own, settings),
            account=own,
            caller=caller_id(task.principal) if task and task.principal else None,
        )
    key = session_key(item)
    scopes = [_own_scope(item)]
    if kind in GUESSES:
        scopes.append(GUESSING_SCOPE)
    if key:
        scopes.append(_task_scope(key))
    return Needs(
        key=item.key,
        scopes=(*scopes, STORM_SCOPE),
        access_key=key,
        failures_around=_time(item, now) if kind in _LOOK_FOR_FAILURES else None,
        tags_of=tuple(sorted({account for account in (item.account, tagged) if account})),
        seen_of=accounts(item, item.account, settings),
        account=item.account,
    )


def scope_of(fact: Fact, item: Item, known: Known, settings: Settings, now: datetime) -> str:
    """The incident that a fact belongs to: its account's, or the organisation's when many accounts are guessed at."""
    if fact.kind == "privileged-task" and fact.access_key_id:
        return _task_scope(fact.access_key_id)
    own = _own_scope(item)
    # A recovery that was completed is no guess any more: it is its account's, and pages for each.
    got_in = pages(fact.alone or fact.severity) and fact.error is None
    if fact.kind not in GUESSES or got_in:
        return own
    since = timedelta(minutes=FAILURE_MINUTES)
    guessed = {m.account for m in known.failures if abs(m.time - fact.time) <= since} | {fact.account}
    guessing = known.incidents.get(GUESSING_SCOPE)
    under_way = guessing is not None and not guessing.is_over(now, settings)
    own_incident = known.incidents.get(own)
    own_open = own_incident is not None and not own_incident.is_over(now, settings)
    # Where somebody got in, a failed sign-in belongs to that, whenever it is heard.
    if own_open and own_incident and (under_way or own_incident.sign_ins):
        return own
    return GUESSING_SCOPE if under_way or len(guessed) >= GUESSED_ACCOUNTS else own


def _own_scope(item: Item) -> str:
    return item.account or UNKNOWN_ACCOUNT


def _task_scope(access_key_id: str) -> str:
    return f"task/{access_key_id}"


def session_key(item: Item) -> str | None:
    """The temporary access key of a call, by which an AssumeRoot is joined to it."""
    identity = item.identity if isinstance(item, Record) else None
    key = identity.access_key_id if identity else None
    return key if key and key.startswith("ASIA") else None


def _time(item: Item, now: datetime) -> datetime:
    return item.time if isinstance(item, Record) and item.time else now
