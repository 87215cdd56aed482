"""What became worse with an account's root since it was last known, told once; and that it is over.

An access key that appears and MFA that disappears are critical; a new account without MFA after its grace is high. What
was so at our first look is no news: the digest tells it.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.posture import Posture, Trouble
from rootwatch.core.posture_report import Key
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity

_TITLES: Final[dict[Trouble, str]] = {
    "key": "root has a new access key",
    "mfa": "root can sign in without MFA now",
    "new": "new account whose root has no MFA",
}
_OVER: Final[dict[Trouble, str]] = {
    "key": "root has no active access key any more",
    "mfa": "root has MFA again, or no password",
    "new": "root has MFA, or no password",
}
_SEVERITY: Final[dict[Trouble, Severity]] = {"key": "critical", "mfa": "critical", "new": "high"}
_MEANS: Final[dict[Trouble, str]] = {
    "key": "Whoever holds it can do everything in the account, from anywhere, and no MFA stands in the way.",
    "mfa": "Root's password alone opens the account, and whoever reads root's mail can have a new one.",
    "new": "Root's password alone opens the account, and whoever reads root's mail can have a new one.",
}
_DO: Final[dict[Trouble, str]] = {
    "key": "Find out who made it, by CloudTrail's CreateAccessKey or UpdateAccessKey of root there. If nobody can say, "
    "treat the account as taken over; delete the key in either case.",
    "mfa": "Find out who removed it, by CloudTrail's DeactivateMFADevice of root there. If nobody can say, treat the "
    "account as taken over; register MFA again, or take root's password away by centralised root access.",
    "new": "Register MFA for its root, or take root's password away by centralised root access.",
}
_TECHNIQUE: Final[dict[Trouble, str]] = {"key": "T1098.001", "mfa": "T1556.006", "new": "T1078.004"}


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """What to tell, and the account as it shall stand once it is told."""

    began: tuple[Fact, ...]
    over: tuple[Fact, ...]
    posture: Posture


def drift(read: Posture, settings: Settings, now: datetime) -> Drift:
    """Compares what was read of an account with what was last known of it. What could not be read changes nothing."""
    began: dict[Trouble, Fact] = {}
    ended = dict(_ended(read, now))
    told = {trouble: since for trouble, since in read.told.items() if trouble not in ended}
    if not read.dormant:
        began = dict(_began(read, told.keys(), settings, now))
    posture = msgspec.structs.replace(
        read,
        known_keys=read.known_keys if read.root.keys is None else tuple(map(_name, _active(read))),
        known_mfa=read.known_mfa if _guarded(read) is None else _guarded(read),
        told=told | {trouble: told.get(trouble, now) for trouble in began},
    )
    return Drift(began=tuple(began.values()), over=tuple(ended.values()), posture=posture)


def _began(
    read: Posture, standing: Collection[Trouble], settings: Settings, now: datetime
) -> Iterator[tuple[Trouble, Fact]]:
    known = read.known_keys if read.known_keys is not None or not read.is_new else ()
    fresh = [key for key in _active(read) if known is not None and _name(key) not in known]
    if fresh:
        used = [f"used {key.used:%Y-%m-%d %H:%MZ}" for key in fresh if key.used] or ["not used so far"]
        before = "It is a new account" if read.known_keys is None else "It did not have it before"
        says = f"Root of the account {read.account} has an active access key, {'; '.join(used)}. {before}"
        yield "key", _fact("key", read, says, now)
    if _guarded(read) is not False:
        return
    if read.known_mfa:
        says = f"Root of the account {read.account} can sign in without MFA, and could not before"
        yield "mfa", _fact("mfa", read, says, now)
    elif (
        read.is_new
        and now - read.since >= timedelta(days=settings.posture.grace_days)
        and not {"mfa", "new"} & set(standing)
    ):
        days = (now - read.since).days
        says = f"The account {read.account} has been here for {days} days, and its root has no MFA"
        yield "new", _fact("new", read, says, now)


def _ended(read: Posture, now: datetime) -> Iterator[tuple[Trouble, Fact]]:
    for trouble, since in read.told.items():
        well = read.root.keys is not None and not _active(read) if trouble == "key" else _guarded(read)
        if well or read.dormant:
            yield trouble, _over(trouble, read, since, now)


def _guarded(read: Posture) -> bool | None:
    """Whether root needs MFA to sign in, or can't sign in at all; None where it is not known."""
    return True if read.root.password is False else read.root.mfa


def _active(read: Posture) -> list[Key]:
    return [key for key in read.root.keys or () if key.active]


def _name(key: Key) -> str:
    """A key by when it was made: no source tells more in every way of looking."""
    return key.made.isoformat() if key.made else f"slot {key.slot}"


def _fact(trouble: Trouble, read: Posture, says: str, now: datetime) -> Fact:
    return Fact(
        # The version is what was read from the table: a second try of the same look is a duplicate, a later look none.
        key=digest("root unlocked", trouble, read.account, read.version),
        time=now,
        kind="root-unlocked",
        harm="credentials",
        severity=_SEVERITY[trouble],
        title=_TITLES[trouble],
        says=says,
        means=_MEANS[trouble],
        do_now=_DO[trouble],
        technique=_TECHNIQUE[trouble],
        account=read.account,
        cause=trouble,
    )


def _over(trouble: Trouble, read: Posture, since: datetime, now: datetime) -> Fact:
    gone = "the account is closed, suspended or gone, and not looked at any more"
    title = gone if read.dormant else _OVER[trouble]
    return Fact(
        key=digest("root locked", trouble, read.account, since),
        time=now,
        event_time=since,
        kind="root-unlocked",
        harm="credentials",
        severity="low",
        title=title,
        says=f"{title[0].upper()}{title[1:]}; told on {since:%Y-%m-%d %H:%MZ}",
        means="That it was so is not undone: what was done meanwhile, the log files tell.",
        do_now="Find out who it was, if nobody has; its PagerDuty alert stays open until somebody resolves it.",
        account=read.account,
        cause=trouble,
    )
