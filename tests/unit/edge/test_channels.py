"""The channels against receivers that behave as the real services do, on their good days and their bad ones."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from rootwatch.core.notice import Notice
from rootwatch.edge.http import session
from rootwatch.edge.pagerduty import PagerDutyChannel
from rootwatch.edge.secrets import Secrets
from rootwatch.edge.slack import SlackChannel
from rootwatch.edge.sns import SnsChannel
from rootwatch_local.receivers import Fault, Receivers
from tests.support.journal import Journal
from tests.support.records import call, settings, sign_in


@pytest.fixture
def receivers():
    with Receivers() as started:
        yield started


@pytest.fixture
def notice() -> Notice:
    return Journal().take(sign_in(mfa="No")).notices[0]


class Vault:
    """Secrets Manager's answers in order; the last one stays."""

    def __init__(self, *values):
        self.values, self.asked = list(values), 0

    def get_secret_value(self, SecretId, **_):  # noqa: N803 # boto3's own name
        self.asked += 1
        value = self.values.pop(0) if len(self.values) > 1 else self.values[0]
        if isinstance(value, Exception):
            raise value
        return {"SecretString": value}


def slack(receivers, *secrets):
    configured = settings(
        slack={"secret": "rootwatch/slack", "channel": "C0123456789", "api_url": receivers.slack_api_url}
    )
    vault = Vault(*(secrets or (json.dumps({"bot_token": receivers.slack.token}),)))
    return SlackChannel(configured.slack, configured, Secrets(vault), session())


def pagerduty(receivers, secret=None):
    configured = settings(pagerduty={"secret": "rootwatch/pagerduty", "events_url": receivers.pagerduty_events_url})
    vault = Vault(json.dumps({"routing_key": secret or receivers.pagerduty.routing_key}))
    return PagerDutyChannel(configured.pagerduty, configured, Secrets(vault), session())


def test_slack_answers_with_the_ts_that_later_messages_thread_under(receivers, notice):
    outcome = slack(receivers).send(notice, None)
    [message] = receivers.slack.messages
    assert (outcome.state, outcome.receipt) == ("sent", message.ts)
    second = slack(receivers).send(notice, outcome.receipt)
    assert second.state == "sent"
    assert receivers.slack.messages[1].thread_ts == message.ts


def test_a_webhook_takes_the_same_message_without_a_thread(receivers, notice):
    outcome = slack(receivers, json.dumps({"webhook_url": receivers.slack_webhook_url})).send(notice, None)
    assert (outcome.state, outcome.receipt) == ("sent", None)
    assert receivers.slack.messages[0].via != "api"


def test_a_webhook_that_is_not_https_is_never_called(notice):
    with Receivers() as receivers:
        outcome = slack(receivers, json.dumps({"webhook_url": "http://hooks.example.com/services/x"})).send(
            notice, None
        )
    assert outcome.state == "retry"
    assert "https" in outcome.reason


@pytest.mark.parametrize("kind", ["down", "reset", "error_after_accept"])
def test_slack_in_trouble_is_tried_again(receivers, notice, kind):
    receivers.slack.fail(Fault(kind))
    assert slack(receivers).send(notice, None).state == "retry"


def test_slack_s_retry_after_is_kept(receivers, notice):
    receivers.slack.fail(Fault("rate_limited", seconds=30))
    outcome = slack(receivers).send(notice, None)
    assert (outcome.state, outcome.retry_after) == ("retry", 30.0)


def test_slack_s_200_with_ok_false_is_no_success(receivers, notice):
    receivers.slack.fail(Fault("slack_error", error="invalid_blocks"))
    assert slack(receivers).send(notice, None).state == "failed"
    receivers.slack.fail(Fault("slack_error", error="channel_not_found"))
    assert slack(receivers).send(notice, None).state == "retry"


def test_a_rotated_token_is_read_again_at_once(receivers, notice):
    old, new = json.dumps({"bot_token": "xoxb-old"}), json.dumps({"bot_token": receivers.slack.token})
    assert slack(receivers, old, new).send(notice, None).state == "sent"


