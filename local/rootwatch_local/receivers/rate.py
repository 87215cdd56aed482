"""Slack's limit of messages to one channel."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`burst` messages at once to a channel, and one more every `seconds` (docs.slack.dev, "Rate limits")."""

    seconds: float = 1.0
    burst: int = 5


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(slots=True)
class Throttle:
    """Lets messages in as `limit` says; without one, all of them."""

    limit: RateLimit | None
    clock: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def seconds_to_wait(self, channel: str) -> int:
        """Whole seconds until the channel takes another message; 0 lets this one in."""
        if self.limit is None:
            return 0
        now = self.clock()
        bucket = self._buckets.setdefault(channel, _Bucket(self.limit.burst, now))
        bucket.left = min(self.limit.burst, bucket.left + (now - bucket.at) / self.limit.seconds)
        bucket.at = now
        if bucket.left < 1:
            return max(1, math.ceil((1 - bucket.left) * self.limit.seconds))
        bucket.left -= 1
        return 0
