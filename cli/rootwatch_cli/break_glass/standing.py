"""How one account stands: its tag, what is known of who set it, and whether its ticket is approved."""

from datetime import datetime

import msgspec

from rootwatch.core.tag_state import TagState, state_of_tags, state_of_value
from rootwatch.core.tags import Tags
from rootwatch.core.window import Window
from rootwatch.core.windows import approval, declared, owner, standing
from rootwatch_cli.break_glass.accounts import Account
from rootwatch_cli.break_glass.coverage import Approval
from rootwatch_cli.break_glass.desk import Set


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """``tag`` is None where the account has none. ``known``: what the hub's table holds, if it was asked."""

    account: Account
    tag: TagState | None
    approval: Approval = Approval(None, "not known here")
    declared_by: str | None = None
    declared_at: datetime | None = None
    known: Tags | None = None
    owner: str | None = None  # the network that the window belongs to

    @property
    def window(self) -> Window | None:
        """The window that is open or to come."""
        return self.tag.window if self.tag and self.tag.state in ("open", "to come") else None


def from_tags(account: Account, there: Set, known: Tags | None, now: datetime) -> Standing:
    """From the tags as they were read just now, with what the table knows of that value's setting."""
    if there.window is None:
        return Standing(account=account, tag=None, known=known)
    last = known.latest("window") if known else None
    if known and last and last.value == there.window:
        return from_table(account, known, now)
    tag = state_of_value(account.id, there.window, now)
    return Standing(account=account, tag=tag, approval=_unproved(there, tag.window), known=known)


def from_table(account: Account, known: Tags, now: datetime) -> Standing:
    """From the hub's table alone: as it judges."""
    tag, last = state_of_tags(known, now), standing(known)
    window = _window(known, tag, now)
    if tag and window:
        tag = msgspec.structs.replace(tag, window=window)
    first = owner(window, known) if window else None
    return Standing(
        account=account,
        tag=tag,
        approval=_approval(window, known, now) if window else Approval(False, "there is no window"),
        declared_by=last.by if last and last.proved else None,
        declared_at=last.at if last else None,
        known=known,
        owner=first.value if first else None,
    )


def _window(known: Tags, tag: TagState | None, now: datetime) -> Window | None:
    """The window of the last value as the table has it: from when it was first set, and whether that is proved."""
    if tag is None or tag.window is None or tag.state == "expired":
        return None
    later = [window for window in declared(known)[0] if window.until == tag.window.until and window.until > now]
    return later[-1] if later else tag.window


def _approval(window: Window, known: Tags, now: datetime) -> Approval:
    if window.ticket is None:
        return Approval(False, "it names no ticket that could be")
    approved = approval(window, known, now)
    if approved:
        return Approval(True, f"{window.ticket} is approved by {approved.by}")
    last = known.latest("approval")
    if not window.proved:
        return Approval(False, "the tag's own record was not heard, so that nobody can be another principal")
    if last is None or last.value is None:
        return Approval(False, f"nobody has approved {window.ticket}")
    if last.value != window.ticket:
        return Approval(False, f"what is approved is {last.value}, not {window.ticket}")
    if last.by == window.set_by:
        return Approval(False, "who declared it approved it")
    return Approval(False, "root approved it" if last.by_root else "the approval's own record was not heard")


def _unproved(there: Set, window: Window | None) -> Approval:
    """What two tags alone say: a ticket that is not named is not approved; who set them is not in them."""
    if window is None or window.ticket is None:
        return Approval(False, "it names no ticket that could be")
    if there.approval is None:
        return Approval(False, f"nobody has approved {window.ticket}")
    if there.approval != window.ticket:
        return Approval(False, f"what is approved is {there.approval}, not {window.ticket}")
    return Approval(None, f"{window.ticket} is approved, if by another principal than who declared it")
