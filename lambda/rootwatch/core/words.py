"""The words of the design as types, and their order where they have one."""

from typing import Final, Literal, get_args

Harm = Literal["access", "change", "identity", "credentials", "watch", "account"]
Severity = Literal["low", "medium", "high", "critical"]
Verdict = Literal["unplanned", "planned", "breakthrough", "privileged-task", "expected"]
RootUseKind = Literal[
    "unreadable",
    "privileged-task",
    "federated",
    "access-key-call",
    "failed-sign-in",
    "sign-in",
    "recovery",
    "console-action",
    "api-call",
]
WatchKind = Literal[
    "assume-root-refused",
    "root-access-switched",
    "root-access-delegated",
    "root-email-changed",
    "tag",
    "tampering",
    "account-joined",
    "account-moved",
    "account-left",
    "account-removed",
    "account-closed",
    "organisation-deleted",
    "deployment",
]
# What rootwatch finds out by itself, without a record: see ``observe``.
ObservedKind = Literal[
    "silence",
    "fast-path-lost",
    "fast-path-gap",
    "rule-deviation",
    "trail-trouble",
    "account-missing",
    "unreadable-log-file",
    "rehearsal",
    "storm",
    "send-failed",
    "window-ending",
    "window-ended",
    "tag-without-record",
    "tags-expired",
    "root-unlocked",
    "posture-digest",
]
Kind = RootUseKind | WatchKind | ObservedKind
NoticeType = Literal["opened", "escalated", "digest", "planned", "acknowledged", "corrected", "closed"]
Disposition = Literal["opened", "escalated", "folded", "watch", "canary", "ignored", "unreadable"]
ChannelName = Literal["sns", "slack", "pagerduty"]
Path = Literal["EventBridge", "log file"]  # the fast path, the backstop
# What should hold of an account's credentials.
PostureRule = Literal[
    "root-mfa",
    "root-mfa-hardware",
    "root-no-access-key",
    "root-no-certificate",
    "root-no-password",
    "root-unused",
    "central-root-access",
    "security-contact",
    "user-mfa",
    "user-key-age",
    "user-one-key",
    "user-disabled-key",
    "user-unused",
    "user-password-age",
]
# The rules in every account and Region that forward to the hub.
RuleName = Literal["rootwatch-root-use", "rootwatch-watch-events", "rootwatch-tampering"]

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
CHANNELS: Final[tuple[ChannelName, ...]] = get_args(ChannelName)
WATCH_KINDS: Final[frozenset[str]] = frozenset(get_args(WatchKind))
OBSERVED_KINDS: Final[frozenset[str]] = frozenset(get_args(ObservedKind))
# What lasts until it is seen to be over, however quiet it is meanwhile.
STANDING_KINDS: Final[frozenset[str]] = frozenset(
    {"deployment", "silence", "fast-path-lost", "rule-deviation", "trail-trouble", "send-failed", "root-unlocked"}
)


def rank(severity: Severity) -> int:
    """0 for low up to 3 for critical."""
    return SEVERITIES.index(severity)


def worst(*severities: Severity) -> Severity:
    """The highest of them; low when there is none."""
    return max(severities, key=rank, default="low")


def pages(severity: Severity) -> bool:
    """High and critical go to PagerDuty as a trigger; nothing below does."""
    return rank(severity) >= rank("high")
