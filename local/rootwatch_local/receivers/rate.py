"""How many messages the services take: Slack to one channel, PagerDuty of one integration."""

import math
import time
from collections import deque
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


@dataclass(slots=True)
class Window:
    """Lets in at most `most` within any `seconds`; without a `most`, all of them.

    PagerDuty takes 120 events a minute of one integration (developer.pagerduty.com, "Events API v2 Overview").
    """

    most: int | None
    seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _taken: deque[float] = field(default_factory=deque)

    def is_full(self) -> bool:
        """Whether no more is let in just now; else this one is."""
        if self.most is None:
            return False
        now = self.clock()
        while self._taken and now - self._taken[0] >= self.seconds:
            self._taken.popleft()
        if len(self._taken) >= self.most:
            return True
        self._taken.append(now)
        return False
