"""The border of the process: every call that leaves it has a number before and one after, where it may be ended."""

import random
from collections.abc import Callable
from typing import Final, Literal, Protocol, TypeVar, get_args

from tests.chaos.loop import Loop, current

T = TypeVar("T")
Hang = Literal["without effect", "after its effect"]
HANGS: Final[tuple[Hang, ...]] = get_args(Hang)
_FOR_EVER: Final = float("inf")


class ProcessEnded(BaseException):  # no error: nobody may catch it
    """The process is gone, at this very step."""


class Trouble(Protocol):
    """What goes wrong, and where."""

    def ends_process(self, step: int, name: str) -> bool:
        """Whether the process is ended at this step."""

    def hangs(self, name: str) -> Hang | None:
        """Whether a call never ends, and whether it had its effect before."""

    def of_channel(self, channel: str) -> str | None:
        """The fault that the next message to a channel meets."""

    def of_aws(self, call: str) -> str | None:
        """The fault that the next call of AWS meets: "down", "lost answer", "conflict", "throttled"."""


class Seeded:
    """Faults at random, the same for the same seed."""

    def __init__(
        self,
        chance: random.Random,
        *,
        crashes: float = 0.0,
        hangs: float = 0.0,
        channels: float = 0.0,
        kinds: tuple[str, ...] = (),
    ) -> None:
        self._chance = chance
        self._crashes = crashes
        self._hangs = hangs
        self._channels = channels
        self._kinds = kinds
        self.aws: dict[str, tuple[float, tuple[str, ...]]] = {}  # call → how often, which

    def ends_process(self, step: int, name: str) -> bool:
        return self._chance.random() < self._crashes

    def hangs(self, name: str) -> Hang | None:
        if not self._hangs or self._chance.random() >= self._hangs:
            return None
        return self._chance.choice(HANGS)

    def of_channel(self, channel: str) -> str | None:
        return self._chance.choice(self._kinds) if self._chance.random() < self._channels else None

    def of_aws(self, call: str) -> str | None:
        often, kinds = self.aws.get(call, (0.0, ()))
        return self._chance.choice(kinds) if often and self._chance.random() < often else None


class Scripted:
    """One crash at one step, or one call that never ends; the first message to one channel meets a fault: the rest goes
    well."""

    def __init__(
        self,
        *,
        step: int | None = None,
        channel: str = "",
        fault: str | None = None,
        call: int | None = None,
        hang: Hang | None = None,
    ) -> None:
        self._step = step
        self._call = call
        self._hang = hang
        self._channel = channel
        self._fault = fault

    def ends_process(self, step: int, name: str) -> bool:
        return step == self._step

    def hangs(self, name: str) -> Hang | None:
        if self._call is None:
            return None
        self._call -= 1
        return self._hang if self._call == 0 else None

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
        hang = self.trouble.hangs(name)
        self._spend(_FOR_EVER if hang == "without effect" else seconds / 2, name)
        error: Exception | None = None
        try:
            answer = effect()
        except Exception as raised:  # noqa: BLE001 # handed on below
            error = raised
        self._spend(_FOR_EVER if hang else seconds / 2, name)
        self._step(f"after {name}")
        if error:
            raise error
        return answer

    def sleep(self, seconds: float) -> None:
        """What ``time.sleep`` is in the simulated process."""
        self._spend(seconds, "sleep")
        self._step("after sleep")

    def _spend(self, seconds: float, name: str) -> None:
        """Lets time pass. At the function's timeout the process is ended, whatever it waits for."""
        task = current()
        if task.dead:
            raise ProcessEnded(name)
        if self.loop.now + seconds < task.deadline:
            self.loop.spend(seconds)
            return
        self.loop.spend(max(0.0, task.deadline - self.loop.now))
        self.timed_out += 1
        self._end(name)

    def _step(self, name: str) -> None:
        if current().dead:
            raise ProcessEnded(name)
        self.steps += 1
        if self.names is not None:
            self.names.append(name)
        if self.trouble.ends_process(self.steps, name):
            self.ended += 1
            self._end(name)

    def _end(self, name: str) -> None:
        current().dead = True
        self.on_end()
        raise ProcessEnded(name)
