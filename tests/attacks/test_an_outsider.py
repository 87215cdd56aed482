"""Somebody without any access, who knows the e-mail addresses of root users and where a mail scanner reads along."""

import json
from collections.abc import Callable

import pytest

from rootwatch_local.world import DATA, HUB, HUB_REGION, ORGANISATION, PAYMENTS, SANDBOX, World
from tests.attacks.attempts import Attempt
from tests.support.live import call_now, sign_in_now

pytestmark = pytest.mark.embedded

ATTACKER = "an outsider who knows e-mail addresses"
STRANGER = "198.51.100.77"
SIGN_IN = {"source": "signin", "eventType": "AwsConsoleSignIn", "sourceIPAddress": STRANGER}

Begin = Callable[..., Attempt]


def guess(account, **changes):
    return sign_in_now(account, ok=False, mfa="No", sourceIPAddress=STRANGER, **changes)


def test_a_flood_of_wrong_passwords_is_one_message_and_hides_no_sign_in(world: World, attempt: Begin) -> None:
    tries = attempt("flood", "guesses the root password of one account 31 times, then signs in")
    first = guess(PAYMENTS.id)
    tries.emits(first)
    tries.tells("a failed sign-in, once", "failed sign-in", "prod-payments", of=first)
    tries.floods([guess(PAYMENTS.id) for _ in range(30)], at_once=6)
    assert tries.new_pages(PAYMENTS.id) == []
    assert tries.messages("prod-payments") == 2, "one on Slack, one by mail"
    signed_in = sign_in_now(PAYMENTS.id, mfa="No", sourceIPAddress=STRANGER)
    tries.emits(signed_in)
    tries.pages("the sign-in, critical", "ROOT", "sign-in, no MFA", account=PAYMENTS.id, of=signed_in)


def test_guessing_over_many_accounts_pages_once(world: World, attempt: Begin) -> None:
    tries = attempt("flood", "guesses in account after account, once in each")
    for account in ORGANISATION.accounts[:3]:
        guessed = guess(account.id)
        tries.emits(guessed)
        world.wait_until_taken(guessed["eventID"])
    alert = tries.pages("guessing over several accounts, once", "guessing over", account=None, of=guessed)
    assert alert.triggers == 1
    assert tries.new_pages() == [alert]


@pytest.mark.parametrize("name", ["PasswordRecoveryRequested", "PasswordRecoveryCompleted"])
def test_a_recovery_at_which_nobody_is_signed_in_is_told(name: str, attempt: Begin) -> None:
    what = "asks for the recovery" if name.endswith("Requested") else "completes the recovery"
    tries = attempt("silence", f"{what} of root's password, whose record names nobody")
    record = call_now(name, DATA.id, "us-east-1", **SIGN_IN, responseElements={name: "Success"})
    del record["userIdentity"]
    tries.emits(record)
    if name.endswith("Requested"):
        tries.tells("the recovery", "recovery of the root password", "prod-data", of=record)
    else:
        tries.pages("the recovery", "ROOT", account=DATA.id, of=record)


def test_what_the_caller_can_write_into_a_record_changes_and_pings_nothing(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "calls themselves AWS Internal and <!channel> in the user agent")
    record = sign_in_now(SANDBOX.id, mfa="No", userAgent="AWS Internal <!channel> <https://example.com|resolved>")
    tries.emits(record)
    tries.pages("the sign-in, as ever", "sign-in, no MFA", account=SANDBOX.id, of=record)
    assert all(post.pings == () for post in world.receivers.slack.messages)


def test_an_event_from_outside_of_the_organisation_is_refused(world: World, attempt: Begin) -> None:
    tries = attempt("forge", "puts an event on the hub's bus from an account of their own")
    record = sign_in_now(PAYMENTS.id, mfa="No")
    entry = {
        "Source": "aws.signin",
        "DetailType": "AWS Console Sign In via CloudTrail",
        "Detail": json.dumps(record),
        "EventBusName": f"arn:aws:events:{HUB_REGION}:{HUB.id}:event-bus/rootwatch",
    }
    answer = world.aws.client("events", "999988887777", HUB_REGION).put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    world.wait_until_drained()
    assert world.disposition(record["eventID"]) is None
    tries.notes("refused by the bus's policy", "AWS")
