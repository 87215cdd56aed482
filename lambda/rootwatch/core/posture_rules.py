"""What should hold of every account's credentials, rule by rule. What can't be read is unknown, never fine."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec

from rootwatch.core.posture import Central, Finding, Posture
from rootwatch.core.settings import Settings
from rootwatch.core.words import PostureRule

# not-applicable: there is nothing that the rule could be about, such as MFA where root has no password.
State = Literal["holds", "fails", "unknown", "not-applicable"]

RULES: Final[tuple[PostureRule, ...]] = get_args(PostureRule)
TITLES: Final[Mapping[PostureRule, str]] = {
    "root-mfa": "root signs in with MFA, or not at all",
    "root-mfa-hardware": "root's MFA devices are all hardware or passkeys",
    "root-no-access-key": "root has no access key",
    "root-no-certificate": "root has no signing certificate",
    "root-no-password": "root has no password",
    "root-unused": "root was not used lately",
    "central-root-access": "root access is managed centrally",
    "security-contact": "AWS knows whom to tell of security matters",
    "user-mfa": "users with a console password have MFA",
    "user-key-age": "users' access keys are not old",
    "user-one-key": "users have one active access key",
    "user-disabled-key": "users have no disabled access key",
    "user-unused": "users' passwords and access keys are in use",
    "user-password-age": "users' console passwords are not old",
}
_STALE: Final = timedelta(days=3)
_MONTHLY: Final = timedelta(days=10)  # as root we look once a week
_SHOWN: Final = 3
_CANT_SIGN_IN: Final = "root has no password, and can't sign in"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in one account. ``who``: the users that it has something against, as far as they are kept."""

    rule: PostureRule
    state: State
    says: str
    must: bool = False  # whether the settings ask for it
    who: tuple[Finding, ...] = ()

    @property
    def is_below(self) -> bool:
        """Whether the account lies below the settings' line by it: what is not known is no better than what fails."""
        return self.must and self.state in ("fails", "unknown")


def judge(posture: Posture, central: Central, settings: Settings, now: datetime) -> tuple[Verdict, ...]:
    """Every rule of an account that is not dormant, in order."""
    too_long_ago = _not_looked_at(posture, now)
    found = []
    for rule in RULES:
        answer: Answer = ("unknown", too_long_ago)
        who: tuple[Finding, ...] = ()
        if not too_long_ago:
            answer, who = _answer(rule, posture, central, settings, now)
        state, says = answer
        found.append(Verdict(rule=rule, state=state, says=says, who=who, must=rule in settings.posture.must))
    return tuple(found)


def _answer(
    rule: PostureRule, posture: Posture, central: Central, settings: Settings, now: datetime
) -> tuple["Answer", tuple[Finding, ...]]:
    if rule == "central-root-access":
        return _central(central), ()
    if rule in _OF_ROOT:
        return _OF_ROOT[rule](posture, settings, now), ()
    return _of_users(posture, rule)


Answer = tuple[State, str]


def _not_looked_at(posture: Posture, now: datetime) -> str:
    if posture.looked_at is None:
        return "not looked at yet"
    longest = _MONTHLY if posture.via == "AssumeRoot" else _STALE
    if now - posture.looked_at > longest:
        return f"not looked at since {posture.looked_at:%Y-%m-%d}"
    return ""


def _mfa(posture: Posture, settings: Settings, now: datetime) -> Answer:  # noqa: ARG001 # as all rules of root
    root = posture.root
    if root.password is False:
        return "not-applicable", _CANT_SIGN_IN
    if root.mfa is None:
        return "unknown", _why(posture, "MFA")
    if not root.mfa:
        return "fails", "root has no MFA"
    return "holds", f"{root.devices} MFA device{'' if root.devices == 1 else 's'}" if root.devices else "root has MFA"


