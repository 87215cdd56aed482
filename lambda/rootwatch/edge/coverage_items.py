"""The items of coverage: ``COV#<0..7>``/``<account>`` is an account's roll, ``…``/``<account>#<region>`` what was heard
of a place, ``COV``/``HEALTH`` what the last run found.

Rolls are written by coverage alone and what was heard by the monitor alone, so that neither waits for the other.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.health import Health
from rootwatch.core.roll import Heard, Roll
from rootwatch.edge import items
from rootwatch.edge.items import Item, n

SHARDS: Final = 8
_KEEP_GONE: Final = timedelta(days=90)


def shard(account: str) -> str:
    """One of eight partitions: an account's roll and all that was heard of it."""
    return f"COV#{zlib.crc32(account.encode()) % SHARDS}"


def roll_key(account: str) -> Item:
    """An account's roll."""
    return items.key(shard(account), account)


def heard_key(account: str, region: str) -> Item:
    """What was heard of a place."""
    return items.key(shard(account), f"{account}#{region}")


def health_key() -> Item:
    """What the last run of coverage found."""
    return items.key("COV", "HEALTH")


def is_heard(item: Item) -> bool:
    """Whether an item of such a partition is of a place, not of an account."""
    return "#" in item["SK"]["S"]


def roll(one: Roll) -> Item:
    """The roll, with one version more than was read; of an account that is gone, for a while."""
    stored = msgspec.structs.replace(one, version=one.version + 1)
    item = {**roll_key(one.account), "version": n(stored.version), "body": items.body(stored)}
    if one.gone:
        item["expires"] = n(int((one.gone.astimezone(UTC) + _KEEP_GONE).timestamp()))
    return item


def heard(one: Heard) -> Item:
    """What was heard, with one version more than was read."""
    stored = msgspec.structs.replace(one, version=one.version + 1)
    expires = _latest(one) + _KEEP_GONE
    return {
        **heard_key(one.account, one.region),
        "version": n(stored.version),
        "body": items.body(stored),
        "expires": n(int(expires.timestamp())),
    }


def health(one: Health) -> Item:
    """What the run found, with one version more than was read."""
    stored = msgspec.structs.replace(one, version=one.version + 1)
    return {**health_key(), "version": n(stored.version), "body": items.body(stored)}


def known(found: Mapping[tuple[str, str], Item], canary: tuple[str, str]) -> tuple[Roll | None, Heard | None]:
    """The roll and what was heard before, among items by their keys."""
    account, region = canary
    asked, before = found.get((shard(account), account)), found.get((shard(account), f"{account}#{region}"))
    return (
        items.read(asked, Roll) if asked else None,
        items.read(before, Heard) if before else None,
    )


def _latest(one: Heard) -> datetime:
    return max(at for at in (one.fast_at, one.log_at) if at)
