"""What reading the break-glass tags of all accounts tells: a value whose record was never heard and that is no window;
and, once a week, the tags whose windows have long ended."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from rootwatch.core.fact import Fact
from rootwatch.core.record import digest
from rootwatch.core.tag_state import TagState, state_of_tags
from rootwatch.core.tags import Tags
from rootwatch.core.watch import ORGANISATION_CAUSE
from rootwatch.core.windows import standing

# As long as the record of the setting may take, by whichever path.
_WAITS_FOR_ITS_RECORD: Final = timedelta(minutes=20)
_LONG_EXPIRED: Final = timedelta(days=1)
_NAMED: Final = 12


def without_record(tags: Tags, value: str | None, now: datetime) -> Fact | None:
    """The fact of a value that is no window and that no record told of; None for any other, or while one may come.

    ``value``: what was read of the tag just now.
    """
    last = standing(tags)
    if last is None or value is None or last.proved or last.value != value or now - last.at < _WAITS_FOR_ITS_RECORD:
        return None
    state = state_of_tags(tags, now)
    if state is None or state.state != "malformed":
        return None
    return Fact(
        key=digest("tag without record", tags.account, value, last.at),
        time=now,
        event_time=last.at,
        kind="tag-without-record",
        harm="watch",
        severity="medium",
        title="break-glass tag that is no window",
        says=f"A break-glass tag that is no window was read on the account {tags.account}: {state.why}",
        means=(
            "Root use of this account pages as if there were no tag. Who set it is not known: its record was not heard."
        ),
        do_now=(
            f"Set it again: rootwatch break-glass open {tags.account} --for 2h --ticket TICKET; or remove it: "
            f"rootwatch break-glass close {tags.account}"
        ),
        account=tags.account,
        cause=digest(value),
    )


def expired(states: Iterable[TagState], now: datetime) -> Fact | None:
    """The fact of the tags whose windows ended more than a day ago, the same for all of a week; None if there are none.

    ``states``: of every account that has a tag.
    """
    old = [
        (one.window.until, one.account)
        for one in states
        if one.state == "expired" and one.window and one.window.until <= now - _LONG_EXPIRED
    ]
    if not old:
        return None
    named = [f"{account} (ended {until:%Y-%m-%d})" for until, account in sorted(old)]
    more = len(named) - _NAMED
    several = len(old) > 1
    return Fact(
        key=digest("expired tags", f"{now:%G-W%V}"),
        time=now,
        kind="tags-expired",
        harm="watch",
        severity="low",
        title=f"{len(old)} account{'s carry' if several else ' carries'} an expired break-glass tag",
        says=(
            f"Break-glass tags whose windows have ended are still there: {', '.join(named[:_NAMED])}"
            f"{f', and {more} more' if more > 0 else ''}"
        ),
        means="They declare nothing. They make it harder to see which tag does.",
        do_now="Remove them: rootwatch break-glass sweep shows them first, and asks.",
        cause=f"{ORGANISATION_CAUSE} expired tags {now:%G-W%V}",
    )
