"""Whether we could tell of root now: what the heartbeat asks before it says so outside of AWS."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

_RAN_WITHIN: Final = timedelta(minutes=16)  # three runs of coverage
_HEARD_WITHIN: Final = timedelta(minutes=90)  # a canary's hour, and time to be asked again
_TRAIL_WITHIN: Final = timedelta(minutes=30)
_SENT_WITHIN: Final = timedelta(minutes=15)
_TAKEN_WITHIN: Final = timedelta(minutes=10)


class Health(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the last run of coverage found, as it stands in the table."""

    version: int = 0
    since: datetime  # its first run
    ran_at: datetime
    listed_at: datetime | None = None  # when the accounts were last listed
    heard_at: datetime | None = None  # when the latest canary of all came by the fast path
    everything_silent: bool = False
    trail: tuple[str, ...] = ()  # what is wrong with it that pages: a service left out as AWS offers it blinds nobody
    trail_at: datetime | None = None  # when it was last looked at
    trail_told: tuple[str, ...] = ()
    trail_since: datetime | None = None
    manifest: str = ""  # the digest of the rules that should be
    manifest_since: datetime | None = None


def ailments(
    health: Health | None, oldest_unsent: datetime | None, queue_age: timedelta | None, now: datetime
) -> tuple[str, ...]:
    """What is bad, in words; () when all is well. ``queue_age``: None when the queue is empty."""
    return tuple(_of_health(health, now)) + tuple(_of_the_way(oldest_unsent, queue_age, now))


def _of_health(health: Health | None, now: datetime) -> Iterator[str]:
    if health is None:
        yield "coverage never ran"
        return
    if now - health.ran_at > _RAN_WITHIN:
        yield f"coverage did not run since {health.ran_at:%Y-%m-%dT%H:%MZ}"
    if now - (health.heard_at or health.since) > _HEARD_WITHIN:
        yield f"no canary was heard since {health.heard_at or health.since:%Y-%m-%dT%H:%MZ}"
    if health.everything_silent:
        yield "no account and no Region answers"
    if now - (health.trail_at or health.since) > _TRAIL_WITHIN:
        yield f"the trail's status was not read since {health.trail_at or health.since:%Y-%m-%dT%H:%MZ}"
    yield from health.trail


def _of_the_way(oldest_unsent: datetime | None, queue_age: timedelta | None, now: datetime) -> Iterator[str]:
    if oldest_unsent and now - oldest_unsent > _SENT_WITHIN:
        yield f"a message is unsent since {oldest_unsent:%Y-%m-%dT%H:%MZ}"
    if queue_age and queue_age > _TAKEN_WITHIN:
        yield f"the oldest record waits in the queue for {int(queue_age.total_seconds() // 60)} minutes"
