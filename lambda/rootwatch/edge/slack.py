"""Slack: chat.postMessage with a bot token (a thread an incident), or an incoming webhook (self-contained messages).

Source: https://docs.slack.dev/reference/methods/chat.postMessage and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from typing import Any, Final

import requests

from rootwatch.core.notice import Notice
from rootwatch.core.ports import Outcome
from rootwatch.core.sections import Slack
from rootwatch.core.settings import Settings
from rootwatch.edge.http import TIMEOUT_SECONDS, by_status, unreachable
from rootwatch.edge.secrets import SecretError, Secrets
from rootwatch.render.slack import SlackMessage, slack

# A person can mend these within the day: the send waits for it.
_MENDABLE: Final = frozenset(
    {"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"}
    | {"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "ekm_access_denied"}
    | {"no_permission", "team_access_not_granted", "org_login_required"}
)
_SIGN_IN: Final = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})
_PASSING: Final = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
    | {"team_added_to_org", "message_limit_exceeded"}
)
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
        if outcome.reason.removeprefix("Slack: ") in _SIGN_IN:
            # The token may have been rotated since it was read.
            outcome = self._post(message, thread, fresh=True)
        return outcome

    def _post(self, message: SlackMessage, thread: str | None, *, fresh: bool) -> Outcome:
        try:
            kind, value = self._secrets.field(self._section.secret, "bot_token", "webhook_url", fresh=fresh)
            if kind == "webhook_url":
                return self._by_webhook(message, value)
            return self._by_token(message, value, thread)
        except SecretError as error:
            return Outcome(state="retry", reason=str(error))
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
            return Outcome(state="retry", reason=f"the secret {self._section.secret} holds no https address")
        body = {"text": message.text, "blocks": message.blocks}
        response = self._http.post(url, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        if response.ok:
            return Outcome(state="sent")
        passing = by_status(response)
        if passing:
            return passing
        state: Any = "retry" if response.status_code in _WEBHOOK_MENDABLE else "failed"
        return Outcome(state=state, reason=f"Slack's webhook answered {response.status_code}")


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
    return Outcome(state="retry" if error in _MENDABLE | _PASSING else "failed", reason=f"Slack: {error}")
