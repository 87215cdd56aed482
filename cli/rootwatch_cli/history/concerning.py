"""Which records are kept while log files are read: what concerns us of what is asked for, and what explains it."""

from datetime import datetime

import msgspec

from rootwatch.core.canary import canary_of
from rootwatch.core.concern import concerns
from rootwatch.core.record import Item, Record
from rootwatch.core.settings import Settings
from rootwatch.core.tags import taggings_of
from rootwatch.core.tasks import is_assume_root
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.judging import believing_accounts


class Concerning(msgspec.Struct, frozen=True, kw_only=True):
    """Can be asked of any item, in any process. Without settings every account is believed.

    Canaries of our own, hourly in every account and Region, prove the paths of today and tell nothing of the past.
    """

    selection: Selection
    settings: Settings | None
    now: datetime

    def __call__(self, item: Item) -> bool:
        settings = self.settings or believing_accounts((item.account,) if item.account else ())
        if canary_of(item):
            return False
        if self.selection.takes(item):
            return concerns(item, settings, self.now)
        explains = isinstance(item, Record) and (is_assume_root(item) or bool(taggings_of(item, settings)))
        return explains and self.selection.explains(item)
