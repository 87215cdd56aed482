"""PagerDuty's Events API v2: triggers, resolves and change events.

Source: https://developer.pagerduty.com/docs/events-api-v2/overview/ (202 accepted, 400 never again, 429 and 5xx later)
"""

from typing import Final

import requests

from rootwatch.core.notice import Notice
from rootwatch.core.ports import Outcome
from rootwatch.core.sections import PagerDuty
from rootwatch.core.settings import Settings
from rootwatch.edge.http import TIMEOUT_SECONDS, by_status, is_sent_elsewhere, unreachable
from rootwatch.edge.secrets import SecretError, Secrets
from rootwatch.render.pagerduty import pagerduty

# The routing key or the integration is gone: a person can mend that within the day.
_MENDABLE: Final = frozenset({requests.codes.unauthorized, requests.codes.forbidden, requests.codes.not_found})


class PagerDutyChannel:
    """The channel PagerDuty."""

    def __init__(self, section: PagerDuty, settings: Settings, secrets: Secrets, http: requests.Session) -> None:
        self._section = section
        self._settings = settings
        self._secrets = secrets
        self._http = http

    def send(self, notice: Notice, thread: str | None) -> Outcome:  # noqa: ARG002 # the port's; Slack alone has threads
        """Sends what the notice means to PagerDuty; all its events, or it is due again (a dedup_key merges repeats)."""
        event = pagerduty(notice, self._settings)
        outcome = Outcome(state="sent")
        for body in event.bodies:
            outcome = self._enqueue(event.path, body, fresh=False)
            if outcome.mend:
                # The key may have been rotated since it was read.
                outcome = self._enqueue(event.path, body, fresh=True)
            if outcome.state != "sent":
                return outcome
        return outcome

    def _enqueue(self, path: str, body: dict[str, object], *, fresh: bool) -> Outcome:
        try:
            _, routing_key = self._secrets.field(self._section.secret, "routing_key", fresh=fresh)
            response = self._http.post(
                f"{self._section.url}{path}",
                json={"routing_key": routing_key, **body},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except SecretError as error:
            return Outcome(state="retry", reason=str(error), mend=error.mend)
        except requests.RequestException as error:
            return unreachable(error)
        if response.status_code == requests.codes.accepted:
            key = body.get("dedup_key")
            return Outcome(state="sent", receipt=str(key) if key else None)
        passing = by_status(response)
        if passing:
            return passing
        mend = is_sent_elsewhere(response) or response.status_code in _MENDABLE or _refuses_the_key(response)
        which = ": it does not know the routing key" if _refuses_the_key(response) else ""
        reason = f"PagerDuty answered {response.status_code}{which}"
        return Outcome(state="retry" if mend else "failed", reason=reason, mend=mend)


def _refuses_the_key(response: requests.Response) -> bool:
    """Whether a 400 is about the routing key alone, as the errors say; their text is not kept."""
    if response.status_code != requests.codes.bad_request:
        return False
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return False
    errors = answer.get("errors") if isinstance(answer, dict) else None
    named = [error for error in errors if isinstance(error, str)] if isinstance(errors, list) else []
    return bool(named) and all("routing" in error.lower() for error in named)
