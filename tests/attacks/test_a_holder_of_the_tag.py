"""Somebody whose role in the management account may call organizations:TagResource, and who uses a member's root."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from rootwatch_local.world import DATA, MANAGEMENT, PAYMENTS, SANDBOX, World
from tests.attacks.acts import tagged, until
from tests.attacks.attempts import Attempt
from tests.support.live import call_now, sign_in_now
from tests.support.watch import by

pytestmark = pytest.mark.embedded

ATTACKER = "a holder of organizations:TagResource"

Begin = Callable[..., Attempt]


def test_a_window_after_the_fact_takes_no_page_back(world: World, attempt: Begin) -> None:
    tries = attempt("back-date", "uses root, then declares a window from two hours ago")
    # A second of its own: of what is in the tag's very second, records cannot say which came first.
    before = f"{datetime.now(UTC) - timedelta(seconds=2):%Y-%m-%dT%H:%M:%SZ}"
    record = sign_in_now(DATA.id, eventTime=before)
    tries.emits(record)
    alert = tries.pages("the sign-in", "ROOT sign-in with MFA", account=DATA.id, of=record)
    declared = tagged(DATA.id, f"until={until(2)} from={until(-2)} ticket=SEC-142")
    tries.emits(declared)
    tries.tells("that it was declared after the pages, which it acknowledges", "Acknowledged: ROOT", of=declared)
    [now] = [one for one in world.receivers.pagerduty.alerts if one.dedup_key == alert.dedup_key]
    assert now.status == "acknowledged", "resolving it is a person's"


@pytest.mark.parametrize(
    ("does", "value", "why"),
    [
        ("declares a window of 30 days", lambda: f"until={until(720)} ticket=SEC-142", "12 hours"),
        ("declares a window that has ended", lambda: f"until={until(-1)} ticket=SEC-142", "ended"),
        ("declares a window without an end", lambda: "ticket=SEC-142 forever", "until"),
    ],
)
def test_what_is_no_window_is_told_and_covers_nothing(
    does: str, value: Callable[[], str], why: str, world: World, attempt: Begin
) -> None:
    tries = attempt("lower", f"{does}, then uses root")
    declared = tagged(PAYMENTS.id, value())
    tries.emits(declared)
    tries.tells("that it is no window, and why", "no window", why, of=declared)
    record = sign_in_now(PAYMENTS.id)
    tries.emits(record)
    tries.pages("the sign-in, unplanned", "ROOT sign-in with MFA", account=PAYMENTS.id, of=record)


def test_inside_a_window_use_is_told_and_what_none_covers_pages(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "declares a window, signs in, makes a user and a key of root")
    declared = tagged(SANDBOX.id, f"until={until(2)} ticket=SEC-142")
    tries.emits(declared)
    tries.tells("the window, and who declared it", "declared a window", of=declared)
    signed_in = sign_in_now(SANDBOX.id)
    tries.emits(signed_in)
    tries.tells("the sign-in, quietly, as planned", "Planned", of=signed_in)
    world.wait_until_drained()
    assert tries.new_pages() == []
    made = call_now("CreateAccessKey", SANDBOX.id, "us-east-1")
    tries.emits(made)
    tries.pages("the key, critical", "long-term access key", account=SANDBOX.id, of=made)


def test_inside_a_window_a_second_network_pages(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "uses root from elsewhere in somebody else's window")
    declared = tagged(DATA.id, f"until={until(2)} ticket=SEC-142")
    tries.emits(declared)
    world.wait_until_taken(declared["eventID"])
    first = sign_in_now(DATA.id, sourceIPAddress="203.0.113.24")
    tries.emits(first)
    world.wait_until_taken(first["eventID"])
    second = sign_in_now(DATA.id, sourceIPAddress="198.51.100.77")
    tries.emits(second)
    tries.pages("the second network", "ROOT", account=DATA.id, of=second)


def test_window_upon_window_pages(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "keeps an account inside of windows for more than a day")
    for days in (3, 2):
        declared = _declared_before(PAYMENTS.id, days)
        tries.emits(declared)
        world.wait_until_taken(declared["eventID"])
    last = tagged(PAYMENTS.id, f"until={until(11)} ticket=SEC-142")
    tries.emits(last)
    tries.pages("the habit, high", "more than 24 h", account=PAYMENTS.id, of=last)


def test_ones_own_ticket_is_approved_by_somebody_else_alone(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "approves their own ticket, then changes root's MFA")
    who = by(f"arn:aws:sts::{MANAGEMENT.id}:assumed-role/AccountTagger/mallory", MANAGEMENT.id)
    declared = tagged(SANDBOX.id, f"until={until(2)} ticket=SEC-143 covers=mfa", identity=who)
    approved = call_now(
        "TagResource",
        MANAGEMENT.id,
        "us-east-1",
        source="organizations",
        userIdentity=who,
        requestParameters={"resourceId": SANDBOX.id, "tags": [{"key": "break-glass-approval", "value": "SEC-143"}]},
    )
    for record in (declared, approved):
        tries.emits(record)
        world.wait_until_taken(record["eventID"])
    off = call_now("DeactivateMFADevice", SANDBOX.id, "us-east-1")
    tries.emits(off)
    tries.pages("root's MFA, critical", "ROOT", account=SANDBOX.id, of=off)


def _declared_before(account: str, days: int) -> dict[str, object]:
    """A window of twelve hours, declared some days ago, whose record comes now."""
    then = datetime.now(UTC) - timedelta(days=days)
    end = f"{then + timedelta(hours=11, minutes=58):%Y-%m-%dT%H:%MZ}"
    return {**tagged(account, f"until={end} ticket=SEC-142"), "eventTime": f"{then:%Y-%m-%dT%H:%M:%SZ}"}
