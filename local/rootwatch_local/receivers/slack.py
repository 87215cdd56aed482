"""Slack, as far as an alert needs it: `chat.postMessage`, `chat.update`, `auth.test` and incoming webhooks."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Final

import msgspec

from rootwatch_local.receivers.ledger import Ledger
from rootwatch_local.receivers.rate import RateLimit, Throttle
from rootwatch_local.receivers.service import Service
from rootwatch_local.receivers.slack_rules import SlackError
from rootwatch_local.receivers.slack_workspace import Payload, SlackMessage, Workspace
from rootwatch_local.receivers.web import Request, Response, json_response, text_response

DEFAULT_TOKEN: Final = "xoxb-local-demo"  # noqa: S105 - opens nothing but this receiver
DEFAULT_WEBHOOK: Final = "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
DEFAULT_CHANNELS: Final = {"C0123456789": "security-alerts"}
BOT: Final = "U0123456789"
WEBHOOK_STATUS: Final = {"no_service": 404, "invalid_token": 403}


class Slack(Service):
    """One workspace with a bot and a webhook. `channels` maps ids to names; the webhook writes to the first."""

    busy: ClassVar[Response] = json_response({"ok": False, "error": "ratelimited"}, 429)

    def __init__(
        self,
        ledger: Ledger,
        token: str,
        webhook: str,
        channels: Mapping[str, str],
        rate: RateLimit | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(ledger)
        self.token = token
        self.webhook = webhook
        self._workspace = Workspace(ledger, dict(channels))
        self._throttle = Throttle(rate, clock)

    @property
    def channels(self) -> Mapping[str, str]:
        return self._workspace.channels

    @property
    def messages(self) -> tuple[SlackMessage, ...]:
        """Every message as it now stands, in the order of posting."""
        with self.ledger.lock:
            return tuple(self._workspace.messages.values())

    @property
    def pings(self) -> tuple[str, ...]:
        """Whom messages called by name or by channel, in order."""
        return tuple(ping for message in self.messages for ping in message.pings)

    def replies(self, ts: str) -> tuple[SlackMessage, ...]:
        """The messages of the thread under the message `ts`, in order."""
        return tuple(message for message in self.messages if message.thread_ts == ts)

    def serve(self, request: Request) -> Response:
        with self.ledger.lock:
            return self._serve_webhook(request) if request.path.startswith("/services/") else self._serve_api(request)

    def _serve_api(self, request: Request) -> Response:
        try:
            self._authorise(request)
            return self._call(request)
        except SlackError as error:
            self.ledger.refuse("slack", request.path, error.code, error.messages)
            return json_response(_refusal(error))

    def _authorise(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            raise SlackError("not_authed")
        if token != self.token:
            raise SlackError("invalid_auth")

    def _call(self, request: Request) -> Response:
        match request.path.removeprefix("/api/"):
            case "auth.test":
                return json_response({"ok": True, "team_id": "T00000000", "user": "rootwatch", "user_id": BOT})
            case "chat.postMessage":
                payload = _api_body(request)
                channel = self._workspace.channel(payload.get("channel"))
                self._workspace.check_post(channel, payload)
                wait = self._throttle.seconds_to_wait(channel)
                if wait:
                    return self.busy.with_header("Retry-After", str(wait))
                return json_response(_acceptance(self._workspace.post(channel, payload, "api")))
            case "chat.update":
                return json_response(_acceptance(self._workspace.update(_api_body(request))))
        raise SlackError("unknown_method")

    def _serve_webhook(self, request: Request) -> Response:
        channel = next(iter(self.channels))
        try:
            self._know_webhook(request.path.removeprefix("/services/"))
            payload = {**_body(request, "invalid_payload"), "thread_ts": None}  # a webhook cannot answer in a thread
            self._workspace.check_post(channel, payload)
        except SlackError as error:
            self.ledger.refuse("slack", "/services/…", error.code, error.messages)
            return text_response(error.code, WEBHOOK_STATUS.get(error.code, 400))
        wait = self._throttle.seconds_to_wait(channel)
        if wait:
            return text_response("rate_limited", 429).with_header("Retry-After", str(wait))
        self._workspace.post(channel, payload, "webhook")
        return text_response("ok")

    def _know_webhook(self, path: str) -> None:
        service, _, token = path.rpartition("/")
        known_service, _, known_token = self.webhook.rpartition("/")
        if service != known_service:
            raise SlackError("no_service")
        if token != known_token:
            raise SlackError("invalid_token")


def _api_body(request: Request) -> Payload:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise SlackError("invalid_post_type", ["this receiver reads application/json alone"])
    return _body(request, "invalid_json")


def _body(request: Request, code: str) -> Payload:
    try:
        return msgspec.json.decode(request.body, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise SlackError(code, [str(error)]) from error


def _refusal(error: SlackError) -> Payload:
    if not error.messages:
        return {"ok": False, "error": error.code}
    return {
        "ok": False,
        "error": error.code,
        "errors": error.messages,
        "response_metadata": {"messages": [f"[ERROR] {message}" for message in error.messages]},
    }


def _acceptance(message: SlackMessage) -> Payload:
    kept = {"type": "message", "user": BOT, "ts": message.ts, "text": message.text, "blocks": message.blocks}
    if message.thread_ts:
        kept["thread_ts"] = message.thread_ts
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": kept}
