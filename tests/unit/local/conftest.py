"""The receivers, started anew for each test, and the shortest ways to speak to them."""

from collections.abc import Callable, Iterator, Mapping

import pytest
import requests

from rootwatch_local.receivers import Receivers

Call = Callable[[str, Mapping[str, object]], requests.Response]


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


@pytest.fixture
def slack_call(receivers: Receivers) -> Call:
    """Call a method of Slack's Web API as the bot does."""

    def call(method: str, body: Mapping[str, object]) -> requests.Response:
        bearer = {"Authorization": f"Bearer {receivers.slack.token}"}
        return requests.post(f"{receivers.slack_api_url}{method}", json=body, headers=bearer, timeout=10)

    return call


@pytest.fixture
def enqueue(receivers: Receivers) -> Call:
    """Send an event to PagerDuty with the right routing key, unless the event brings its own."""

    def call(path: str, event: Mapping[str, object]) -> requests.Response:
        body = {"routing_key": receivers.pagerduty.routing_key, **event}
        return requests.post(f"{receivers.pagerduty_events_url}{path}", json=body, timeout=10)

    return call
