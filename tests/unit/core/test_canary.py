"""What is believed of a canary: its account, its Region, and a nonce that was just sent out."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.catalogue import load
from rootwatch.core.canary import ROLE_NAME, canary_of
from rootwatch.core.concern import concerns
from rootwatch.core.decide import decide
from rootwatch.core.ports import Known
from rootwatch.core.record import Envelope, from_body
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.scopes import needs
from tests.support.records import ACCOUNT, NOON, OTHER, body, settings

REGIONS = ("us-east-1", "eu-central-1")
NONCE = "rootwatch-0123456789abcdef"
ROLL = Roll(account=ACCOUNT, since=NOON).covering(REGIONS, NOON).asked(NONCE, NOON)
LATER = NOON + timedelta(seconds=4)
BY_EVENTBRIDGE = Envelope(account=ACCOUNT, region="us-east-1", source="aws.sts")
BY_LOG_FILE = Envelope(account=ACCOUNT, region="us-east-1", source=None)


def canary(nonce=NONCE, envelope=BY_EVENTBRIDGE, *, role=f"role/rootwatch/{ROLE_NAME}", issuer=ACCOUNT, **changes):
    """The record that CloudTrail writes of a canary."""
    identity = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{issuer}:assumed-role/{role.rpartition('/')[2]}/{nonce}",
        "accountId": issuer,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{issuer}:{role}"}},
    }
    fields = {"eventSource": "sts.amazonaws.com", "readOnly": True, "userIdentity": identity, **changes}
    return from_body(body("GetCallerIdentity", NOON, account=ACCOUNT, **fields), envelope)


def decided(item, now=LATER, **known):
    return decide(item, Known(**{"roll": ROLL, **known}), settings(regions=list(REGIONS)), load(), now)


@pytest.mark.parametrize(("envelope", "path"), [(BY_EVENTBRIDGE, "EventBridge"), (BY_LOG_FILE, "log file")])
def test_a_canary_of_ours_is_noted_with_the_path_it_came_by_and_nothing_else_happens(envelope, path):
    plan = decided(canary(envelope=envelope))
    assert (plan.disposition, plan.incident, plan.notices, plan.fact) == ("canary", None, (), None)
    fast = path == "EventBridge"
    assert plan.heard == Heard(
        account=ACCOUNT,
        region="us-east-1",
        **({"fast": NOON, "fast_at": LATER} if fast else {"log": NOON, "log_at": LATER}),
    )


def test_it_needs_no_account_name_and_no_tag():
    asked = needs(canary(), settings(), LATER)
    assert asked.canary == (ACCOUNT, "us-east-1")
    assert (asked.account, asked.tags_of, asked.seen_of, asked.access_key) == (None, (), (), None)


def test_an_older_canary_that_comes_after_a_newer_one_takes_nothing_back():
    newer = Heard(account=ACCOUNT, region="us-east-1", version=3, fast=NOON + timedelta(minutes=5), fast_at=LATER)
    assert decided(canary(), heard=newer).heard == newer


@pytest.mark.parametrize(
    "changes",
    [
        {"eventName": "GetSessionToken"},
        {"eventSource": "iam.amazonaws.com"},
        {"role": "role/rootwatch-canary"},
        {"role": "role/other/rootwatch-canary"},
        {"role": "role/rootwatch/rootwatch-audit"},
        {"issuer": OTHER},
        {"envelope": Envelope(account=ACCOUNT, region="us-east-1", source="aws.partner/example.com/sts")},
        {"envelope": Envelope(account=ACCOUNT, region="us-east-1", source="aws.sts", replay_name="old")},
        {"userIdentity": {"type": "IAMUser", "userName": ROLE_NAME}},
    ],
)
def test_what_only_looks_like_one_is_none(changes):
    item = canary(**changes)
    assert canary_of(item) is None
    assert decided(item).heard is None


def test_a_nonce_that_was_not_sent_out_is_told_as_tampering_of_its_own_account():
    plan = decided(canary("rootwatch-made-up"))
    assert (plan.disposition, plan.heard) == ("watch", None)
    [notice] = plan.notices
    assert (notice.severity, notice.incident.account, notice.fact.kind) == ("high", ACCOUNT, "tampering")


def test_many_of_them_are_one_incident():
    first = decided(canary("rootwatch-made-up-1"))
    second = decided(canary("rootwatch-made-up-2"), incidents={first.incident.scope: first.incident})
    assert second.incident.id == first.incident.id
    assert second.notices == ()


def test_an_old_canary_out_of_a_log_file_alarms_nobody():
    plan = decided(canary("rootwatch-of-last-week", BY_LOG_FILE), now=NOON + timedelta(hours=3))
    assert (plan.disposition, plan.heard, plan.notices) == ("canary", None, ())


def test_of_an_account_that_is_not_on_the_list_and_without_a_table_nothing_is_concluded():
    plan = decided(canary("rootwatch-made-up"), roll=None)
    assert (plan.disposition, plan.heard, plan.notices) == ("canary", None, ())


def test_a_region_that_is_not_watched_is_not_heard():
    item = canary(awsRegion="sa-east-1")
    assert decided(item).heard is None


def test_a_record_that_names_another_recipient_is_a_forgery_of_its_sender():
    plan = decided(canary(recipientAccountId=OTHER))
    [notice] = plan.notices
    assert (plan.heard, notice.fact.cause, notice.incident.account) == (None, "forged", ACCOUNT)


def test_a_log_file_s_canary_is_ours_to_read():
    assert concerns(canary(envelope=BY_LOG_FILE), settings(), NOON)
    assert not concerns(canary(envelope=BY_LOG_FILE, role="role/Admin"), settings(), NOON)


@given(st.text(max_size=80), st.sampled_from([BY_EVENTBRIDGE, BY_LOG_FILE]))
def test_no_text_in_the_place_of_a_nonce_breaks_anything(nonce, envelope):
    plan = decided(canary(nonce, envelope))
    assert (plan.heard is not None) == (nonce == NONCE)
    assert plan.disposition in ("canary", "watch", "ignored")


@given(st.permutations(range(4)))
def test_the_order_in_which_canaries_come_does_not_matter(order):
    roll = Roll(account=ACCOUNT, since=NOON).covering(REGIONS, NOON)
    for number in range(4):
        roll = roll.asked(f"rootwatch-{number}", NOON + timedelta(minutes=5 * number))
    known = None
    for number in order:
        plan = decided(canary(f"rootwatch-{number}"), roll=roll, heard=known)
        known = msgspec.structs.replace(plan.heard, version=0)
    assert known.fast == NOON + timedelta(minutes=15)
