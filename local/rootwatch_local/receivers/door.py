"""The door: one server that plays every receiver and shows what they got."""

import time
from collections.abc import Callable, Mapping
from typing import Self

from rootwatch_local.inbox import page
from rootwatch_local.receivers import snapshot
from rootwatch_local.receivers.ledger import Ledger, Refusal
from rootwatch_local.receivers.mailbox import Mailbox
from rootwatch_local.receivers.pagerduty import DEFAULT_ROUTING_KEY, PagerDuty
from rootwatch_local.receivers.rate import RateLimit
from rootwatch_local.receivers.service import Service
from rootwatch_local.receivers.slack import DEFAULT_CHANNELS, DEFAULT_TOKEN, DEFAULT_WEBHOOK, Slack
from rootwatch_local.receivers.web import Request, Response, Sender, WebServer, json_response, text_response

KEEP_ALIVE_SECONDS = 15.0
NOT_FOUND = text_response("not found", 404)


class Receivers:
    """Slack, PagerDuty and a mailbox on one free port of 127.0.0.1, for the length of a `with` block.

    Point the product at `slack_api_url` or `slack_webhook_url`, `pagerduty_events_url` and `mail_url`; open `url` in a
    browser for the inbox. Everything received is kept in `slack`, `pagerduty` and `mailbox`; `refused` holds what the
    real services would have refused, and is empty after a good run.
    """

    def __init__(
        self,
        *,
        slack_token: str = DEFAULT_TOKEN,
        slack_webhook: str = DEFAULT_WEBHOOK,
        slack_channels: Mapping[str, str] = DEFAULT_CHANNELS,
        slack_rate: RateLimit | None = None,
        routing_key: str = DEFAULT_ROUTING_KEY,
        pagerduty_a_minute: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = Ledger()
        self._server = WebServer(self._answer)
        self.slack = Slack(self._ledger, slack_token, slack_webhook, slack_channels, slack_rate, clock)
        self.pagerduty = PagerDuty(self._ledger, routing_key, pagerduty_a_minute, clock)
        self.mailbox = Mailbox(self._ledger)

    @property
    def url(self) -> str:
        """The inbox page."""
        return self._server.url

    @property
    def slack_api_url(self) -> str:
        """In place of https://slack.com/api/."""
        return f"{self.url}api/"

    @property
    def slack_webhook_url(self) -> str:
        """In place of an incoming webhook's https://hooks.slack.com/services/…"""
        return f"{self.url}services/{self.slack.webhook}"

    @property
    def pagerduty_events_url(self) -> str:
        """In place of https://events.pagerduty.com/v2/."""
        return f"{self.url}v2/"

    @property
    def mail_url(self) -> str:
        """Where the local SNS posts what e-mail subscribers get."""
        return f"{self.url}mail"

    @property
    def refused(self) -> tuple[Refusal, ...]:
        return self._ledger.refusals

    def wait_for(self, condition: Callable[["Receivers"], bool], timeout: float = 10.0) -> None:
        """Return as soon as `condition(self)` holds; TimeoutError after `timeout` seconds, saying what was there.

        The condition is asked under the lock of all receivers: it must be quick.
        """
        if not self._ledger.wait_until(lambda: condition(self), timeout):
            raise TimeoutError(f"Waited {timeout:g} s in vain. {self._summary()}")

    def close(self) -> None:
        self._ledger.close()
        for service in (self.slack, self.pagerduty, self.mailbox):
            service.heal()
        self._server.close()

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _summary(self) -> str:
        refused = "; ".join(f"{item.service} {item.reason} {' '.join(item.details)}".strip() for item in self.refused)
        return (
            f"Arrived: {len(self.slack.messages)} Slack messages, {self.pagerduty.pages} pages, "
            f"{len(self.pagerduty.changes)} change events, {len(self.mailbox.mails)} e-mails. "
            f"Refused: {refused or 'none'}."
        )

    def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            return self._show(request)
        service = self._service(request.path)
        if service is None:
            return NOT_FOUND
        return service.answer(request)

    def _service(self, path: str) -> Service | None:
        if path.startswith(("/api/", "/services/")):
            return self.slack
        if path.startswith("/v2/"):
            return self.pagerduty
        return self.mailbox if path == "/mail" else None

    def _show(self, request: Request) -> Response:
        match request.path:
            case "/inbox.json":
                with self._ledger.lock:
                    return json_response(snapshot.take(self.slack, self.pagerduty, self.mailbox, self.refused))
            case "/inbox.live":
                return Response(200, b"", "text/event-stream", stream=self._live)
        asset = page.asset(request.path)
        if asset is None:
            return NOT_FOUND
        return Response(200, asset.body, asset.content_type, page.HEADERS)

    def _live(self, send: Sender) -> None:
        """Tell the page, as server-sent events, each time there is something new to fetch."""
        version = -1
        while not self._ledger.closed:
            newer = self._ledger.wait_beyond(version, KEEP_ALIVE_SECONDS)
            send(b": still here\n\n" if newer == version else b"data: %d\n\n" % newer)
            version = newer
