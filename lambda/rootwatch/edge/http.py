"""One HTTP session for all channels: TLS contexts are made once, connections are kept."""

from email.utils import parsedate_to_datetime
from typing import Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from rootwatch.core.ports import Outcome

TIMEOUT_SECONDS: Final = (3.05, 8.0)
_LONGEST_WAIT_SECONDS: Final = 900.0


def session(connections: int = 10) -> requests.Session:
    """A session that tries a connection twice more, and never repeats what the other side may have taken.
    ``connections``: how many are kept to one host.

    Longer retries belong to the outbox: sleeping code delays every other alert.
    """
    made = requests.Session()
    retry = Retry(total=2, connect=2, read=0, status=0, redirect=0, other=0, backoff_factor=0.1)
    made.mount("https://", HTTPAdapter(max_retries=retry, pool_maxsize=connections))
    made.mount(
        "http://", HTTPAdapter(max_retries=retry, pool_maxsize=connections)
    )  # the local receivers; settings allow http on loopback alone
    made.trust_env = False  # no proxy, no .netrc from the environment
    return made


def unreachable(error: requests.RequestException) -> Outcome:
    """The outcome of a call without an answer: nobody knows whether it arrived, so it is sent again."""
    return Outcome(state="retry", reason=f"no answer: {type(error).__name__}")


def by_status(response: requests.Response) -> Outcome | None:
    """The outcome that an HTTP status alone tells: 429 and 5xx are tried again; None for what needs a closer look."""
    if response.status_code == requests.codes.too_many_requests:
        return Outcome(state="retry", reason="429: too many requests", retry_after=_retry_after(response))
    if response.status_code >= requests.codes.internal_server_error or response.status_code == requests.codes.timeout:
        return Outcome(state="retry", reason=f"HTTP {response.status_code}", retry_after=_retry_after(response))
    return None


def is_sent_elsewhere(response: requests.Response) -> bool:
    """Whether it is a redirect, none of which is followed: nothing was taken, and the address is wrong, not the
    message. ``response.ok`` is true of it all the same."""
    return response.status_code in range(300, 400)


def _retry_after(response: requests.Response) -> float | None:
    """Retry-After in seconds, bounded; as a date it counts from the answer's own Date.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    said = response.headers.get("Retry-After", "")
    try:
        if said.isdigit():
            return min(float(said), _LONGEST_WAIT_SECONDS)
        wait = parsedate_to_datetime(said) - parsedate_to_datetime(response.headers.get("Date", ""))
        return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT_SECONDS)
    except (TypeError, ValueError):
        return None
