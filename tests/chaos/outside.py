"""The border of the process: every call that leaves it has a number before and one after, where it may be ended."""

import random
from collections.abc import Callable
from typing import Protocol, TypeVar

from tests.chaos.loop import Loop, current

T = TypeVar("T")


class ProcessEnded(BaseException):  # no error: nobody may catch it
    """The process is gone, at this very step."""


class Trouble(Protocol):
    """What goes wrong, and where."""

    def ends_process(self, step: int, name: str) -> bool:
        """Whether the process is ended at this step."""

    def of_channel(self, channel: str) -> str | None:
        """The fault that the next message to a channel meets."""

    def of_aws(self, call: str) -> str | None:
        """The fault that the next call of AWS meets: "down", "lost answer", "conflict", "throttled"."""


class Seeded:
    """Faults at random, the same for the same seed."""

    def __init__(
        self, chance: random.Random, *, crashes: float = 0.0, channels: float = 0.0, kinds: tuple[str, ...] = ()
    ) -> None:
        self._chance = chance
        self._crashes = crashes
        self._channels = channels
        self._kinds = kinds
        self.aws: dict[str, tuple[float, tuple[str, ...]]] = {}  # call → how often, which

    def ends_process(self, step: int, name: str) -> bool:
        return self._chance.random() < self._crashes

    def of_channel(self, channel: str) -> str | None:
        return self._chance.choice(self._kinds) if self._chance.random() < self._channels else None

    def of_aws(self, call: str) -> str | None:
        often, kinds = self.aws.get(call, (0.0, ()))
        return self._chance.choice(kinds) if often and self._chance.random() < often else None


class Scripted:
    """One crash at one step, the first message to one channel meets a fault: the rest goes well."""

    def __init__(self, *, step: int | None = None, channel: str = "", fault: str | None = None) -> None:
        self._step = step
        self._channel = channel
        self._fault = fault

    def ends_process(self, step: int, name: str) -> bool:
        return step == self._step

    def of_channel(self, channel: str) -> str | None:
        if channel != self._channel:
            return None
        fault, self._fault = self._fault, None
        return fault

    def of_aws(self, call: str) -> str | None:
        return None


class Border:
    """Counts the steps, lets time pass, ends processes. ``names``: what each step was."""

    def __init__(self, loop: Loop, trouble: Trouble, *, keeps_names: bool = False) -> None:
        self.loop = loop
        self.trouble = trouble
        self.steps = 0
        self.ended = 0
        self.timed_out = 0
        self.names: list[str] | None = [] if keeps_names else None
        self.on_end: Callable[[], None] = lambda: None

    def call(self, name: str, seconds: float, effect: Callable[[], T]) -> T:
        """Has an effect outside halfway through the time that it takes. What it raises comes back as an answer does."""
        self._step(f"before {name}")
        self.loop.spend(seconds / 2)
        error: Exception | None = None
        try:
            answer = effect()
        except Exception as raised:  # noqa: BLE001 # handed on below
            error = raised
        self.loop.spend(seconds / 2)
        self._step(f"after {name}")
        if error:
            raise error
        return answer

    def sleep(self, seconds: float) -> None:
        """What ``time.sleep`` is in the simulated process."""
        self.loop.spend(seconds)
        self._step("after sleep")

    def _step(self, name: str) -> None:
        task = current()
        if task.dead:
            raise ProcessEnded(name)
        self.steps += 1
        if self.names is not None:
            self.names.append(name)
        if self.loop.now >= task.deadline:
            self.timed_out += 1
            self._end(name)
        if self.trouble.ends_process(self.steps, name):
            self.ended += 1
            self._end(name)

    def _end(self, name: str) -> None:
        current().dead = True
        self.on_end()
        raise ProcessEnded(name)
