"""PagerDuty, as far as an alert needs it: alerts that page once while open, and change events that never do."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

import msgspec

from rootwatch_local.receivers.ledger import Arrival, Ledger
from rootwatch_local.receivers.pagerduty_rules import MAX_EVENT, faults_of_alert, faults_of_change
from rootwatch_local.receivers.rate import Window
from rootwatch_local.receivers.service import Service
from rootwatch_local.receivers.web import Request, Response, json_response

Payload = Mapping[str, object]
Status = Literal["triggered", "acknowledged", "resolved"]
DEFAULT_ROUTING_KEY: Final = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, and the incident it opened. `triggers` counts its trigger events; only the first paged anybody."""

    number: int
    dedup_key: str
    status: Status
    severity: str
    summary: str
    source: str
    details: Payload
    links: tuple[Link, ...]
    triggers: int
    opened: Arrival
    changed: Arrival

    @property
    def urgency(self) -> Literal["high", "low"]:
        """As a service with severity-based urgency has it: only high urgency rings."""
        return "high" if self.severity in ("critical", "error") else "low"


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    summary: str
    source: str
    details: Payload
    links: tuple[Link, ...]
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One accepted event as it came, whether or not an open alert was there to take it."""

    action: str
    dedup_key: str
    severity: str | None
    dropped: bool
    payload: Payload
    arrival: Arrival


class PagerDuty(Service):
    """One service with one integration key, on both `/v2/enqueue` and `/v2/change/enqueue`."""

    busy: ClassVar[Response] = json_response(
        {"status": "throttle exceeded", "message": "Requests for this service are arriving too quickly."}, 429
    )

    def __init__(
        self, ledger: Ledger, routing_key: str, events_a_minute: int | None, clock: Callable[[], float]
    ) -> None:
        super().__init__(ledger)
        self._window = Window(events_a_minute, clock=clock)
        self.routing_key = routing_key
        self._alerts: list[Alert] = []
        self._events: list[AlertEvent] = []
        self._changes: list[ChangeEvent] = []

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert as it now stands, oldest first."""
        with self.ledger.lock:
            return tuple(self._alerts)

    @property
    def events(self) -> tuple[AlertEvent, ...]:
        """Every accepted alert event, in order, those dropped included."""
        with self.ledger.lock:
            return tuple(self._events)

    @property
    def changes(self) -> tuple[ChangeEvent, ...]:
        with self.ledger.lock:
            return tuple(self._changes)

    @property
    def pages(self) -> int:
        """How often somebody was paged: once for each alert that opened."""
        return len(self.alerts)

    def serve(self, request: Request) -> Response:
        with self.ledger.lock:
            if len(request.body) > MAX_EVENT:
                return self._refuse(request, 413, [f"Event is too large (maximum is {MAX_EVENT} bytes)"])
            try:
                event = msgspec.json.decode(request.body, type=dict[str, object])
            except msgspec.DecodeError as error:
                return self._refuse(request, 400, [f"JSON is invalid: {error}"])
            if self._window.is_full():
                return self.busy
            if request.path == "/v2/enqueue":
                return self._enqueue(request, event)
            if request.path == "/v2/change/enqueue":
                return self._enqueue_change(request, event)
            return self._refuse(request, 404, ["Not Found"])

    def _refuse(self, request: Request, status: int, errors: list[str]) -> Response:
        self.ledger.refuse("pagerduty", request.path, "Event object is invalid", tuple(errors))
        return json_response(
            {"status": "invalid event", "message": "Event object is invalid", "errors": errors}, status
        )

    def _enqueue(self, request: Request, event: Payload) -> Response:
        errors = faults_of_alert(event, self.routing_key)
        if errors:
            return self._refuse(request, 400, errors)
        key = str(event.get("dedup_key") or uuid.uuid4().hex)
        payload, arrival, action = _payload(event), self.ledger.arrive(), str(event["event_action"])
        alert = self._open_alert(key)
        if action == "trigger":
            self._trigger(key, alert, event, arrival)
        elif alert is not None:
            self._settle(alert, "acknowledged" if action == "acknowledge" else "resolved", arrival)
        severity = payload.get("severity")
        self._events.append(
            AlertEvent(
                action=action,
                dedup_key=key,
                severity=str(severity) if severity else None,
                dropped=action != "trigger" and alert is None,
                payload=payload,
                arrival=arrival,
            )
        )
        return json_response({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    def _trigger(self, key: str, alert: Alert | None, event: Payload, arrival: Arrival) -> None:
        """Open an alert, or append to the open one. An acknowledged alert stays so: it notifies nobody again."""
        payload = _payload(event)
        if alert is not None:
            self._replace(replace(alert, triggers=alert.triggers + 1, changed=arrival))
            return
        self._alerts.append(
            Alert(
                number=len(self._alerts) + 1,
                dedup_key=key,
                status="triggered",
                severity=str(payload["severity"]),
                summary=str(payload["summary"]),
                source=str(payload["source"]),
                details=_details(payload),
                links=_links(event),
                triggers=1,
                opened=arrival,
                changed=arrival,
            )
        )

    def _settle(self, alert: Alert, status: Status, arrival: Arrival) -> None:
        self._replace(replace(alert, status=status, changed=arrival))

    def _replace(self, alert: Alert) -> None:
        self._alerts[alert.number - 1] = alert

    def _open_alert(self, key: str) -> Alert | None:
        for alert in reversed(self._alerts):
            if alert.dedup_key == key:
                return None if alert.status == "resolved" else alert
        return None

    def _enqueue_change(self, request: Request, event: Payload) -> Response:
        errors = faults_of_change(event, self.routing_key)
        if errors:
            return self._refuse(request, 400, errors)
        payload = _payload(event)
        self._changes.append(
            ChangeEvent(
                summary=str(payload["summary"]),
                source=str(payload.get("source") or ""),
                details=_details(payload),
                links=_links(event),
                arrival=self.ledger.arrive(),
            )
        )
        return json_response({"status": "success", "message": "Change event processed"}, 202)


def _payload(event: Payload) -> Payload:
    payload = event.get("payload")
    return payload if isinstance(payload, dict) else {}


def _details(payload: Payload) -> Payload:
    details = payload.get("custom_details")
    return details if isinstance(details, dict) else {}


def _links(event: Payload) -> tuple[Link, ...]:
    links = event.get("links")
    return tuple(
        Link(href=link["href"], text=str(link.get("text") or link["href"]))
        for link in (links if isinstance(links, list) else ())
    )