def _hardware(posture: Posture, settings: Settings, now: datetime) -> Answer:  # noqa: ARG001 # as all rules of root
    root = posture.root
    if root.password is False:
        return "not-applicable", _CANT_SIGN_IN
    if root.mfa is False:
        return "fails", "root has no MFA"
    if root.mfa is None or root.hardware is None:
        return "unknown", _why(posture, "MFA" if root.mfa is None else "MFA devices")
    return ("holds", "no device is virtual") if root.hardware else ("fails", "a virtual MFA device")


def _no_key(posture: Posture, settings: Settings, now: datetime) -> Answer:  # noqa: ARG001 # as all rules of root
    root = posture.root
    if root.keys:
        said = [f"{'active' if key.active else 'inactive'}, {_used(key.used)}" for key in root.keys]
        return "fails", f"{len(said)} access key{'' if len(said) == 1 else 's'} of root: {'; '.join(said)}"
    if root.keys_present:
        return "fails", "root has an access key"
    if root.keys_present is None and root.keys is None:
        return "unknown", _why(posture, "access keys")
    return "holds", "none"


def _no_certificate(posture: Posture, settings: Settings, now: datetime) -> Answer:  # noqa: ARG001 # as all of root
    found = posture.root.certificates
    if found is None:
        return "unknown", _why(posture, "signing certificates")
    return ("fails", "root has a signing certificate") if found else ("holds", "none")


def _no_password(posture: Posture, settings: Settings, now: datetime) -> Answer:  # noqa: ARG001 # as all rules of root
    if posture.account == settings.management_account:
        return "not-applicable", "the management account's root always has one"
    found = posture.root.password
    if found is None:
        return "unknown", _why(posture, "password")
    return ("fails", "root has a password") if found else ("holds", "none")


def _unused(posture: Posture, settings: Settings, now: datetime) -> Answer:
    root = posture.root
    if root.used is None:
        return ("holds", "never used, or not in AWS's memory") if root.used_known else ("unknown", _why(posture, "use"))
    days = max((now - root.used).days, 0)
    return ("fails" if days < settings.posture.root_unused_days else "holds"), _used(root.used)


def _contact(posture: Posture, settings: Settings, now: datetime) -> Answer:  # noqa: ARG001 # as all rules of root
    if posture.contact is None:
        return "unknown", _why(posture, "security contact")
    return ("holds", "set") if posture.contact else ("fails", "no security contact")


_OF_ROOT: Final[Mapping[PostureRule, Callable[[Posture, Settings, datetime], Answer]]] = {
    "root-mfa": _mfa,
    "root-mfa-hardware": _hardware,
    "root-no-access-key": _no_key,
    "root-no-certificate": _no_certificate,
    "root-no-password": _no_password,
    "root-unused": _unused,
    "security-contact": _contact,
}


def _central(central: Central) -> Answer:
    if central.credentials is None or central.sessions is None:
        return "unknown", central.unknown or "not known"
    off = [
        name
        for name, on in (("root credentials management", central.credentials), ("root sessions", central.sessions))
        if not on
    ]
    return ("fails", f"off: {' and '.join(off)}") if off else ("holds", "both features are on")


def _of_users(posture: Posture, rule: PostureRule) -> tuple[Answer, tuple[Finding, ...]]:
    users = posture.users
    if users is None:
        return ("unknown", _why(posture, "users")), ()
    number = users.against.get(rule, 0)
    if not number:
        return ("holds", f"{users.number} user{'' if users.number == 1 else 's'}"), ()
    who = tuple(finding for finding in users.findings if finding.rule == rule)
    named = [f"{name}: {says}" for name, says in _first_of_each(who)]
    more = number - len(named[:_SHOWN])
    rest = f"; and {more} more" if more > 0 else ""
    return ("fails", f"{number} of {users.number} users: {'; '.join(named[:_SHOWN])}{rest}"), who


def _first_of_each(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    first: dict[str, str] = {}
    for finding in findings:
        first.setdefault(finding.user, finding.says)
    return list(first.items())


def _why(posture: Posture, what: str) -> str:
    return posture.unknown.get(what) or posture.unknown.get("account") or "AWS does not say"


def _used(at: datetime | None) -> str:
    return f"last used {at:%Y-%m-%d}" if at else "never used"
