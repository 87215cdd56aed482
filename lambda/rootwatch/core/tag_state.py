"""What a break-glass tag's value is at a moment: an open window, one to come, one that has expired, or none and why."""

from datetime import datetime
from typing import Literal

import msgspec

from rootwatch.core.tags import Tags
from rootwatch.core.window import NotAWindowError, Window, parse
from rootwatch.core.windows import standing

State = Literal["open", "to come", "expired", "malformed"]


class TagState(msgspec.Struct, frozen=True, kw_only=True):
    """``window`` is None for a malformed value, whose ``why`` follows "because"."""

    account: str
    value: str
    state: State
    window: Window | None = None
    why: str = ""


def state_of_value(account: str, value: str, now: datetime) -> TagState:
    """The state of a value that was just read: when it was set, and by whom, is not known, but not after ``now``."""
    return _state(account, value, now, now, None, by_root=False)


def state_of_tags(tags: Tags, now: datetime) -> TagState | None:
    """The state of the value that was last seen, with who set it and when; None when there is no tag."""
    last = standing(tags)
    if last is None or last.value is None:
        return None
    return _state(tags.account, last.value, now, last.at, last.by, by_root=last.by_root)


def _state(account: str, value: str, now: datetime, set_at: datetime, by: str | None, *, by_root: bool) -> TagState:
    try:
        # An end that has passed is the first thing to say, whatever else the value is.
        claimed = parse(account, value)
        if claimed.until <= now:
            return TagState(account=account, value=value, state="expired", window=claimed)
        window = parse(account, value, set_at=set_at, set_by=by, by_root=by_root)
    except NotAWindowError as error:
        return TagState(account=account, value=value, state="malformed", why=str(error))
    return TagState(account=account, value=value, state="to come" if window.start > now else "open", window=window)