@pytest.mark.parametrize("secret", ["not json", "[]", "{}", json.dumps({"bot_token": 5})])
def test_a_secret_that_holds_nothing_useful_is_said_and_never_shown(receivers, notice, secret):
    outcome = slack(receivers, secret).send(notice, None)
    assert outcome.state == "retry"
    assert "rootwatch/slack" in outcome.reason
    assert "not json" not in outcome.reason.replace("is not JSON", "")


def test_pagerduty_gets_a_trigger_with_our_dedup_key(receivers, notice):
    outcome = pagerduty(receivers).send(notice, None)
    [alert] = receivers.pagerduty.alerts
    assert (outcome.state, outcome.receipt, alert.dedup_key) == ("sent", notice.page.dedup_key, notice.page.dedup_key)
    assert alert.severity == "critical"


def test_the_same_page_again_pages_nobody(receivers, notice):
    for _ in range(3):
        pagerduty(receivers).send(notice, None)
    assert (receivers.pagerduty.pages, receivers.pagerduty.alerts[0].triggers) == (1, 3)


@pytest.mark.parametrize("kind", ["down", "reset", "rate_limited", "error_after_accept"])
def test_pagerduty_in_trouble_is_tried_again(receivers, notice, kind):
    receivers.pagerduty.fail(Fault(kind))
    assert pagerduty(receivers).send(notice, None).state == "retry"


def test_what_pagerduty_calls_invalid_is_never_sent_again(receivers, notice):
    assert pagerduty(receivers, "0" * 32).send(notice, None).state == "failed"


def test_a_channel_that_hangs_is_given_up_within_its_time(receivers, notice, monkeypatch):
    monkeypatch.setattr("rootwatch.edge.pagerduty.TIMEOUT_SECONDS", (0.2, 0.2))
    receivers.pagerduty.fail(Fault("hung"))
    outcome = pagerduty(receivers).send(notice, None)
    assert (outcome.state, outcome.reason) == ("retry", "no answer: ReadTimeout")


def test_a_read_timeout_is_not_repeated_by_the_http_library(receivers, notice, monkeypatch):
    monkeypatch.setattr("rootwatch.edge.pagerduty.TIMEOUT_SECONDS", (0.2, 0.2))
    receivers.pagerduty.fail(Fault("hung_after_accept"))
    pagerduty(receivers).send(notice, None)
    assert receivers.pagerduty.alerts[0].triggers == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [("InvalidParameter", "failed"), ("Throttling", "retry"), ("InternalError", "retry"), ("KMSDisabled", "retry")],
)
def test_sns_says_whether_to_try_again(notice, code, state):
    client = boto3.client("sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_client_error("publish", code)
        channel = SnsChannel("arn:aws:sns:us-east-1:111122223333:alerts", settings(), client)
        assert channel.send(notice, None).state == state


def test_no_redirect_is_followed_with_a_secret_in_hand(receivers, notice, monkeypatch):
    seen = {}
    real = session()
    monkeypatch.setattr(real, "post", lambda url, **options: seen.update(options) or _stop())
    configured = settings(pagerduty={"secret": "s", "events_url": receivers.pagerduty_events_url})
    channel = PagerDutyChannel(configured.pagerduty, configured, Secrets(Vault('{"routing_key": "k"}')), real)
    with pytest.raises(_StopError):
        channel.send(notice, None)
    assert seen["allow_redirects"] is False


def test_every_kind_of_notice_is_taken_by_every_receiver(receivers):
    journal = Journal()
    for item in (sign_in(mfa="No"), call("CreateAccessKey"), call("GetAccountSummary", readOnly=True)):
        journal.take(item)
    journal.tick(next(iter(journal.store.heads.values())).due_at)
    journal.tick(next(iter(journal.store.heads.values())).due_at)
    assert [notice.type for notice in journal.notices] == ["opened", "escalated", "digest", "closed"]
    for notice in journal.notices:
        assert slack(receivers).send(notice, None).state == "sent"
        if "pagerduty" in notice.channels:
            assert pagerduty(receivers).send(notice, None).state == "sent"
    assert receivers.refused == ()


class _StopError(Exception):
    pass


def _stop():
    raise _StopError
