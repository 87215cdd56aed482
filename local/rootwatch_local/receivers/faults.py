"""Trouble on order: a service that is down, slow, hung, or that took the message and then said it had not."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rootwatch_local.receivers.web import ConnectionBrokenError, Request, Response, json_response

FaultKind = Literal[
    "down", "reset", "rate_limited", "slow", "hung", "error_after_accept", "hung_after_accept", "slack_error"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail.

    `down` answers 503 · `reset` breaks the connection unread · `rate_limited` answers 429 with Retry-After `seconds` ·
    `slow` serves after `seconds` · `hung` never answers · `error_after_accept` takes the message, then answers 500 ·
    `hung_after_accept` takes it and never answers · `slack_error` answers 200 `{"ok": false, "error": error}`.
    """

    kind: FaultKind
    seconds: float = 1.0
    error: str = "internal_error"


class FaultScript:
    """The faults that a service is to meet next. Calls `touched` when one is met; thread-safe."""

    def __init__(self, touched: Callable[[], None]) -> None:
        self._touched = touched
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._left: int | None = None
        self._healed = threading.Event()
        self._met = 0

    @property
    def met(self) -> int:
        """How many requests have met a fault so far."""
        return self._met

    def start(self, fault: Fault, times: int | None = None) -> None:
        """Fail the next `times` requests, or all until `heal`. A newer script replaces the older one."""
        with self._lock:
            self._healed.set()
            self._healed = threading.Event()
            self._fault, self._left = fault, times

    def heal(self) -> None:
        """Serve again, and let go of the requests that hang."""
        with self._lock:
            self._fault = None
            self._healed.set()

    def meet(self, request: Request, serve: Callable[[Request], Response], busy: Response) -> Response:
        """Answer `request` by way of the script: `serve` is the healthy service, `busy` its answer 429.

        Raises ConnectionBrokenError where the connection is to break.
        """
        with self._lock:
            fault, healed = self._take(), self._healed
        if fault is None:
            return serve(request)
        self._touched()
        return _perform(fault, healed, request, serve, busy)

    def _take(self) -> Fault | None:
        fault = self._fault
        if fault is None:
            return None
        self._met += 1
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._fault = None
        return fault


def _perform(
    fault: Fault, healed: threading.Event, request: Request, serve: Callable[[Request], Response], busy: Response
) -> Response:
    match fault.kind:
        case "down":
            return Response(503, b"Service Unavailable", "text/plain")
        case "rate_limited":
            return busy.with_header("Retry-After", f"{fault.seconds:g}")
        case "slow":
            healed.wait(fault.seconds)
            return serve(request)
        case "error_after_accept":
            serve(request)
            return Response(500, b"Internal Server Error", "text/plain")
        case "slack_error":
            return json_response({"ok": False, "error": fault.error})
        case "hung_after_accept":
            serve(request)
            healed.wait()
        case "hung":
            healed.wait()
        case "reset":
            pass
    raise ConnectionBrokenError
