"""Users with long-term credentials: what is old, unused or without MFA, and where the rotation of a key stands.

Reported, never enforced.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from rootwatch.core.posture import Disabled, Finding, Users
from rootwatch.core.posture_report import Identity, Key
from rootwatch.core.sections import Posture as PostureSettings

# none: nothing is old. due: old and alone. made: a second key is there, and not used yet. rolling-out: both are used.
# rolled-out: the new one is used, the old one not any more. disabled: a key is off. deletable: for long enough.
Stage = Literal["none", "due", "made", "rolling-out", "rolled-out", "disabled", "deletable"]

_MOST: Final = 100  # findings kept of one account: an item has 400 kB
_QUIET: Final = timedelta(days=7)  # an old key that was not used for so long is not used any more


def users(
    identities: Sequence[Identity], before: Iterable[Disabled] | None, rules: PostureSettings, now: datetime
) -> tuple[Users, tuple[Disabled, ...]]:
    """What is to be said of these users, and which keys are disabled since when. ``before``: those that were known to
    be; None where nobody remembers."""
    since = {(one.user, one.slot): one.since for one in before or ()}
    disabled = [
        Disabled(one.user, key.slot, since.get((one.user, key.slot), now))
        for one in identities
        for key in one.keys
        if not key.active
    ]
    known = {(one.user, one.slot): one.since for one in disabled if before is not None}
    found = [finding for one in identities for finding in _findings(one, known, rules, now)]
    counts = Counter(finding.rule for finding in {(f.user, f.rule): f for f in found}.values())
    return (
        Users(number=len(identities), against=dict(sorted(counts.items())), findings=tuple(found[:_MOST])),
        tuple(disabled[: 10 * _MOST]),
    )


def rotation(active: Sequence[Key], rules: PostureSettings, now: datetime) -> tuple[Stage, str]:
    """Where the rotation of a user's active keys stands, and what to do next in words."""
    old = min(active, key=_made, default=None)
    if old is None or not _is_old(old, rules, now):
        return "none", ""
    age = f"key {old.slot} is {_days(old.made, now)} days old"
    new = next((key for key in active if key is not old), None)
    if new is None:
        return "due", f"{age}: make a second key, and use it in its place"
    if new.used is None:
        return "made", f"{age}; key {new.slot} was made and is not used yet: roll it out"
    if old.used is None or (old.used < new.used and now - old.used >= _QUIET):
        return "rolled-out", f"{age}; key {new.slot} is used and key {old.slot} is not any more: disable key {old.slot}"
    return "rolling-out", f"{age} and still used beside key {new.slot}: go on rolling out key {new.slot}"


def deletion(
    off: Key, since: datetime | None, *, has_other: bool, rules: PostureSettings, now: datetime
) -> tuple[Stage, str]:
    """What becomes of a disabled key. ``since``: when it was first seen to be disabled."""
    if since is None:
        return "disabled", f"key {off.slot} is disabled, since when is not known: delete it once nobody misses it"
    days = (now - since).days
    if days >= rules.delete_days:
        return "deletable", f"key {off.slot} was disabled {days} days ago or more: delete it"
    left = rules.delete_days - days
    missed = "" if has_other else ", and no other key is there"
    return "disabled", f"key {off.slot} is disabled{missed}: delete it in {left} day{'' if left == 1 else 's'}"


def _findings(
    one: Identity, disabled: dict[tuple[str, int], datetime], rules: PostureSettings, now: datetime
) -> Iterator[Finding]:
    if one.password and one.mfa is False:
        yield Finding(user=one.user, rule="user-mfa", says="signs in to the console without MFA")
    if one.password:
        yield from _of_password(one, rules, now)
    yield from _of_keys(one, disabled, rules, now)


def _of_password(one: Identity, rules: PostureSettings, now: datetime) -> Iterator[Finding]:
    age = _days(one.password_changed, now)
    if age is not None and age >= rules.password_days:
        yield Finding(user=one.user, rule="user-password-age", says=f"password not changed for {age} days")
    since = one.password_used or one.password_changed or one.created
    idle = _days(since, now)
    if idle is not None and idle >= rules.unused_days:
        never = "never used since it was made" if one.password_used is None else "not used"
        yield Finding(user=one.user, rule="user-unused", says=f"password {never} for {idle} days")


def _of_keys(
    one: Identity, disabled: dict[tuple[str, int], datetime], rules: PostureSettings, now: datetime
) -> Iterator[Finding]:
    for key in one.keys:
        idle = _days(key.used or key.made, now)
        if key.active and idle is not None and idle >= rules.unused_days:
            never = "never used since it was made" if key.used is None else "not used"
            yield Finding(user=one.user, rule="user-unused", says=f"key {key.slot} {never} for {idle} days")
    active = [key for key in one.keys if key.active]
    stage, says = rotation(active, rules, now)
    if stage != "none":
        yield Finding(user=one.user, rule="user-key-age", says=says)
    if len(active) > 1:
        yield Finding(user=one.user, rule="user-one-key", says="has two active keys")
    for off in (key for key in one.keys if not key.active):
        since = disabled.get((one.user, off.slot))
        _, says = deletion(off, since, has_other=bool(active), rules=rules, now=now)
        yield Finding(user=one.user, rule="user-disabled-key", says=says)


def _is_old(key: Key, rules: PostureSettings, now: datetime) -> bool:
    age = _days(key.made, now)
    return age is not None and age >= rules.key_days


def _days(since: datetime | None, now: datetime) -> int | None:
    return None if since is None else max((now - since).days, 0)


def _made(key: Key) -> tuple[bool, float, int]:
    """One whose making is not known counts as the newer."""
    return key.made is None, key.made.timestamp() if key.made else 0.0, key.slot
