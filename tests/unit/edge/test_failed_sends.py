"""A send that fails for good is told by the other channels, at once and once; its end is told too."""

import json

import pytest

from rootwatch.core.ports import Outcome, StoreDownError
from tests.support.monitor import Monitor
from tests.support.records import OTHER, call, sign_in, tag

REFUSED = Outcome(state="failed", reason="PagerDuty answered 400")
GONE = Outcome(state="failed", reason="Slack: invalid_blocks")


def failing(channel: str, outcome: Outcome = REFUSED, times: int = 1) -> Monitor:
    monitor = Monitor()
    monitor.channels[channel].script = [outcome] * times
    return monitor


def news(monitor: Monitor, channel: str):
    return [notice for notice in monitor.watched(channel) if notice.incident.is_failed_send]


def test_a_lost_page_is_told_as_critical_by_slack_and_sns_with_the_incident_and_the_reason():
    monitor = failing("pagerduty").take(sign_in(mfa="No"))
    assert news(monitor, "pagerduty") == []
    for channel in ("slack", "sns"):
        [told] = news(monitor, channel)
        assert (told.severity, told.type) == ("critical", "opened")
        assert told.page is None, "PagerDuty can't be told by itself"
        assert monitor.incident.id in told.fact.means
        assert "PagerDuty answered 400" in told.fact.says
        assert "as if it had woken you" in told.fact.do_now


def test_what_is_to_be_mended_is_what_the_settings_have():
    [told] = news(failing("slack", GONE).take(sign_in(mfa="No")), "sns")
    assert "the Slack channel C0123456789 still stands" in told.fact.do_now
    webhook = Monitor(slack={"secret": "rootwatch/slack"})
    webhook.channels["slack"].script = [GONE]
    [told] = news(webhook.take(sign_in(mfa="No")), "sns")
    assert "has the webhook that the secret rootwatch/slack holds" in told.fact.do_now


def test_a_message_that_slack_lost_wakes_nobody_and_is_told_by_sns_alone():
    monitor = failing("slack", GONE).take(sign_in(mfa="No"))
    [told] = news(monitor, "sns")
    assert told.severity == "medium"
    assert news(monitor, "slack") == news(monitor, "pagerduty") == []


def test_what_fails_later_on_the_same_channel_folds_until_the_next_digest_which_names_it():
    monitor = failing("slack", GONE, times=2)
    monitor.take(sign_in(mfa="No")).take(sign_in(mfa="No", account=OTHER))
    assert len(news(monitor, "sns")) == 1
    monitor.channels["slack"].script = [GONE] * 9
    monitor.later(minutes=16)
    digest = news(monitor, "sns")[-1]
    assert digest.type == "digest"
    assert any(OTHER in says for says in digest.incident.fresh)


def test_a_page_that_is_lost_after_a_quiet_line_was_is_told_at_once():
    monitor = failing("pagerduty", times=2)
    monitor.take(tag("until=2026-11-24T18:00Z ticket=SEC-142", account=OTHER))
    monitor.take(sign_in(mfa="No"))
    assert [notice.severity for notice in news(monitor, "slack")] == ["medium", "critical"]


def test_what_a_person_must_mend_is_told_at_once_and_tried_on():
    revoked = Outcome(state="retry", reason="Slack: token_revoked", mend=True)
    monitor = failing("slack", revoked, times=3).take(sign_in(mfa="No"))
    [told] = news(monitor, "sns")
    assert "tried again" in told.fact.means
    assert "rootwatch/slack" in told.fact.do_now
    for _ in range(4):
        monitor.delivery._resting.clear()
        monitor.later(minutes=2)
    assert [notice.type for notice in news(monitor, "sns")] == ["opened", "closed"]
    [send] = [one for one in monitor.store.sends if one.due.channel == "slack" and one.due.seq == 1][:1]
    assert send.state == "sent"


def test_it_does_not_recurse_when_every_channel_fails():
    monitor = Monitor()
    for channel in monitor.channels.values():
        channel.script = [Outcome(state="failed", reason="no")] * 50
    monitor.take(sign_in(mfa="No"))
    states = [send.state for send in monitor.store.sends]
    assert len(states) <= 12
    assert set(states) == {"failed"}


def test_once_the_channel_takes_something_its_end_is_told_once():
    monitor = failing("slack", GONE).take(sign_in(mfa="No"))
    monitor.take(call("CreateAccessKey"))
    monitor.take(call("DeactivateMFADevice"))
    assert [notice.type for notice in news(monitor, "sns")] == ["opened", "closed"]
    assert "takes notices again" in news(monitor, "sns")[-1].fact.says
    [over] = news(monitor, "slack")
    assert over.type == "closed"


def test_a_crash_before_the_send_is_settled_tells_it_once(monkeypatch):
    monitor = failing("slack", GONE, times=2)
    with monkeypatch.context() as crash:
        crash.setattr(monitor.store, "settle", lambda *_: _down())
        monitor.take(sign_in(mfa="No"))
    monitor.later(minutes=2).later(minutes=2)
    assert [notice.type for notice in news(monitor, "sns")] == ["opened"]
    [send] = [send for send in monitor.store.sends if send.due.channel == "slack"]
    assert send.state == "failed"


def test_a_table_that_is_down_when_it_is_to_be_told_leaves_the_send_to_the_sweep(monkeypatch):
    monitor = failing("slack", GONE, times=2)
    real = monitor.store.commit
    with monkeypatch.context() as outage:
        outage.setattr(
            monitor.store, "commit", lambda plan, now: _down() if plan.kind == "send-failed" else real(plan, now)
        )
        monitor.take(sign_in(mfa="No"))
    assert news(monitor, "sns") == []
    monitor.later(minutes=2)
    assert len(news(monitor, "sns")) == 1


def test_a_send_given_up_after_a_day_is_told_too():
    monitor = Monitor()
    monitor.channels["slack"].script = [Outcome(state="retry", reason="HTTP 503")] * 1000
    monitor.take(sign_in(mfa="No"))
    for _ in range(26 * 4):
        monitor.delivery._resting.clear()  # each sweep has a delivery of its own
        monitor.later(minutes=15)
    assert "given up after 24 hours" in news(monitor, "sns")[0].fact.says


def test_a_send_that_nobody_got_to_for_a_day_is_not_given_up_at_its_first_bad_answer():
    monitor = Monitor()
    monitor.channels["slack"].script = [Outcome(state="retry", reason="HTTP 503")] * 2
    monitor.take(sign_in(mfa="No"))
    monitor.delivery._resting.clear()
    monitor.later(minutes=30 * 60)
    monitor.delivery._resting.clear()
    monitor.later(minutes=15)
    assert len(monitor.channels["slack"].seen) > 2  # twice in vain, then it went out
    assert news(monitor, "sns") == []


@pytest.mark.parametrize("channel", ["pagerduty", "slack", "sns"])
def test_no_secret_and_no_body_is_told(channel):
    monitor = failing(channel).take(sign_in(mfa="No", requestParameters={"canary": "do-not-tell-me"}))
    told = [notice for name in monitor.channels for notice in news(monitor, name)]
    assert told
    assert all("do-not-tell-me" not in json.dumps(notice.fact.says + notice.fact.means) for notice in told)


def _down():
    raise StoreDownError("the table is down")
