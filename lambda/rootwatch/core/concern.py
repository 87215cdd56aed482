"""Whether a record is for us at all: what the log files hold beside it is everybody else's day."""

from datetime import datetime

import msgspec

from rootwatch.core import watch
from rootwatch.core.canary import canary_of
from rootwatch.core.record import Item, Unreadable
from rootwatch.core.root_use import find
from rootwatch.core.settings import Settings
from rootwatch.core.tasks import is_assume_root


def concerns(item: Item, settings: Settings, now: datetime) -> bool:
    """Whether ``decide`` would do more than ignore it: root use, AssumeRoot, watch events, break-glass tags, canaries,
    or what mentions root and cannot be read. ``now`` stands in for the time of a record that has none.

    That a record names another recipient than its log file's account makes it ours only together with one of these.
    """
    if find(item).kind is not None:
        return True
    if isinstance(item, Unreadable):
        return False
    unaddressed = msgspec.structs.replace(item, recipient=None)
    if canary_of(unaddressed):
        return True
    return is_assume_root(item) or watch.watch_fact(unaddressed, {}, settings, now) is not None
