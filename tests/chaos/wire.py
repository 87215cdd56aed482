"""HTTP from the channels to the receivers, over real sockets or past them, with the faults of a network between.

"not taken" faults end a request before the receiver has it, "taken" ones after: then nobody but the receiver knows.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from rootwatch_local.receivers.door import Receivers
from rootwatch_local.receivers.faults import Fault
from rootwatch_local.receivers.pagerduty import PagerDuty
from rootwatch_local.receivers.slack import Slack
from rootwatch_local.receivers.web import ConnectionBrokenError, Request
from tests.chaos.outside import Border
from tests.chaos.received import Channel, Received

QUICK: Final = 0.12  # seconds in which an answer comes
SLOW: Final = 5.0
HANGS: Final = 8.0  # after so many the channels wait no longer
_REAL_PATIENCE: Final = 0.06  # over real sockets a hung request is waited for so long
_PLANTED: Final[dict[str, Fault]] = {
    "429 with Retry-After": Fault("rate_limited", 30),
    "503": Fault("down"),
    "reset": Fault("reset"),
    "hung": Fault("hung"),
    "hung, but taken": Fault("hung_after_accept"),
    "500, but taken": Fault("error_after_accept"),
    "slack: internal_error": Fault("slack_error", error="internal_error"),
    "slack: token_revoked": Fault("slack_error", error="token_revoked"),
    "slack: channel_not_found": Fault("slack_error", error="channel_not_found"),
    "slack: invalid_blocks": Fault("slack_error", error="invalid_blocks"),
}
TRANSIENT: Final = (*list(_PLANTED)[:6], "wrong TLS", "slow")
SLACK_ALONE: Final = ("slack: internal_error", "slack: token_revoked", "slack: channel_not_found")
PERMANENT: Final = {"pagerduty": "400", "slack": "slack: invalid_blocks", "sns": "InvalidParameter"}
TAKEN: Final = frozenset({"hung, but taken", "500, but taken"})


class Wire(HTTPAdapter):
    """Mounted in place of the session's own adapter. ``real``: over sockets of this machine."""

    def __init__(
        self, border: Border, receivers: Receivers, received: Received, numbers: Iterator[int], *, real: bool
    ) -> None:
        super().__init__()
        self._border = border
        self._receivers = receivers
        self._received = received
        self._real = real
        self._numbers = numbers
        self.answered: Callable[[int], None] = lambda number: None

    def session(self) -> "requests.Session | Past":
        """A session as the product makes one, but for the wire."""
        if not self._real:
            return Past(self)
        made = requests.Session()
        made.trust_env = False
        made.mount("http://", self)
        made.mount("https://", self)
        return made

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:  # type: ignore[override]
        """One request, and its answer or the exception that stands for none."""
        channel: Channel = "pagerduty" if "/v2/" in str(request.url) else "slack"
        fault = self._border.trouble.of_channel(channel)
        if fault in SLACK_ALONE and channel != "slack":
            fault = "503"
        number = next(self._numbers)
        seconds = {"slow": 2 * SLOW, "hung": 2 * HANGS, "hung, but taken": 2 * HANGS}.get(fault or "", 2 * QUICK)
        response: requests.Response = self._border.call(
            f"POST to {channel}", seconds / 2, lambda: self._deliver(request, channel, fault, number)
        )
        if response.ok:
            self._received.unanswered.discard(number)
            self.answered(number)
        return response

    def _deliver(
        self, request: requests.PreparedRequest, channel: Channel, fault: str | None, number: int
    ) -> requests.Response:
        service: Slack | PagerDuty = self._receivers.slack if channel == "slack" else self._receivers.pagerduty
        planted = _PLANTED.get(fault or "")
        before = _taken(service)
        if fault == "400":
            return _response(request, 400, b'{"status": "invalid event"}')
        if fault == "wrong TLS" and not self._real:
            raise requests.exceptions.SSLError("wrong version number")
        if planted:
            service.fail(planted, 1)
        try:
            return (
                self._over_sockets(request, service, fault) if self._real else self._past_them(request, service, fault)
            )
        finally:
            if planted:
                service.heal()
            if _taken(service) > before:
                assert isinstance(request.body, bytes)
                self._received.take(self._border.loop.now, channel, request.body, str(request.path_url), number)

    def _over_sockets(
        self, request: requests.PreparedRequest, service: Slack | PagerDuty, fault: str | None
    ) -> requests.Response:
        if fault == "wrong TLS":
            request.url = str(request.url).replace("http://", "https://")
        hangs = fault in ("hung", "hung, but taken")
        before = _taken(service)
        try:
            return super().send(request, timeout=(5, _REAL_PATIENCE if hangs else 30))
        finally:
            if fault == "hung, but taken":
                # On a busy machine the receiver may need longer than the client waited.
                self._receivers.wait_for(lambda _: _taken(service) > before)

    def _past_them(
        self, request: requests.PreparedRequest, service: Slack | PagerDuty, fault: str | None
    ) -> requests.Response:
        assert isinstance(request.body, bytes)
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request("POST", request.path_url, headers, request.body)
        if fault == "hung":
            service.heal()
            raise requests.exceptions.ReadTimeout("timed out")
        if fault == "hung, but taken":
            service.heal()
            service.serve(asked)
            raise requests.exceptions.ReadTimeout("timed out")
        try:
            answer = service.answer(asked)
        except ConnectionBrokenError:
            raise requests.exceptions.ConnectionError("reset by peer") from None
        return _response(request, answer.status, answer.body, dict(answer.headers))


class Past:
    """A session past sockets and past what ``requests`` does for each: its ``post`` alone."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def post(
        self, url: str, *, json: object, timeout: object, allow_redirects: bool, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """As the channels call it."""
        assert timeout
        assert not allow_redirects
        request = requests.PreparedRequest()
        request.url = url
        request.body = msgspec.json.encode(json)
        request.headers = CaseInsensitiveDict({"Content-Type": "application/json", **(headers or {})})
        return self._wire.send(request)


def _taken(service: Slack | PagerDuty) -> int:
    if isinstance(service, Slack):
        return len(service.messages)
    return len(service.events) + len(service.changes)


def _response(
    request: requests.PreparedRequest, status: int, body: bytes, headers: dict[str, str] | None = None
) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body
    made.headers.update(headers or {})
    made.request = request
    made.url = str(request.url)
    return made
