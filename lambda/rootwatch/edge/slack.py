"""Slack: chat.postMessage with a bot token (a thread an incident), or an incoming webhook (self-contained messages).

Source: https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from typing import Any, Final, Literal

import requests

from rootwatch.core.notice import Notice
from rootwatch.core.ports import Outcome
from rootwatch.core.sections import Slack
from rootwatch.core.settings import Settings
from rootwatch.edge.http import TIMEOUT_SECONDS, by_status, is_sent_elsewhere, unreachable
from rootwatch.edge.secrets import SecretError, Secrets
from rootwatch.edge.slack_errors import Meaning, meaning_of
from rootwatch.render.slack import SlackMessage, slack

_API: Final = "Slack: "
_WEBHOOK: Final = "Slack's webhook answered "
# The webhook was revoked, its channel archived or deleted. A webhook that is none is redirected to Slack's front page:
# https://github.com/Graylog2/graylog2-server/issues/12315
_WEBHOOK_MENDABLE: Final = frozenset({requests.codes.forbidden, requests.codes.not_found, requests.codes.gone})


class SlackChannel:
    """The channel Slack."""

    def __init__(self, section: Slack, settings: Settings, secrets: Secrets, http: requests.Session) -> None:
        self._section = section
        self._settings = settings
        self._secrets = secrets
        self._http = http

    def send(self, notice: Notice, thread: str | None) -> Outcome:
        """Posts the notice; the receipt is Slack's ``ts``, by which the incident's later messages find the thread."""
        message = slack(notice, self._settings)
        outcome = self._post(message, thread, fresh=False)
        if _refused(outcome) == "key":
            # The token, or the webhook, may have been rotated since it was read.
            outcome = self._post(message, thread, fresh=True)
        if _refused(outcome) == "thread" and thread:
            outcome = self._post(message, None, fresh=False)
        return outcome

    def _post(self, message: SlackMessage, thread: str | None, *, fresh: bool) -> Outcome:
        try:
            kind, value = self._secrets.field(self._section.secret, "bot_token", "webhook_url", fresh=fresh)
            if kind == "webhook_url":
                return self._by_webhook(message, value)
            return self._by_token(message, value, thread)
        except SecretError as error:
            return Outcome(state="retry", reason=str(error), mend=error.mend)
        except requests.RequestException as error:
            return unreachable(error)

    def _by_token(self, message: SlackMessage, token: str, thread: str | None) -> Outcome:
        body: dict[str, Any] = {
            "channel": self._section.channel,
            "text": message.text,
            "blocks": message.blocks,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if thread:
            body |= {"thread_ts": thread, "reply_broadcast": message.broadcast}
        response = self._http.post(
            f"{self._section.api_url}chat.postMessage",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        return by_status(response) or _by_answer(response)

    def _by_webhook(self, message: SlackMessage, url: str) -> Outcome:
        if not url.startswith("https://") and not url.startswith("http://127.0.0.1:"):
            return Outcome(state="retry", reason=f"the secret {self._section.secret} holds no https address", mend=True)
        body = {"text": message.text, "blocks": message.blocks}
        response = self._http.post(url, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        if response.ok and not is_sent_elsewhere(response):
            return Outcome(state="sent")
        passing = by_status(response)
        if passing:
            return passing
        mend = is_sent_elsewhere(response) or response.status_code in _WEBHOOK_MENDABLE
        what = ": it is no webhook, or is gone" if is_sent_elsewhere(response) else ""
        reason = f"{_WEBHOOK}{response.status_code}{what}"
        return Outcome(state="retry" if mend else "failed", reason=reason, mend=mend)


def _by_answer(response: requests.Response) -> Outcome:
    """Slack answers 200 also when it refuses: ``ok`` decides."""
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return Outcome(state="retry", reason=f"Slack answered {response.status_code} without JSON")
    if not isinstance(answer, dict):
        return Outcome(state="retry", reason="Slack answered without an object")
    if answer.get("ok") is True:
        return Outcome(state="sent", receipt=str(answer.get("ts", "")) or None)
    error = str(answer.get("error", "unknown error"))[:64]
    meaning = meaning_of(error)
    state: Literal["retry", "failed"] = "failed" if meaning == "never" else "retry"
    return Outcome(state=state, reason=f"{_API}{error}", mend=meaning not in ("passes", "never"))


def _refused(outcome: Outcome) -> Meaning | None:
    """How Slack refused the message, if it did."""
    if outcome.state != "retry" or not outcome.mend:
        return None
    if outcome.reason.startswith(_WEBHOOK):
        return "key"
    return meaning_of(outcome.reason.removeprefix(_API)) if outcome.reason.startswith(_API) else None
