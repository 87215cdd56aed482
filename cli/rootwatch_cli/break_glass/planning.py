"""From what somebody asks, and how the account stands, to a plan; or the sentence why there is none."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rootwatch.core.declaring import Asked, written
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging
from rootwatch.core.watch_tags import MUCH
from rootwatch.core.window import NotAWindowError, Window
from rootwatch.core.windows import declared_time
from rootwatch.render.clean import clean
from rootwatch_cli.aws import Caller
from rootwatch_cli.break_glass.accounts import Account
from rootwatch_cli.break_glass.plan import Change, Plan
from rootwatch_cli.break_glass.standing import Standing
from rootwatch_cli.settings_file import BadInputError

_TIME: Final = "%Y-%m-%d %H:%MZ"


def value_of(asked: Asked, account: str, now: datetime) -> tuple[str, Window]:
    """The tag's value and its window. Raises BadInputError for what would be no window."""
    try:
        return written(account, asked, now)
    except NotAWindowError as error:
        raise BadInputError(f"That would be no window: {error}.") from None


def opening(asked: Asked, account: Account, standing: Standing, settings: Settings, now: datetime) -> Plan:
    """Declares a window."""
    value, window = value_of(asked, account.id, now)
    begins = f"from {window.start:{_TIME}}" if asked.begins else "from now"
    says = (
        f"Declare a window on {account.label} {begins} until {window.until:{_TIME}}, ticket {window.ticket or 'none'}."
    )
    return Plan(
        says=(says,),
        warns=tuple(_warnings(window, standing, settings)),
        changes=(Change(account=account, keys=(settings.break_glass_tag,), value=value),),
    )


def _warnings(window: Window, standing: Standing, settings: Settings) -> Iterator[str]:
    if window.account in settings.guarded_accounts:
        which = "management" if window.account == settings.management_account else "hub"
        yield (
            f"This is the {which} account: its window lowers critical to high, and root use goes on paging, unless "
            "somebody else approves the ticket."
        )
    there = standing.window
    if there:
        state = "is open" if standing.tag and standing.tag.state == "open" else "is to come"
        ticket = f", {there.ticket}" if there.ticket else ""
        yield f"A window {state} there until {there.until:{_TIME}}{ticket}: this one takes its place, and ends it."
    elif standing.tag and standing.tag.state == "malformed":
        yield f"The tag that is there is no window ({standing.tag.why}): this one takes its place."
    if window.covers:
        yield (
            f"{' and '.join(window.covers)}: covered only once somebody else has approved the ticket; not you, who "
            f"declare it: rootwatch break-glass approve {window.account} --ticket {window.ticket}"
        )
    if standing.known and declared_time(standing.known.with_more(_tagging(window)), window.until) > MUCH:
        yield "With it, the windows of this account add up to more than 24 hours in 7 days: that pages, as high."
    yield "Root access keys, the trail, root's e-mail address, leaving and closing page all the same."


def _tagging(window: Window) -> Tagging:
    value = f"until={window.until.isoformat()}"
    return Tagging(account=window.account, purpose="window", value=value, at=window.start)


def approving(ticket: str | None, account: Account, standing: Standing, caller: Caller, settings: Settings) -> Plan:
    """Approves the ticket of the window that is there. Raises BadInputError for an approval that would count for
    nothing."""
    window = _approvable(ticket, account, standing, caller)
    acts = f" It covers {' and '.join(window.covers)}." if window.covers else ""
    guarded = " It lets root use of a guarded account be planned." if account.id in settings.guarded_accounts else ""
    warns = []
    if not window.covers and not guarded:
        warns.append("The window has no covers=, and the account is not guarded: an approval changes nothing there.")
    if standing.declared_by is None:
        warns.append("Who declared the window is not known here: if it was you, the approval counts for nothing.")
    return Plan(
        says=(f"Approve {window.ticket} on {account.label}, until {window.until:{_TIME}}.{acts}{guarded}",),
        warns=tuple(warns),
        changes=(Change(account=account, keys=(settings.approval_tag,), value=window.ticket),),
    )


def _approvable(ticket: str | None, account: Account, standing: Standing, caller: Caller) -> Window:
    tag, window = standing.tag, standing.window
    if tag is None:
        raise BadInputError(f"{account.label} has no break-glass tag: there is nothing to approve.")
    if window is None:
        why = "its window has ended" if tag.state == "expired" else tag.why
        raise BadInputError(f"The tag of {account.label} is no window that could be approved: {why}.")
    if window.ticket is None:
        raise BadInputError(f"The window of {account.label} names no ticket: it can't be approved.")
    if ticket not in (None, window.ticket):
        raise BadInputError(
            f"The window of {account.label} names the ticket {window.ticket}, not {clean(ticket, 60)}: an approval of "
            "another ticket counts for nothing."
        )
    if standing.declared_by == caller.arn:
        raise BadInputError(f"{caller.arn} declared this window: an approval counts only if it is somebody else's.")
    return window


def closing(account: Account, keys: Sequence[str], standing: Standing) -> Plan:
    """Removes the tags that are there. ``keys``: those that are. Raises BadInputError where none is."""
    if not keys:
        raise BadInputError(f"{account.label} has no break-glass tag: there is nothing to close.")
    window, tag = standing.window, standing.tag
    if window and tag and tag.state == "open":
        says = f"End the window of {account.label} now; it was to end at {window.until:{_TIME}}."
    elif window:
        says = f"Take back the window of {account.label}, which was to begin at {window.start:{_TIME}}."
    else:
        says = f"Remove from {account.label} what declares nothing{' any more' if tag else ''}."
    return Plan(
        says=(says, f"The tags {' and '.join(keys)} are removed."),
        warns=("Root use after that pages.",) if window else (),
        changes=(Change(account=account, keys=tuple(keys)),),
    )
