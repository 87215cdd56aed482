"""What is told of the fast path: that EventBridge did not bring a record, and that it brings them again."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from rootwatch.core.fact import Fact
from rootwatch.core.fast_path import FastPath, Loss, Regained
from rootwatch.core.ports import Pending
from rootwatch.core.record import digest
from rootwatch.core.roll import Place
from rootwatch.core.settings import Settings
from rootwatch.core.words import ObservedKind, Severity

_TECHNIQUE: Final = "T1562.008"  # https://attack.mitre.org/techniques/T1562/008/: somebody disables cloud logs
_UNTIL: Final = (
    "It was told from the log file. Until EventBridge brings a later record, what happens {where} is told from the log "
    "files alone: 5 to 15 minutes late, and nothing of it is lost."
)
_ONE_PLACE: Final = (
    "See whether the rule {rule} stands in {region} of this account, in the state "
    "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS and with the hub's bus as its target, and whether its role "
    "rootwatch-forwarding stands. If not, find who changed it: DeleteRule, DisableRule, PutRule, RemoveTargets, "
    "DeleteRolePolicy. Then deploy again. If all of it stands, look at the queue rootwatch-records in the hub."
)
_WHAT_THEY_SHARE: Final = (
    "Look at the hub first: the bus rootwatch and its policy, the rule and the queue rootwatch-records, the errors of "
    "rootwatch-monitor. If these are well, somebody changed the rules rootwatch-* or the role rootwatch-forwarding in "
    "all of these places: look at the StackSets and at who may change them."
)
_NEW: Final = (
    "The account has not been under watch for long, and none of its canaries was heard there so far: its rules may not "
    "be deployed yet. It was told from the log file."
)
_SEE_STACK_SET: Final = (
    "See in the management account whether the StackSet's instance in {region} of this account is deployed, or why not."
)
_NO_RULES: Final = (
    "Write {region} into rootwatch.regions and deploy, so that it has rules; or forbid it by a service control policy."
)


def lost(pending: Pending, loss: Loss, watched: Place | None, settings: Settings) -> Fact:
    """The fact of a loss that begins with this record: what the person on call must know of it. ``watched`` is what
    coverage knows of the place."""
    told = _told(pending, loss, watched, settings)
    # That a place is silent may have been told already, by its canaries: nobody is woken twice for it.
    is_news = watched is None or watched.told is None
    return _missed(
        pending,
        "fast-path-lost",
        severity="high" if told.is_alarming and is_news else "medium",
        title=told.title,
        means=told.means,
        do_now=told.do_now,
        cause=loss.cause,
        technique=_TECHNIQUE if told.is_alarming else "",
    )


class _Told(NamedTuple):
    title: str
    means: str
    do_now: str
    is_alarming: bool = True


def _told(pending: Pending, loss: Loss, watched: Place | None, settings: Settings) -> _Told:
    region = pending.region
    if region not in settings.regions:
        means = f"rootwatch.regions does not name {region}: what happens there is told from the log files alone."
        return _Told(f"no rules in {region}", means, _NO_RULES.format(region=region), is_alarming=False)
    if watched and watched.state == "new":
        return _Told(f"no rules in {region} yet", _NEW, _SEE_STACK_SET.format(region=region), is_alarming=False)
    if loss.is_shared:
        return _Told("fast path lost in several places", _UNTIL.format(where="there"), _WHAT_THEY_SHARE)
    means = _UNTIL.format(where=f"in {region} of this account") + " Somebody may have cut it."
    return _Told("fast path lost", means, _ONE_PLACE.format(rule=pending.rule, region=region))


def gap(pending: Pending) -> Fact:
    """The fact of a single record that did not come, though later ones did."""
    return _missed(
        pending,
        "fast-path-gap",
        severity="low",
        title="one record that EventBridge did not bring",
        means="It was told from the log file. EventBridge brought a later record from there, so that the path works.",
        do_now="Nothing: EventBridge promises no delivery of each single event. If it goes on, ask AWS Support.",
        cause="fast path",
    )


def regained(path: FastPath, one: Regained) -> Fact:
    """The fact that a loss is over; of one that places shared, once the last of them is heard again."""
    loss = one.loss
    account, region = (None, None) if loss.is_shared else (path.account, path.region)
    where = "the last of these places" if loss.is_shared else path.region
    records = "1 record" if loss.records == 1 else f"{loss.records} records"
    whose = f" of {path.region} in {path.account}" if loss.is_shared else ""
    return Fact(
        key=digest("fast path regained", path.account, path.region, one.rule, loss.first.isoformat(), loss.records),
        time=one.at,
        event_time=loss.first,
        kind="fast-path-lost",
        harm="watch",
        severity="low",
        title="heard again",
        says=f"EventBridge brings the records of the rule {one.rule} from {where} again",
        means=f"While it did not, {records}{whose} came by the log files alone, of {_span(loss.first, loss.last)}.",
        do_now="If you know what was wrong, nothing; else find out what was cut, and who mended it.",
        account=account,
        region=region,
        cause=loss.cause,
    )


def _missed(
    pending: Pending,
    kind: ObservedKind,
    *,
    severity: Severity,
    title: str,
    means: str,
    do_now: str,
    cause: str,
    technique: str = "",
) -> Fact:
    return Fact(
        key=digest("not brought by EventBridge", pending.key),
        time=pending.time,
        event_time=pending.time,
        kind=kind,
        harm="watch",
        severity=severity,
        title=title,
        says=f"EventBridge did not bring the record of {pending.action} from {pending.region} within 15 minutes",
        means=means,
        do_now=do_now,
        event_id=pending.event_id,
        account=pending.account,
        region=pending.region,
        technique=technique,
        cause=cause,
    )


def _span(first: datetime, last: datetime) -> str:
    began, ended = (f"{time.astimezone(UTC):%Y-%m-%d %H:%M}" for time in (first, last))
    return f"{began} UTC" if began == ended else f"{began} to {ended} UTC"
