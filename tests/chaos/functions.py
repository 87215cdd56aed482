"""The deployed functions: the real handlers, each run in a container of its own with its own clock, caches and end.

Only what leaves the process is replaced: clients, the HTTP adapter, the clock, sleeping. A container whose process was
ended is never used again.
"""

import os
import random
import sys
import time
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from unittest import mock

from rootwatch.core.comparison import Manifest
from rootwatch.core.settings import Settings
from rootwatch.handlers import backstop, monitor, sweep, wiring
from tests.chaos.loop import Loop, Task, current
from tests.chaos.outside import Border, ProcessEnded
from tests.support.log_files import BUCKET

TIMEOUTS: Final = {"monitor": 30.0, "sweep": 90.0, "backstop": 120.0}  # seconds, as deployed
_HANDLERS: Final[dict[str, Callable[..., Any]]] = {
    "monitor": monitor.handler,
    "sweep": sweep.handler,
    "backstop": backstop.handler,
}
_COLD_START: Final = 0.9
_MOST_ERRORS: Final = 100
_ENVIRONMENT: Final = {
    "POWERTOOLS_METRICS_NAMESPACE": "rootwatch",
    "POWERTOOLS_SERVICE_NAME": "chaos",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "TABLE_NAME": "rootwatch",
    "TOPIC_ARN": "arn:aws:sns:eu-central-1:444455556666:rootwatch",
    "LOG_BUCKET": BUCKET,
}


class Container:
    """A process: what it has made so far, and how wrong its clock is."""

    def __init__(self, skew: float) -> None:
        self.skew = skew
        self.made: dict[Any, Any] = {}
        self.noted: int | None = None  # the message that it knows to have arrived, and has yet to note
        self.counted: Counter[str] = Counter()  # what is lost with it: metrics are written when a run ends


class Context:
    """What Lambda hands to a handler beside the event."""

    function_name = memory_limit_in_mb = invoked_function_arn = aws_request_id = "chaos"

    def __init__(self, loop: Loop, deadline: float) -> None:
        self._loop = loop
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        return int((self._deadline - self._loop.now) * 1000)


class Functions:
    """Runs handlers. ``skew``: the most by which a container's clock is wrong, in seconds, either way."""

    def __init__(self, border: Border, chance: random.Random, skew: float, on_loss: Callable[[int], None]) -> None:
        self._border = border
        self._loop = border.loop
        self._chance = chance
        self._skew = skew
        self._on_loss = on_loss
        self._idle: dict[str, list[Container]] = {name: [] for name in _HANDLERS}
        self.invocations: Counter[str] = Counter()
        self.metrics: Counter[str] = Counter()

    def invoke(self, name: str, event: Any, done: Callable[[Any], None] = lambda answer: None) -> None:
        """Runs a handler as a task; ``done`` gets its answer, None if it raised or its process ended."""
        self.invocations[name] += 1
        cold = not self._idle[name]
        container = Container(self._chance.uniform(-self._skew, self._skew)) if cold else self._idle[name].pop()
        task = Task(lambda: self._run(name, event, container, done, cold=cold))
        task.worker = container
        self._loop.at(self._loop.now, task.switch)

    def _run(self, name: str, event: Any, container: Container, done: Callable[[Any], None], *, cold: bool) -> None:
        if cold:
            self._loop.spend(_COLD_START)
        deadline = current().deadline = self._loop.now + TIMEOUTS[name]
        answer = None
        try:
            answer = _HANDLERS[name](event, Context(self._loop, deadline))
        except ProcessEnded:
            pass
        except Exception:
            # An invocation that fails: its messages come again. Too many are no outage: something is wrong with us.
            self.metrics["Errors"] += 1
            if self.metrics["Errors"] > _MOST_ERRORS:
                raise
        self._lose(container)
        if not current().dead:
            self._flush()
            self._idle[name].append(container)
        done(answer)

    def arrived(self, number: int) -> None:
        """The receiver said that it has a message; the container has yet to note that in the table."""
        container = current().worker
        self._lose(container)
        container.noted = number

    def updated(self, held: bool) -> None:  # the condition held, or not
        """The table took what the container noted; or refused it, since another has the send by now. With clocks that
        are right a lease never ends too early: then that is nobody's excuse."""
        container = current().worker
        if held or not self._skew:
            container.noted = None
        self._lose(container)

    def _lose(self, container: Container) -> None:
        if container.noted is not None:
            self._on_loss(container.noted)
            container.noted = None

    def now(self) -> datetime:
        """The time as the container's clock has it."""
        return datetime.fromtimestamp(self._loop.now + current().worker.skew, UTC)

    @contextmanager
    def in_place(
        self, settings: Settings, clients: Mapping[str, Callable[[], Any]], http: Callable[[], Any]
    ) -> Iterator[None]:
        """Puts all of this in the place of what the handlers would reach outside."""
        boto3 = types.SimpleNamespace(
            client=lambda service, **_: clients[service](),
            Session=lambda: types.SimpleNamespace(client=lambda service, **_: clients[service]()),
        )
        level = wiring.logger.log_level
        with ExitStack() as stack, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Powertools warns of runs without metrics
            stack.enter_context(mock.patch.dict(os.environ, _ENVIRONMENT))
            for name, made in list(vars(wiring).items()):
                if hasattr(made, "cache_clear"):
                    stack.enter_context(mock.patch.object(wiring, name, self._once_a_container(made.__wrapped__)))
            replaced = {
                "boto3": boto3,
                "now": self.now,
                "settings": lambda: settings,
                "manifest": Manifest,
                "_http": http,
            }
            for name, value in replaced.items():
                stack.enter_context(mock.patch.object(wiring, name, value))
            stack.enter_context(mock.patch.object(wiring.metrics, "add_metric", self._count))
            stack.enter_context(mock.patch.object(wiring.metrics, "flush_metrics", self._flush))
            for module in _sleepers():
                stack.enter_context(mock.patch.object(module, "time", self._time()))
            if not os.environ.get("CHAOS_LOG"):
                wiring.logger.setLevel("CRITICAL")
            try:
                yield
            finally:
                wiring.logger.setLevel(level)

    def _once_a_container(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any) -> Any:
            kept = current().worker.made
            key = (make.__name__, arguments)
            if key not in kept:
                kept[key] = make(*arguments)
            return kept[key]

        return made

    def _count(self, name: str, unit: object, value: float, resolution: int = 60) -> None:
        current().worker.counted[name] += int(value)

    def _flush(self) -> None:
        """Writes the container's metrics; what its process has not written when it ends is lost."""
        container = current().worker
        if not current().dead:
            self.metrics.update(container.counted)
            container.counted.clear()

    def _time(self) -> types.SimpleNamespace:
        return types.SimpleNamespace(
            sleep=self._border.sleep, monotonic=lambda: self._loop.now, time=lambda: self._loop.now
        )


def _sleepers() -> list[types.ModuleType]:
    """The modules of the product that may wait or look at a clock of the machine."""
    found = [module for name, module in sys.modules.items() if name.startswith("rootwatch.") and module]
    return [module for module in found if getattr(module, "time", None) is time]
