"""The notices of both paths of which golden samples are kept: a record from a log file, and a lost fast path."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from rootwatch.core import path_facts
from rootwatch.core.fact import Fact
from rootwatch.core.fast_path import FastPath, cause_of
from rootwatch.core.log_file import damaged
from rootwatch.core.notice import Notice
from rootwatch.core.observe import observed, over
from rootwatch.core.ports import Account, Known, Pending, Plan
from rootwatch.core.record import Envelope
from tests.support.log_files import BUCKET
from tests.support.records import ACCOUNT, OTHER, THIRD, settings

AT = datetime.fromisoformat("2026-11-24T03:12:07Z")
SETTINGS = settings()
KEY = f"AWSLogs/o-exampleorgid/{ACCOUNT}/CloudTrail/us-east-1/2026/11/24/{ACCOUNT}_CloudTrail_us-east-1_any.json.gz"
NAMED = Account(id=ACCOUNT, name="prod-payments", path="Root/Workloads/Prod", owner="payments@example.com")


def pending(account: str = ACCOUNT, minutes: float = 0, **changes: Any) -> Pending:
    """A sign-in that EventBridge has not brought."""
    time = AT + timedelta(minutes=minutes)
    told: dict[str, Any] = {"key": f"key-{minutes}-{account}", "rule": "rootwatch-root-use", "account": account}
    told |= {"region": "us-east-1", "time": time, "action": "ConsoleLogin", "due_at": time + timedelta(minutes=15)}
    return Pending(**{**told, "event_id": "3f6f0b0e-1c2d-4e5f-8a9b-000000000000", **changes})


def path(*missed: Pending, lost: tuple[FastPath, ...] = ()) -> FastPath:
    """A place that did not bring these."""
    found = FastPath(account=missed[0].account, region=missed[0].region)
    for one in missed:
        found = found.with_missed(one, cause_of(one, lost, SETTINGS))
    return found


def first(fact: Fact, now: datetime = AT + timedelta(minutes=16)) -> Notice:
    return _plan(fact, now).notices[0]


def _plan(fact: Fact, now: datetime) -> Plan:
    return observed(fact, Known(account=NAMED), SETTINGS, now)


def lost(one: Pending, *others: FastPath) -> Fact:
    return path_facts.lost(one, path(one, lost=others).lost[one.rule], None, SETTINGS)


def regained() -> Notice:
    begun, later = pending(), pending(minutes=42)
    place = path(begun, later)
    told = _plan(path_facts.lost(begun, place.lost[begun.rule], None, SETTINGS), AT + timedelta(minutes=16)).incident
    assert told
    there = msgspec.structs.replace(told, version=1)
    again = AT + timedelta(minutes=71)
    [one] = place.with_heard(begun.rule, again).regained
    ended = over(
        path_facts.regained(place, one),
        Known(account=NAMED, incidents={there.scope: there}),
        SETTINGS,
        again + timedelta(minutes=1),
    )
    assert ended
    return ended.notices[0]


def shared() -> Fact:
    others = tuple(path(pending(account)) for account in (OTHER, THIRD))
    return lost(pending(), *others)


MAKERS: dict[str, Callable[[], Notice]] = {
    "fast-path-lost": lambda: first(lost(pending())),
    "fast-path-lost-in-several-places": lambda: first(shared()),
    "fast-path-without-rules": lambda: first(lost(pending(region="sa-east-1"))),
    "fast-path-heard-again": regained,
    "fast-path-gap": lambda: first(path_facts.gap(pending())),
    "log-file-damaged": lambda: first(
        damaged(
            f"s3://{BUCKET}/{KEY}",
            "",
            ("at byte 61440: it is not valid JSON",),
            Envelope(account=ACCOUNT, region="us-east-1", source=None),
            AT,
        )
    ),
}
