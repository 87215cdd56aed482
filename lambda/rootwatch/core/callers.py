"""What is known of who calls AssumeRoot: whether it ever did before, and in how many accounts lately."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.record import digest

_BUSY_ACCOUNTS: Final = 5
_BUSY_WITHIN: Final = timedelta(hours=1)
_KEPT: Final = 100  # accounts, the latest


class Caller(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One caller of AssumeRoot, by a digest of its ARN: for which accounts it asked last, and when."""

    id: str
    version: int = 0
    audited: dict[str, datetime] = {}
    changed: dict[str, datetime] = {}

    @property
    def is_new(self) -> bool:
        """Whether it never called AssumeRoot before, as far as we know."""
        return not self.audited and not self.changed

    def asked(self, account: str, at: datetime, *, changes: bool) -> "Caller":
        """With one more AssumeRoot."""
        if changes:
            return msgspec.structs.replace(self, changed=_latest(self.changed, account, at))
        return msgspec.structs.replace(self, audited=_latest(self.audited, account, at))

    def is_busy(self, at: datetime) -> bool:
        """Whether it may change more than five accounts within the hour around this time."""
        near = [account for account, time in self.changed.items() if abs(time - at) <= _BUSY_WITHIN]
        return len(near) > _BUSY_ACCOUNTS


def caller_id(arn: str) -> str:
    """A caller's id: its ARN may be long, and hold anything."""
    return digest(arn)


def _latest(times: dict[str, datetime], account: str, at: datetime) -> dict[str, datetime]:
    kept = {**times, account: max(at, times.get(account, at))}
    newest = sorted(kept, key=lambda name: (kept[name], name))[-_KEPT:]
    return {name: kept[name] for name in newest}
