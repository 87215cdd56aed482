"""What the PagerDuty Events API v2 takes and what it refuses.

Source: developer.pagerduty.com, "Send an Alert Event", "Send a Change Event" and "Events API v2 Overview".
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

MAX_EVENT: Final = 512_000  # bytes
MAX_SUMMARY: Final = 1_024
MAX_DEDUP_KEY: Final = 255
ROUTING_KEY_LENGTH: Final = 32
ACTIONS: Final = ("trigger", "acknowledge", "resolve")
SEVERITIES: Final = ("critical", "error", "warning", "info")
Event = Mapping[str, object]


def faults_of_alert(event: Event, routing_key: str) -> list[str]:
    """Why PagerDuty would answer 400 to this alert event; nothing if it would not."""
    return [
        *_faults_of_routing_key(event.get("routing_key"), routing_key),
        *_faults_of_action(event),
        *(_faults_of_alert_payload(event) if event.get("event_action") == "trigger" else ()),
        *_faults_of_assets(event, "links", "href", ("http://", "https://")),
        *_faults_of_assets(event, "images", "src", ("https://",)),
    ]


def faults_of_change(event: Event, routing_key: str) -> list[str]:
    """The same for a change event, which needs only a summary."""
    payload = event.get("payload")
    return [
        *_faults_of_routing_key(event.get("routing_key"), routing_key),
        *(_faults_of_payload(payload) if isinstance(payload, dict) else ["'payload' is missing or blank"]),
        *_faults_of_assets(event, "links", "href", ("http://", "https://")),
    ]


def _faults_of_routing_key(given: object, known: str) -> Iterator[str]:
    if not isinstance(given, str) or not given:
        yield "'routing_key' is missing or blank"
    elif len(given) != ROUTING_KEY_LENGTH:
        yield f"Length of 'routing_key' is incorrect (should be {ROUTING_KEY_LENGTH} characters)"
    elif not given.isalnum():
        yield "'routing_key' cannot contain non-alphanumeric characters."
    elif given != known:
        yield "Invalid routing key"


def _faults_of_action(event: Event) -> Iterator[str]:
    action, key = event.get("event_action"), event.get("dedup_key")
    if action not in ACTIONS:
        yield "'event_action' is missing or invalid (must be 'trigger', 'acknowledge' or 'resolve')"
    elif action != "trigger" and not key:
        yield "'dedup_key' is missing or blank"
    if key is not None and not isinstance(key, str):
        yield "'dedup_key' is invalid (must be a string)"
    elif key and len(key) > MAX_DEDUP_KEY:
        yield f"'dedup_key' is too long (maximum is {MAX_DEDUP_KEY} characters)"


def _faults_of_alert_payload(event: Event) -> Iterator[str]:
    payload = event.get("payload")
    if not isinstance(payload, dict):
        yield "'payload' is missing or blank"
        return
    yield from _faults_of_payload(payload)
    if not payload.get("source"):
        yield "'payload.source' is missing or blank"
    if payload.get("severity") not in SEVERITIES:
        yield (
            "'payload.severity' is missing or invalid "
            "(must be one of the following: 'critical', 'warning', 'error' or 'info')"
        )


def _faults_of_payload(payload: Event) -> Iterator[str]:
    summary = payload.get("summary")
    if not isinstance(summary, str) or not summary:
        yield "'payload.summary' is missing or blank"
    elif len(summary) > MAX_SUMMARY:
        yield f"'payload.summary' is too long (maximum is {MAX_SUMMARY} characters)"
    for name in ("source", "component", "group", "class"):
        if not isinstance(payload.get(name), str | None):
            yield f"'payload.{name}' is invalid (must be a string)"
    if "timestamp" in payload and not _is_iso_8601(payload["timestamp"]):
        yield "'payload.timestamp' is invalid (must be in ISO 8601 format)"
    if not isinstance(payload.get("custom_details"), dict | None):
        yield "'payload.custom_details' is invalid (must be an object)"


def _is_iso_8601(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _faults_of_assets(event: Event, name: str, url: str, schemes: tuple[str, ...]) -> Iterator[str]:
    assets = event.get(name)
    if assets is None:
        return
    if not isinstance(assets, list):
        yield f"'{name}' is invalid (must be an array)"
        return
    for number, asset in enumerate(assets):
        address = asset.get(url) if isinstance(asset, dict) else None
        if not isinstance(address, str) or not address.startswith(schemes):
            yield f"'{name}[{number}].{url}' is missing or invalid (must be a URL of {' or '.join(schemes)})"
