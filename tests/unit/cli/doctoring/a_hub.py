"""A deployed rootwatch in which all is well, as it is looked up; a test changes what it is about."""

from datetime import timedelta
from typing import Any

import msgspec

from rootwatch.core.coverage import rows
from rootwatch.core.health import Health
from rootwatch.core.roll import Ask, Heard, Place, Roll
from rootwatch.edge.last_sends import LastSend
from rootwatch_cli.doctoring.facts import Secret
from rootwatch_cli.doctoring.state import Queue, State, Subscription
from tests.support.records import NOON
from tests.unit.cli.doctoring.an_organisation import HUB, MANAGEMENT, PAYMENTS, REGIONS, SANDBOX, settings

NAMES = {MANAGEMENT: "org-management", HUB: "security", PAYMENTS: "prod-payments", SANDBOX: "sandbox-ana"}
TOPIC = f"arn:aws:sns:eu-central-1:{HUB}:rootwatch-alerts"
SETTINGS = settings(heartbeat={"secret": "rootwatch/heartbeat"})


def roll(account: str, **changes: Any) -> Roll:
    """Asked at 10:00 and 11:00; under watch for a week."""
    since = NOON - timedelta(days=7)
    place = Place(made=since, asked_from=since, state="fast")
    asks = tuple(Ask(f"nonce-{hour}", NOON - timedelta(hours=hour)) for hour in (2, 1))
    known = Roll(
        account=account, name=NAMES.get(account, ""), since=since, asks=asks, places=dict.fromkeys(REGIONS, place)
    )
    return msgspec.structs.replace(known, **changes)


def heard(account: str, region: str, hours: float = 1) -> Heard:
    """The canary that was sent so many hours ago came by EventBridge, and none after it."""
    at = NOON - timedelta(hours=hours)
    return Heard(account=account, region=region, fast=at, fast_at=at + timedelta(seconds=5))


def places(*silent: tuple[str, str], rolls: list[Roll] | None = None, **differing: Any):
    """All places, these of them silent since 11:00."""
    known = rolls or [roll(account) for account in NAMES]
    answers = {
        (one.account, region): heard(one.account, region, 2 if (one.account, region) in silent else 1)
        for one in known
        for region in one.places
    }
    return tuple(rows(known, answers, SETTINGS, NOON))


def state(**changes: Any) -> State:
    healthy = State(
        at=NOON,
        places=places(),
        lost=(),
        health=Health(
            since=NOON - timedelta(days=7),
            ran_at=NOON - timedelta(minutes=3),
            heard_at=NOON - timedelta(minutes=4),
            trail_at=NOON - timedelta(minutes=3),
        ),
        unsent=(),
        last_sends=tuple(
            LastSend(channel=name, state="sent", at=NOON - timedelta(hours=5), incident="111122223333-0a1b2c3d4e5f")
            for name in ("pagerduty", "slack", "sns")
        ),
        rule="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        readers={"rootwatch-monitor": "Enabled", "rootwatch-backstop": "Enabled"},
        schedules={"rootwatch-sweep": "ENABLED", "rootwatch-coverage": "ENABLED"},
        queues={"rootwatch-records": queue()},
        alarms=(),
        subscriptions=(subscription(),),
        alarm_subscriptions=(subscription(),),
        secrets=(Secret("slack", "rootwatch/slack", ""), Secret("pagerduty", "rootwatch/pagerduty", "")),
    )
    return msgspec.structs.replace(healthy, **changes)


def queue(**changes: Any) -> Queue:
    url = f"https://sqs.eu-central-1.amazonaws.com/{HUB}/rootwatch-records-dead"
    return msgspec.structs.replace(Queue(name="rootwatch-records", dead_letters_url=url, waiting=0, dead=0), **changes)


def subscription(**changes: Any) -> Subscription:
    known = Subscription(
        arn=f"{TOPIC}:1", protocol="email", endpoint="security@example.com", confirmed=True, guarded=True
    )
    return msgspec.structs.replace(known, **changes)
