"""What a window covers and what it does not, in a line each."""

from typing import Final

import msgspec

from rootwatch.core.settings import Settings
from rootwatch.core.window import COVERABLE, Window

NEVER: Final = (
    "root access keys, made or used",
    "the trail, detectors, rules and bus; the break-glass tags",
    "root's e-mail address; leaving the organisation, closing the account",
    "sessions that root federated; a record that can't be read",
)
_ACTS: Final = {"password": "root's password", "mfa": "root's MFA devices", "contact": "the account's contacts"}
_PAGES: Final = "pages"


class Line(msgspec.Struct, frozen=True):
    """``what`` root may do, and what ``becomes`` of it."""

    what: str
    becomes: str
    covered: bool


class Approval(msgspec.Struct, frozen=True):
    """Whether the window's ticket is approved: ``counts`` is None where that can't be known. ``why`` in words."""

    counts: bool | None
    why: str


def coverage(window: Window, approval: Approval, settings: Settings, owner: str | None = None) -> list[Line]:
    """Every line. ``owner``: the network that the window belongs to since its first use, if that is known."""
    guarded = window.account in settings.guarded_accounts
    lines = [
        Line("a sign-in with MFA; most calls, changing ones too", *_ordinary(approval, "low", guarded=guarded)),
        Line("a sign-in without MFA, or where that is unknown", *_ordinary(approval, "medium", guarded=guarded)),
    ]
    lines += [Line(_ACTS[act], *_with_approval(act, window, approval)) for act in sorted(COVERABLE)]
    lines.append(Line(_elsewhere(window, owner), _PAGES, covered=False))
    return [*lines, *(Line(what, f"{_PAGES}, since no window covers it", covered=False) for what in NEVER)]


def _ordinary(approval: Approval, severity: str, *, guarded: bool) -> tuple[str, bool]:
    told = f"planned, {severity}, told {'quietly' if severity == 'low' else 'at once'}, pages nobody"
    if not guarded:
        return told, True
    lowered = "pages, high at most; a window of the management or hub account lowers no further without an approval"
    if approval.counts:
        return told, True
    return (lowered if approval.counts is False else f"{lowered} ({approval.why})"), False


def _with_approval(act: str, window: Window, approval: Approval) -> tuple[str, bool]:
    if act not in window.covers:
        return f"{_PAGES}, since covers= does not name {act}", False
    if approval.counts:
        return f"planned, low, since covers= names it and {approval.why}", True
    return f"{_PAGES} until somebody else has approved the ticket; {approval.why}", False


def _elsewhere(window: Window, owner: str | None) -> str:
    if window.nets:
        return f"anything from outside {', '.join(window.nets)}, or from another network than the first use"
    return f"anything from another network than {owner or 'the first use'}"
