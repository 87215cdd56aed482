"""The notices of storms and of lost sends of which golden samples are kept, made by the core."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from rootwatch.catalogue import load
from rootwatch.core import failed_sends, storm_notices
from rootwatch.core.decide import decide
from rootwatch.core.fact import Fact
from rootwatch.core.incident import STORM_SCOPE, Incident
from rootwatch.core.notice import Notice
from rootwatch.core.observe import over
from rootwatch.core.ports import Account, Known, Outcome
from rootwatch.core.storm import Paging
from rootwatch.core.words import ChannelName, Severity
from tests.support.records import ACCOUNT, call, settings, sign_in

AT = datetime.fromisoformat("2026-11-24T03:12:07Z")
SETTINGS = settings()
NAMED = Account(id=ACCOUNT, name="prod-payments", path="Root/Workloads/Prod", owner="payments@example.com")


def _paging(number: int, joined: str = "") -> Paging:
    account = f"{200_000_000_000 + number}"
    severity: Severity = "high" if number % 7 else "critical"
    what = "sign-in" if severity == "high" else "made an access key for root"
    return Paging(
        at=AT + timedelta(seconds=9 * min(number, 20) + 0.2 * max(number - 20, 0)),
        incident=f"{account}-{number:012x}",
        severity=severity,
        line=f"{severity.upper()} team-{number:03} ({account}): {what}",
        joined=joined if severity == "high" else "",
    )


def _begun() -> tuple[Incident, Notice]:
    pagings = [_paging(number) for number in range(21)]
    plan = storm_notices.opening(pagings, Known(), SETTINGS, pagings[-1].at)
    assert plan
    assert plan.incident
    return plan.incident, plan.notices[0]


def _grown(count: int, minutes: float) -> Notice:
    storm, _ = _begun()
    pagings = [_paging(number, storm.id if number > 20 else "") for number in range(count)]
    moved = storm_notices.tick(storm, pagings, SETTINGS, storm.opened_at + timedelta(minutes=minutes))
    assert moved
    return moved[1][-1]


def _joined() -> Notice:
    storm, _ = _begun()
    now = storm.opened_at + timedelta(seconds=40)
    record = msgspec.structs.replace(
        call("PutBucketPolicy", now - timedelta(seconds=3), eventSource="s3.amazonaws.com"),
        key="key-1",
        event_id="3f6f0b0e-1c2d-4e5f-8a9b-000000000001",
    )
    known = Known(incidents={STORM_SCOPE: storm}, account=NAMED, country="NL")
    [notice] = decide(record, known, SETTINGS, load(), now).notices
    return notice


def _page() -> Notice:
    record = msgspec.structs.replace(sign_in(AT, mfa="No"), key="key-1")
    return decide(record, Known(account=NAMED), SETTINGS, load(), AT).notices[0]


def _lost(channel: ChannelName, outcome: Outcome) -> Notice:
    now = AT + timedelta(seconds=3)
    fact = failed_sends.lost(channel, _page(), outcome, SETTINGS, now)
    return failed_sends.told_by_others(channel, fact, Known(), SETTINGS, now).notices[0]


def _works() -> Notice:
    now = AT + timedelta(hours=2)
    first: Fact = failed_sends.lost("slack", _page(), Outcome(state="failed", reason="Slack: x"), SETTINGS, AT)
    there = failed_sends.told_by_others("slack", first, Known(), SETTINGS, AT).incident
    assert there
    plan = over(failed_sends.works("slack", now), Known(incidents={there.scope: there}), SETTINGS, now)
    assert plan
    return plan.notices[0]


MAKERS: dict[str, Callable[[], Notice]] = {
    "storm": lambda: _begun()[1],
    "storm-digest": lambda: _grown(233, 1),
    "storm-joined": _joined,
    "storm-closed": lambda: _grown(21, 61),
    "page-lost": lambda: _lost("pagerduty", Outcome(state="failed", reason="PagerDuty answered 400")),
    "slack-refuses": lambda: _lost("slack", Outcome(state="retry", reason="Slack: token_revoked", mend=True)),
    "slack-works-again": _works,
}
