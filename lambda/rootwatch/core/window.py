"""Break-glass windows: what a tag on an account declares, read strictly. What can't be read is not a window.

The value is words: ``until=2026-11-24T18:00Z ticket=SEC-142 by=ana@example.com``, with ``from=`` (narrows only),
``net=198.51.100.0/24``, ``covers=password|mfa|contact`` and free words as options. Only characters that tags allow:
https://docs.aws.amazon.com/organizations/latest/APIReference/API_Tag.html
"""

import ipaddress
import re
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core import fields
from rootwatch.core.fact import Fact
from rootwatch.core.words import Verdict

LONGEST: Final = timedelta(hours=12)
_ALLOWED: Final = re.compile(r"[\w .:/=+@-]{0,256}")
_KEYS: Final = frozenset({"until", "from", "ticket", "by", "net", "covers"})
COVERABLE: Final = frozenset({"password", "mfa", "contact"})  # what covers= may name
NEVER_COVERED: Final = frozenset({"unreadable", "federated", "access-key-call"})


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A declared window: planned use of one account's root, from its start until its end."""

    account: str
    start: datetime
    until: datetime
    ticket: str | None = None
    by: str | None = None  # a claim of the tag; who declared is `set_by`
    set_by: str | None = None
    nets: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    claimed: datetime  # where it would start if it had always been there
    proved: bool = True  # by the record of its setting; False: we read the tag, and count it from then on


class NotAWindowError(ValueError):
    """Why a tag's value declares nothing, in words that follow "because"."""


def parse(
    account: str, value: str, *, set_at: datetime | None = None, set_by: str | None = None, by_root: bool = False
) -> Window:
    """Reads a tag's value. ``set_at`` is when it was set, or first read; None if that is not known, as in a file.

    Raises ``NotAWindowError``.
    """
    if by_root:
        raise NotAWindowError("root itself set the tag")
    if not _ALLOWED.fullmatch(value):
        raise NotAWindowError("the tag holds characters that tags don't allow")
    words = _words(value)
    until = fields.moment(words.get("until"))
    if until is None:
        raise NotAWindowError("the tag has no until= that can be read; write until=2026-11-24T18:00Z")
    asked = fields.moment(words["from"]) if "from" in words else None
    if "from" in words and asked is None:
        raise NotAWindowError("its from= can't be read; write from=2026-11-24T16:00Z")
    claimed = asked or until - LONGEST
    start = max(asked or set_at, set_at) if set_at else claimed
    if until <= start:
        raise NotAWindowError("it ended before it began")
    if until - start > LONGEST:
        raise NotAWindowError("it is longer than 12 hours")
    covers = tuple(word for word in re.split(r"[/+.]", words.get("covers", "")) if word)
    if not COVERABLE.issuperset(covers):
        raise NotAWindowError("its covers= names something else than password, mfa or contact")
    return Window(
        account=account,
        start=start,
        claimed=claimed,
        until=until,
        ticket=words.get("ticket"),
        by=words.get("by"),
        set_by=set_by,
        nets=_nets(words["net"]) if "net" in words else (),
        covers=covers,
    )


def why_not_covered(window: Window, fact: Fact, *, claimed: bool = False) -> str | None:
    """Why this window does not make a fact planned; None when it does, an approval apart.

    ``claimed``: as if the tag had always been there. Asked only for the window's own account.
    """
    start = window.claimed if claimed else window.start
    if fact.event_time is None or not start <= fact.event_time <= window.until:
        return "it lies outside of the window's time"
    if fact.kind in NEVER_COVERED or fact.window == "never":
        return "no window can cover this"
    if fact.window in COVERABLE and fact.window not in window.covers:
        return f"a window covers this only with covers={fact.window} and an approval"
    if window.nets and not inside(fact.address, window.nets):
        return "it came from outside of the window's net="
    return None


def is_open(window: Window, moment: datetime | None) -> bool:
    """Whether the window's time holds this moment."""
    return moment is not None and window.start <= moment <= window.until


_ORDER: Final[tuple[Verdict, ...]] = ("privileged-task", "expected", "planned", "unplanned", "breakthrough")


def worst_verdict(*verdicts: Verdict) -> Verdict:
    """The one that needs most attention."""
    return max(verdicts, key=_ORDER.index)


def _words(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in value.split():
        key, equals, text = word.partition("=")
        if not equals or key not in _KEYS:
            continue
        if key in found:
            raise NotAWindowError(f"it says {key}= twice")
        found[key] = text
    return found


def _nets(value: str) -> tuple[str, ...]:
    try:
        return (str(ipaddress.ip_network(value, strict=False)),)
    except ValueError:
        raise NotAWindowError("its net= can't be read; write net=198.51.100.0/24") from None


def inside(address: str | None, nets: tuple[str, ...]) -> bool:
    """Every address that CloudTrail names must lie inside: with two of them, who knows which is the caller's."""
    try:
        ips = [ipaddress.ip_address(part) for part in re.split(r"[,\s]+", address or "") if part]
    except ValueError:
        return False
    return bool(ips) and all(any(ip in ipaddress.ip_network(net) for net in nets) for ip in ips)
