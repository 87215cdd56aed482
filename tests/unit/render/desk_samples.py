"""The notices of break-glass windows, of which golden samples are kept: what time tells, and what tags show."""

from collections.abc import Callable
from datetime import datetime, timedelta

from rootwatch.core import reminders, tag_readings
from rootwatch.core.fact import Fact
from rootwatch.core.folding import fold
from rootwatch.core.incident import opened
from rootwatch.core.notice import Notice
from rootwatch.core.observe import observed
from rootwatch.core.ports import Account, Known
from rootwatch.core.tag_state import state_of_value
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.verdict import weigh
from tests.support.records import ACCOUNT, ANA, OTHER, THIRD, settings

AT = datetime.fromisoformat("2026-11-24T03:12:07Z")
SETTINGS = settings()
VALUE = "until=2026-11-24T06:00Z ticket=SEC-142"
UNTIL = datetime.fromisoformat("2026-11-24T06:00:00Z")
PAYMENTS = Account(id=ACCOUNT, name="prod-payments", path="Root/Workloads", owner="owner@example.com")


def declared(value: str = VALUE, *, proved: bool = True) -> Tags:
    tagging = Tagging(account=ACCOUNT, purpose="window", value=value, at=AT, by=ANA if proved else None, proved=proved)
    return Tags(account=ACCOUNT).with_more(tagging)


def at_work(now: datetime) -> reminders.Use:
    """Root signs in, looks around, and makes an access key, which no window covers."""
    done = (
        ("signed in to the console with MFA", "sign-in", "access", "high", "yes"),
        ("listed the roles", "api-call", "access", "high", "yes"),
        ("listed the roles", "api-call", "access", "high", "yes"),
        ("made a long-term access key for the root user", "api-call", "credentials", "critical", "never"),
    )
    facts = []
    for number, (says, kind, harm, severity, window) in enumerate(done, 1):
        time = now - timedelta(minutes=5 * number)
        fact = Fact(
            key=f"key-{number}",
            time=time,
            event_time=time,
            kind=kind,  # type: ignore[arg-type] # as written above
            harm=harm,  # type: ignore[arg-type]
            severity=severity,  # type: ignore[arg-type]
            title=says,
            says=says,
            do_now="",
            account=ACCOUNT,
            window=window,
            mfa="yes",
        )
        facts.append(weigh(fact, declared(), SETTINGS))
    incident = opened(facts[0], ACCOUNT, f"{ACCOUNT}-0a1b2c3d4e5f", now)
    for fact in facts:
        incident = fold(incident, fact, (), now)
    return reminders.Use(incident, facts)


def told(fact: Fact | None, now: datetime, account: Account | None = PAYMENTS) -> Notice:
    assert fact
    [notice] = observed(fact, Known(account=account), SETTINGS, now).notices
    return notice


def of_time(now: datetime, *uses: reminders.Use) -> Notice:
    return told(reminders.facts(declared(), uses, SETTINGS, now)[-1], now)


def ending() -> Notice:
    now = UNTIL - timedelta(minutes=10)
    return of_time(now, at_work(now))


def without_record() -> Notice:
    value, now = "until=tomorrow ticket=SEC-142", AT + timedelta(minutes=30)
    return told(tag_readings.without_record(declared(value, proved=False), value, now), now)


def expired() -> Notice:
    now = AT + timedelta(days=6)
    states = [state_of_value(one, VALUE, now) for one in (ACCOUNT, OTHER, THIRD)]
    return told(tag_readings.expired(states, now), now, None)


MAKERS: dict[str, Callable[[], Notice]] = {
    "watch-window-ending": ending,
    "watch-window-ended": lambda: of_time(UNTIL, at_work(UNTIL)),
    "watch-window-unused": lambda: of_time(UNTIL),
    "watch-tag-without-record": without_record,
    "watch-tags-expired": expired,
}
