"""What the receivers have in common: they serve requests, and fail on order."""

from abc import ABC, abstractmethod
from typing import ClassVar

from rootwatch_local.receivers.faults import Fault, FaultScript
from rootwatch_local.receivers.ledger import Ledger
from rootwatch_local.receivers.web import Request, Response


class Service(ABC):
    busy: ClassVar[Response]
    """The answer 429, in this service's words."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.faults = FaultScript(ledger.touch)

    @abstractmethod
    def serve(self, request: Request) -> Response:
        """Answer a POST in good health."""

    def answer(self, request: Request) -> Response:
        """Answer a POST, or meet it with the fault that was ordered."""
        return self.faults.meet(request, self.serve, self.busy)

    def fail(self, fault: Fault, times: int | None = None) -> None:
        """Meet the next `times` requests with `fault`, or all until `heal`."""
        self.faults.start(fault, times)

    def heal(self) -> None:
        """Serve again, and let go of the requests that hang."""
        self.faults.heal()
