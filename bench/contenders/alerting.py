"""From a record to three channels over TLS, as a warm monitor does it: everything of ours but the table.

Prints the seconds of each event, with connections kept and, for comparison, with a new session for each message.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import Any, Final

import boto3
import requests

from rootwatch.core.settings import Settings
from rootwatch.edge.http import session
from rootwatch.edge.pagerduty import PagerDutyChannel
from rootwatch.edge.secrets import Secrets
from rootwatch.edge.slack import SlackChannel
from rootwatch.edge.sns import SnsChannel
from rootwatch_local.receivers.pagerduty import DEFAULT_ROUTING_KEY
from rootwatch_local.receivers.slack import DEFAULT_TOKEN
from tests.support.monitor import Monitor
from tests.support.records import sign_in

_EVENTS: Final = 200
_WARM_UP: Final = 20
_TOPIC: Final = "arn:aws:sns:eu-central-1:123456789012:rootwatch-alerts"


class _SecretsManager:
    """What the channels sign in with at the local receivers."""

    def get_secret_value(self, **_asked: object) -> dict[str, str]:
        return {"SecretString": json.dumps({"bot_token": DEFAULT_TOKEN, "routing_key": DEFAULT_ROUTING_KEY})}


def main() -> None:
    """Runs both ways against the same receivers."""
    command = [sys.executable, "-m", "bench.contenders.tls_receivers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receivers:
        assert receivers.stdout is not None
        where = json.loads(receivers.stdout.readline())
        kept = _http(where)
        # Metrics are written to stdout, as Lambda wants them.
        with redirect_stdout(sys.stderr):
            seconds = {"kept": _events(where, lambda: kept), "new": _events(where, lambda: _http(where))}
    print(json.dumps(seconds))


def _http(where: dict[str, Any]) -> requests.Session:
    made = session()
    made.verify = where["certificate"]
    return made


def _events(where: dict[str, Any], http: Callable[[], requests.Session]) -> list[float]:
    """The seconds of each event: a sign-in that opens an incident and pages."""
    base = f"https://127.0.0.1:{where['channels']}"
    sns, taken = _sns(where), []
    for number in range(_WARM_UP + _EVENTS):
        # A table in memory that holds nothing yet, since it searches more slowly the more there is in it.
        monitor = Monitor(
            slack={"secret": "slack", "channel": "C0123456789", "api_url": f"{base}/api/"},
            pagerduty={"secret": "pagerduty", "events_url": f"{base}/v2/"},
        )
        monitor.now = datetime.now(UTC)
        item = sign_in(monitor.now, account=f"{number + 1:012d}")
        began = time.perf_counter()
        monitor.channels |= _channels(monitor.settings, http(), sns)
        monitor.take(item)
        taken.append(time.perf_counter() - began)
        _check(monitor)
    return taken[_WARM_UP:]


def _channels(settings: Settings, http: requests.Session, sns: Any) -> Any:
    secrets: Any = Secrets(_SecretsManager())  # type: ignore[arg-type] # the one call that is made of it
    assert settings.slack
    assert settings.pagerduty
    return {
        "slack": SlackChannel(settings.slack, settings, secrets, http),
        "pagerduty": PagerDutyChannel(settings.pagerduty, settings, secrets, http),
        "sns": SnsChannel(_TOPIC, settings, sns),
    }


def _sns(where: dict[str, Any]) -> Any:
    return boto3.client(
        "sns",
        region_name="eu-central-1",
        endpoint_url=f"https://127.0.0.1:{where['sns']}",
        verify=where["certificate"],
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",  # noqa: S106 # signs for the local receiver
    )


def _check(monitor: Monitor) -> None:
    """Every message was taken: a refusal would be quick, and worth nothing."""
    states = [send.state for send in monitor.store.sends]
    assert states == ["sent"] * 3, monitor.store.sends


if __name__ == "__main__":
    main()
