"""A rehearsal is what a principal of the hub account puts into the queue, and nothing that a member can send."""

import json
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.ports import Known
from rootwatch.core.reading import read_text
from rootwatch.core.record import Record
from rootwatch.core.rehearsal import STALE_AFTER, Rehearsal, message, needs, read_rehearsal, rehearsed
from tests.support.records import ACCOUNT, HUB, NOON, body, settings

ASKED = Rehearsal(
    nonce="0a1b2c3d4e5f",
    step="alert",
    asked_by=f"arn:aws:sts::{HUB}:assumed-role/SecurityEngineer/ana",
    asked_at=NOON,
    channels=("pagerduty", "slack", "sns"),
)
RESOLVE = msgspec.structs.replace(ASKED, step="resolve")
SETTINGS = settings()
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def forwarded(detail: object, **more: object) -> str:
    """A message as EventBridge puts it into the queue, whatever the member chose of it."""
    envelope = {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.iam",
        "account": ACCOUNT,
        "time": "2026-11-24T12:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }
    return json.dumps({**envelope, **more})


def test_what_the_command_sends_is_read_back():
    assert read_rehearsal(message(ASKED)) == ASKED


@given(json_values)
def test_nothing_that_a_member_forwards_is_a_rehearsal(detail):
    inside = json.loads(message(ASKED))
    for sent in (detail, inside, [inside], {**inside, "userIdentity": {"type": "Root"}}, message(ASKED)):
        assert read_rehearsal(forwarded(sent)) is None


def test_root_use_that_calls_itself_a_rehearsal_is_root_use():
    marked = body("CreateUser", userAgent="REHEARSAL", requestParameters=json.loads(message(ASKED)))
    text = forwarded({**marked, **json.loads(message(ASKED))})
    assert read_rehearsal(text) is None
    [item] = read_text(text)
    assert isinstance(item, Record)
    assert item.identity.type == "Root"


@given(st.dictionaries(st.text(min_size=1, max_size=12), json_values, min_size=1, max_size=3))
def test_a_rehearsal_with_anything_beside_it_is_read_as_what_it_carries(more):
    text = json.dumps({**more, **json.loads(message(ASKED))} if "rootwatch_rehearsal" not in more else more)
    assert read_rehearsal(text) is None


@pytest.mark.parametrize(
    "changes",
    [{"nonce": "x"}, {"nonce": "0a1b2c3d4e5f\n"}, {"step": "page"}, {"channels": ["siem"]}, {"asked_at": "noon"}],
)
def test_a_rehearsal_that_is_not_as_the_command_makes_it_is_none(changes):
    sent = json.loads(message(ASKED))
    assert read_rehearsal(json.dumps({"rootwatch_rehearsal": {**sent["rootwatch_rehearsal"], **changes}})) is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_breaks_the_reading(text):
    assert read_rehearsal(text) is None


def test_its_one_notice_is_low_has_its_own_key_and_is_sent_to_whom_it_was_asked_for():
    plan = rehearsed(ASKED, Known(), SETTINGS, NOON)
    [notice] = plan.notices
    assert (notice.severity, set(notice.channels)) == ("low", {"pagerduty", "slack", "sns"})
    assert notice.page.dedup_key == "rootwatch/rehearsal-0a1b2c3d4e5f/watch/low"
    assert plan.disposition == "watch"
    slack_alone = msgspec.structs.replace(ASKED, channels=("slack",))
    [notice] = rehearsed(slack_alone, Known(), SETTINGS, NOON).notices
    assert (notice.channels, notice.page) == (("slack",), None)


def test_a_channel_that_is_not_set_up_is_not_sent_to():
    [notice] = rehearsed(ASKED, Known(), settings(pagerduty=None), NOON).notices
    assert set(notice.channels) == {"slack", "sns"}


def test_a_rehearsal_that_waited_too_long_rings_nobody():
    plan = rehearsed(ASKED, Known(), SETTINGS, NOON + STALE_AFTER + timedelta(seconds=1))
    assert (plan.disposition, plan.notices, plan.incident) == ("ignored", (), None)


def test_resolving_ends_this_rehearsal_in_pagerduty_and_nothing_else():
    alert = rehearsed(ASKED, Known(), SETTINGS, NOON)
    [scope] = needs(RESOLVE, SETTINGS).scopes
    plan = rehearsed(RESOLVE, Known(incidents={scope: alert.incident}), SETTINGS, NOON)
    [notice] = plan.notices
    assert notice.resolves == (alert.notices[0].page.dedup_key,)
    assert notice.channels == ("pagerduty",)
    assert plan.incident.id == alert.incident.id


def test_steps_out_of_their_turn_do_nothing():
    [scope] = needs(ASKED, SETTINGS).scopes
    there = rehearsed(ASKED, Known(), SETTINGS, NOON).incident
    assert rehearsed(RESOLVE, Known(), SETTINGS, NOON).disposition == "ignored"
    assert rehearsed(ASKED, Known(incidents={scope: there}), SETTINGS, NOON).disposition == "ignored"
