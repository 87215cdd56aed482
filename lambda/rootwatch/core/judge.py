"""What one root use was, and how bad: by itself, before its incident is looked at."""

from datetime import datetime
from typing import Final

from rootwatch.catalogue import Act, Catalogue
from rootwatch.core import fields
from rootwatch.core.fact import Fact, Mfa
from rootwatch.core.network import network
from rootwatch.core.record import Record, Unreadable
from rootwatch.core.root_use import denied, failed
from rootwatch.core.words import Harm, RootUseKind, Severity, worst

_SIGN_IN_TITLES: Final[dict[Mfa, tuple[str, str]]] = {
    "yes": ("sign-in with MFA", "signed in to the console with MFA"),
    "no": ("sign-in, no MFA", "signed in to the console without MFA"),
    "unknown": ("sign-in, MFA unknown", "signed in to the console; whether with MFA is not stated"),
    "not-applicable": ("sign-in", "signed in to the console"),
}
_WORST: Final[dict[Harm, str]] = {
    "access": "it opens what root alone can open",
    "change": "what it destroys may not come back",
    "identity": "it hands on root's power",
    "credentials": "root's own credentials, contacts or e-mail are touched",
    "watch": "it blinds those who watch",
    "account": "it can take the account, or the organisation, away from its owner",
}
# https://attack.mitre.org/techniques/T1110/001/ (password guessing) and T1078/004 (valid cloud accounts)
_TECHNIQUES: Final[dict[RootUseKind, str]] = {"failed-sign-in": "T1110.001", "access-key-call": "T1078.004"}
_AFTER_A_FAILED_SIGN_IN: Final = (
    "Ask the account's owner whether this was their own slip. If not, somebody knows the root e-mail address: see that "
    "root has MFA, and watch for a recovery of its password."
)


def judge(item: Record | Unreadable, kind: RootUseKind, catalogue: Catalogue, now: datetime) -> Fact:
    """The fact of one root use. ``now`` stands in for the time of a record that has none."""
    if isinstance(item, Unreadable):
        return _unreadable(item, item.reason, now)
    if kind == "unreadable":
        return _unreadable(item, "its userIdentity is not what CloudTrail writes", now)
    act = catalogue.find(item.source, item.name, item.body)
    severity, why = _severity(item, kind, act)
    title, says = _words(item, kind, act)
    identity = item.identity
    return Fact(
        key=item.key,
        time=item.time or now,
        kind=kind,
        harm=act.harm,
        severity=severity,
        title=title,
        says=says,
        do_now=_do_now(item, kind, act),
        action=item.name,
        service=item.source,
        event_id=item.event_id,
        event_time=item.time,
        account=item.account,
        region=item.region,
        address=item.address,
        network=network(item.address),
        user_agent=item.user_agent,
        mfa=mfa(item, kind),
        error=(item.error_code or item.error_message or "refused") if failed(item) else None,
        invoked_by=identity.invoked_by if identity else None,
        access_key_id=identity.access_key_id if identity else None,
        technique=_TECHNIQUES.get(kind, act.technique),
        window=act.window,
        central=act.central,
        why=why,
    )


def mfa(record: Record, kind: RootUseKind) -> Mfa:
    """Whether MFA stood behind it, as far as the record says: never guessed kindly."""
    if kind == "sign-in":
        used = fields.truth(fields.inside(record.body.get("additionalEventData"), "MFAUsed"))
    elif kind in ("console-action", "api-call") and record.identity and record.identity.session_created:
        used = record.identity.mfa_authenticated
    else:
        return "not-applicable"
    return "unknown" if used is None else "yes" if used else "no"


def _severity(record: Record, kind: RootUseKind, act: Act) -> tuple[Severity, tuple[str, ...]]:
    """The severity and what made it so, in words that follow "because"."""
    if kind == "access-key-call":
        return "critical", ("a long-term access key of the root user was used",)
    if kind == "failed-sign-in":
        return "medium", ()
    if kind == "sign-in":
        return {
            "yes": ("high", ()),
            "no": ("critical", ("MFA was not used",)),
            "unknown": ("critical", ("whether MFA was used is not stated",)),
        }[mfa(record, kind)]  # type: ignore[return-value] # mypy reads the rows as tuples of str
    if kind == "recovery" or record.name == "CheckMfa":
        return act.severity, ()
    if act.severity != "critical":
        return worst("high", act.severity), ()
    return "critical", (f"had it worked: {_WORST[act.harm]}" if failed(record) else _WORST[act.harm],)


def _words(record: Record, kind: RootUseKind, act: Act) -> tuple[str, str]:
    if kind == "sign-in":
        return _SIGN_IN_TITLES[mfa(record, kind)]
    if kind == "failed-sign-in":
        stage = "MFA code" if record.name == "CheckMfa" else "password or MFA code"
        return "failed sign-in", f"failed to sign in to the console: wrong {stage}"
    says = act.says
    if failed(record):
        says = f"tried to {act.tried}" + (" and was denied" if denied(record) else " and failed")
    through = record.identity.invoked_by if record.identity else None
    if through and through != "signin.amazonaws.com":
        says += f", through {through}"
    if kind == "access-key-call":
        return f"access key in use: {says}", f"{says}, with a long-term access key"
    return says, says


def _do_now(record: Record, kind: RootUseKind, act: Act) -> str:
    """The row's advice; a failed sign-in and a long-term key call for their own, whatever was called."""
    if kind == "failed-sign-in":
        return _AFTER_A_FAILED_SIGN_IN
    key = record.identity.access_key_id if record.identity else None
    if kind == "access-key-call":
        first = f"Deactivate root's access key {key} at once, then delete it (IAMDeleteRootUserCredentials can)."
        return f"{first} {act.do_now}"
    return act.do_now


def _unreadable(item: Record | Unreadable, reason: str, now: datetime) -> Fact:
    return Fact(
        key=item.key,
        time=item.time if isinstance(item, Record) and item.time else now,
        kind="unreadable",
        harm="access",
        severity="high",
        title="record that can't be read",
        says=f"may have acted: a record mentions root and can't be read ({reason})",
        do_now="Look it up in CloudTrail's event history of this account; treat it as root use until you know better.",
        event_id=item.event_id,
        account=item.account,
        region=item.region,
        why=("a record that can't be read is never taken for harmless",),
    )
