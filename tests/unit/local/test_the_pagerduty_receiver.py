"""PagerDuty as the local receiver plays it: who is paged, who is not, and which events are no events."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests

from rootwatch_local.receivers import Receivers

Call = Callable[[str, Mapping[str, object]], requests.Response]
KEY = "rootwatch/444455556666-0a1b2c3d4e5f/access/critical"


def trigger(key: str | None = KEY, **payload: object) -> dict[str, Any]:
    event = {
        "event_action": "trigger",
        "payload": {"summary": "Root signed in", "source": "aws:444455556666", "severity": "critical", **payload},
    }
    return event if key is None else {**event, "dedup_key": key}


def settle(action: str, key: str = KEY) -> dict[str, object]:
    return {"event_action": action, "dedup_key": key}


def test_a_trigger_is_accepted_opens_an_alert_and_pages(receivers: Receivers, enqueue: Call) -> None:
    answer = enqueue("enqueue", trigger(timestamp="2026-11-05T09:14:02.315+0000", custom_details={"MFA": "No"}))
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": KEY}
    [alert] = receivers.pagerduty.alerts
    assert (alert.status, alert.severity, alert.urgency) == ("triggered", "critical", "high")
    assert alert.details == {"MFA": "No"}
    assert receivers.pagerduty.pages == 1


def test_a_trigger_on_an_open_alert_is_appended_and_pages_nobody(receivers: Receivers, enqueue: Call) -> None:
    for _ in range(3):
        enqueue("enqueue", trigger())
    [alert] = receivers.pagerduty.alerts
    assert alert.triggers == 3
    assert receivers.pagerduty.pages == 1


def test_an_acknowledged_alert_still_takes_triggers_quietly(receivers: Receivers, enqueue: Call) -> None:
    for event in (trigger(), settle("acknowledge"), trigger()):
        assert enqueue("enqueue", event).status_code == 202
    [alert] = receivers.pagerduty.alerts
    assert (alert.status, alert.triggers) == ("acknowledged", 2)
    assert receivers.pagerduty.pages == 1


def test_a_trigger_after_a_resolve_opens_a_new_alert_and_pages_again(receivers: Receivers, enqueue: Call) -> None:
    for event in (trigger(), settle("resolve"), trigger()):
        enqueue("enqueue", event)
    assert [alert.status for alert in receivers.pagerduty.alerts] == ["resolved", "triggered"]
    assert receivers.pagerduty.pages == 2


def test_a_trigger_without_a_key_always_opens_its_own_alert(receivers: Receivers, enqueue: Call) -> None:
    keys = {enqueue("enqueue", trigger(key=None)).json()["dedup_key"] for _ in range(2)}
    assert len(keys) == 2
    assert receivers.pagerduty.pages == 2


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_an_acknowledge_or_resolve_of_nothing_is_accepted_and_dropped(
    receivers: Receivers, enqueue: Call, action: str
) -> None:
    assert enqueue("enqueue", settle(action)).status_code == 202
    assert receivers.pagerduty.alerts == ()
    assert [event.dropped for event in receivers.pagerduty.events] == [True]


def test_a_change_event_is_told_and_never_pages(receivers: Receivers, enqueue: Call) -> None:
    answer = enqueue("change/enqueue", {"payload": {"summary": "Planned root use"}})
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Change event processed"}
    assert [change.summary for change in receivers.pagerduty.changes] == ["Planned root use"]
    assert receivers.pagerduty.pages == 0


def test_a_low_severity_rings_nobody_at_night(receivers: Receivers, enqueue: Call) -> None:
    enqueue("enqueue", trigger(severity="warning"))
    assert [alert.urgency for alert in receivers.pagerduty.alerts] == ["low"]


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({**trigger(), "routing_key": "short"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({**trigger(), "routing_key": "f" * 32}, "Invalid routing key"),
        ({**trigger(), "routing_key": ""}, "'routing_key' is missing or blank"),
        ({**trigger(), "event_action": "shout"}, "'event_action' is missing or invalid"),
        ({**trigger(), "payload": None}, "'payload' is missing or blank"),
        (trigger(key="k" * 256), "'dedup_key' is too long (maximum is 255 characters)"),
        (trigger(summary=""), "'payload.summary' is missing or blank"),
        (trigger(summary="s" * 1025), "'payload.summary' is too long (maximum is 1024 characters)"),
        (trigger(source=""), "'payload.source' is missing or blank"),
        (trigger(severity="high"), "'payload.severity' is missing or invalid"),
        (trigger(timestamp="yesterday"), "'payload.timestamp' is invalid"),
        (trigger(custom_details="text"), "'payload.custom_details' is invalid"),
        ({**trigger(), "links": {"href": "https://example.com"}}, "'links' is invalid"),
        ({**trigger(), "links": [{"text": "no address"}]}, "'links[0].href' is missing or invalid"),
        ({**trigger(), "images": [{"src": "http://example.com/a.png"}]}, "'images[0].src' is missing or invalid"),
        ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
    ],
)
def test_an_event_that_pagerduty_would_refuse_is_refused(
    receivers: Receivers, enqueue: Call, event: Mapping[str, object], error: str
) -> None:
    answer = enqueue("enqueue", event)
    assert answer.status_code == 400
    assert answer.json()["status"] == "invalid event"
    assert [found for found in answer.json()["errors"] if found.startswith(error)]
    assert len(answer.json()["errors"]) == 1
    assert [refusal.service for refusal in receivers.refused] == ["pagerduty"]
    assert receivers.pagerduty.pages == 0


def test_the_longest_event_that_fits_is_taken(receivers: Receivers, enqueue: Call) -> None:
    assert enqueue("enqueue", trigger(key="k" * 255, summary="s" * 1024)).status_code == 202
    assert enqueue("enqueue", trigger(custom_details={"log": "x" * 512_000})).status_code == 413


def test_a_body_that_is_no_json_is_refused(receivers: Receivers) -> None:
    answer = requests.post(f"{receivers.pagerduty_events_url}enqueue", data=b"{", timeout=10)
    assert answer.status_code == 400
    assert len(receivers.refused) == 1


def test_a_change_event_without_a_summary_is_refused(receivers: Receivers, enqueue: Call) -> None:
    assert enqueue("change/enqueue", {"payload": {"source": "aws"}}).status_code == 400
    assert enqueue("change/enqueue", {}).status_code == 400
    assert receivers.pagerduty.changes == ()


def test_an_integration_takes_so_many_events_a_minute_and_then_asks_to_wait() -> None:
    now = 0.0
    with Receivers(pagerduty_a_minute=2, clock=lambda: now) as receivers:

        def sent() -> int:
            body = {"routing_key": receivers.pagerduty.routing_key, **trigger()}
            return requests.post(f"{receivers.pagerduty_events_url}enqueue", json=body, timeout=10).status_code

        assert [sent() for _ in range(3)] == [202, 202, 429]
        now = 60.0
        assert sent() == 202
        assert receivers.refused == ()
