"""The channels against receivers that behave as the real services do, on their good days and their bad ones."""

import json
import time

import boto3
import msgspec
import pytest
import requests
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rootwatch.core.notice import Notice
from rootwatch.edge.http import by_status, session
from rootwatch.edge.pagerduty import PagerDutyChannel
from rootwatch.edge.secrets import Secrets
from rootwatch.edge.slack import SlackChannel
from rootwatch.edge.slack_errors import MEANINGS
from rootwatch.edge.sns import SnsChannel
from rootwatch.render.pagerduty import PagerDutyEvents
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


def pagerduty(receivers, *keys):
    configured = settings(pagerduty={"secret": "rootwatch/pagerduty", "events_url": receivers.pagerduty_events_url})
    vault = Vault(*(json.dumps({"routing_key": key}) for key in keys or (receivers.pagerduty.routing_key,)))
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


def answering(monkeypatch, status):
    """A session to which everybody answers with this status, and nothing else."""
    answer, http = requests.Response(), session()
    answer.status_code = status
    monkeypatch.setattr(http, "post", lambda *_, **__: answer)
    return http


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_webhook_that_redirects_has_taken_nothing(notice, monkeypatch, status):
    """What is no webhook of its own, or no longer one, Slack sends on to its front page."""
    configured = settings(slack={"secret": "rootwatch/slack", "channel": "C0123456789"})
    vault = Vault(json.dumps({"webhook_url": "https://hooks.slack.com/services/gone"}))
    http = answering(monkeypatch, status)
    outcome = SlackChannel(configured.slack, configured, Secrets(vault), http).send(notice, None)
    assert (outcome.state, outcome.mend) == ("retry", True)
    assert outcome.reason == f"Slack's webhook answered {status}: it is no webhook, or is gone"
    assert vault.asked == 2, "the webhook may have been made anew since its secret was read"


@pytest.mark.parametrize("status", [302, 307])
def test_a_page_that_pagerduty_redirects_is_not_given_up_as_invalid(notice, monkeypatch, status):
    configured = settings(pagerduty={"secret": "rootwatch/pagerduty"})
    secrets = Secrets(Vault(json.dumps({"routing_key": "R" * 32})))
    outcome = PagerDutyChannel(configured.pagerduty, configured, secrets, answering(monkeypatch, status)).send(
        notice, None
    )
    assert (outcome.state, outcome.mend, outcome.reason) == ("retry", True, f"PagerDuty answered {status}")


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


@pytest.mark.parametrize("error", sorted(MEANINGS))
def test_every_error_of_slack_ends_waits_or_asks_for_a_person(receivers, notice, error):
    receivers.slack.fail(Fault("slack_error", error=error))
    outcome = slack(receivers).send(notice, None)
    waits = {"passes": ("retry", False), "never": ("failed", False)}
    assert (outcome.state, outcome.mend) == waits.get(MEANINGS[error], ("retry", True))
    assert outcome.reason == f"Slack: {error}"


def test_an_error_that_nobody_has_heard_of_is_told_and_tried_again(receivers, notice):
    receivers.slack.fail(Fault("slack_error", error="something_new"))
    outcome = slack(receivers).send(notice, None)
    assert (outcome.state, outcome.mend) == ("retry", True)


def test_each_error_of_slack_has_one_meaning():
    from rootwatch.edge import slack_errors

    listed = [error for errors in slack_errors._ERRORS.values() for error in errors.split()]
    assert len(listed) == len(set(listed)) == len(MEANINGS)


def test_a_message_whose_thread_is_locked_goes_to_the_channel(receivers, notice):
    receivers.slack.fail(Fault("slack_error", error="restricted_action_thread_locked"), times=1)
    outcome = slack(receivers).send(notice, "1700000000.000100")
    [message] = receivers.slack.messages
    assert (outcome.state, outcome.receipt, message.thread_ts) == ("sent", message.ts, None)


@pytest.mark.parametrize(
    ("said", "date", "kept"),
    [
        ("7", "", 7.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", "Tue, 24 Nov 2026 12:00:00 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", "Tue, 24 Nov 2026 12:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2099 12:00:30 GMT", "Tue, 24 Nov 2026 12:00:00 GMT", 900.0),
        ("9" * 400, "", 900.0),
        ("-5", "", None),
        ("1.5", "", None),
        ("soon", "", None),
        ("²", "", None),
        ("Tue, 24 Nov 2026 12:00:30 GMT", "yesterday", None),
        ("", "", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms_and_bounded(said, date, kept):
    response = requests.Response()
    response.status_code = 429
    response.headers.update({"Retry-After": said, "Date": date})
    assert by_status(response).retry_after == kept


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


def test_what_pagerduty_calls_invalid_is_never_sent_again(receivers, notice, monkeypatch):
    page = msgspec.structs.replace(notice.page, dedup_key="")
    monkeypatch.setattr("rootwatch.edge.pagerduty.pagerduty", lambda *_: PagerDutyEvents(path="enqueue", bodies=[{}]))
    outcome = pagerduty(receivers).send(msgspec.structs.replace(notice, page=page), None)
    assert (outcome.state, outcome.mend) == ("failed", False)


@pytest.mark.parametrize("key", ["0" * 32, "short", "not alphanumeric, 32 characters!"])
def test_a_routing_key_that_pagerduty_does_not_know_is_mendable(receivers, notice, key):
    outcome = pagerduty(receivers, key).send(notice, None)
    assert (outcome.state, outcome.mend) == ("retry", True)
    assert key not in outcome.reason


def test_a_rotated_routing_key_is_read_again_at_once(receivers, notice):
    assert pagerduty(receivers, "0" * 32, receivers.pagerduty.routing_key).send(notice, None).state == "sent"


def test_a_channel_that_hangs_is_given_up_within_its_time(receivers, notice, monkeypatch):
    monkeypatch.setattr("rootwatch.edge.pagerduty.TIMEOUT_SECONDS", (0.2, 0.2))
    receivers.pagerduty.fail(Fault("hung"))
    outcome = pagerduty(receivers).send(notice, None)
    assert (outcome.state, outcome.reason) == ("retry", "no answer: ReadTimeout")


@pytest.mark.parametrize("make", [slack, pagerduty])
def test_what_hangs_resets_or_speaks_no_tls_takes_seconds_not_minutes(receivers, notice, monkeypatch, make):
    for module in ("pagerduty", "slack"):
        monkeypatch.setattr(f"rootwatch.edge.{module}.TIMEOUT_SECONDS", (0.3, 0.3))
    channel = make(receivers)
    service = getattr(receivers, make.__name__)
    for kind in ("hung", "reset", "hung_after_accept"):
        service.fail(Fault(kind), times=1)
        began = time.monotonic()
        assert channel.send(notice, None).state == "retry"
        assert time.monotonic() - began < 3
        service.heal()


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:{port}/", "http://127.0.0.1:1/"], ids=["no TLS there", "nobody listens there"]
)
def test_a_wrong_address_is_an_outcome_in_seconds(receivers, notice, url):
    port = receivers.pagerduty_events_url.split(":")[2].split("/")[0]
    configured = settings(pagerduty={"secret": "s"})
    section = msgspec.structs.replace(configured.pagerduty, events_url=url.format(port=port))
    channel = PagerDutyChannel(section, configured, Secrets(Vault('{"routing_key": "k"}')), session())
    began = time.monotonic()
    outcome = channel.send(notice, None)
    assert (outcome.state, outcome.mend) == ("retry", False)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("code", "mend"),
    [("ResourceNotFoundException", True), ("AccessDeniedException", True), ("ThrottlingException", False)],
)
def test_a_secret_that_is_not_there_is_waited_for_and_asks_for_a_person(receivers, notice, code, mend):
    refused = ClientError({"Error": {"Code": code, "Message": "do-not-tell-me"}}, "GetSecretValue")
    outcome = slack(receivers, refused).send(notice, None)
    assert (outcome.state, outcome.mend) == ("retry", mend)
    assert code in outcome.reason
    assert "do-not-tell-me" not in outcome.reason


def test_a_read_timeout_is_not_repeated_by_the_http_library(receivers, notice, monkeypatch):
    monkeypatch.setattr("rootwatch.edge.pagerduty.TIMEOUT_SECONDS", (0.2, 0.2))
    receivers.pagerduty.fail(Fault("hung_after_accept"))
    pagerduty(receivers).send(notice, None)
    assert receivers.pagerduty.alerts[0].triggers == 1


@pytest.mark.parametrize(
    ("code", "state", "mend"),
    [
        ("InvalidParameter", "failed", False),
        ("Throttling", "retry", False),
        ("InternalError", "retry", False),
        ("KMSDisabled", "retry", True),
        ("AuthorizationError", "retry", True),
        ("NotFound", "retry", True),
    ],
)
def test_sns_says_whether_to_try_again(notice, code, state, mend):
    client = boto3.client("sns", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_client_error("publish", code)
        channel = SnsChannel("arn:aws:sns:us-east-1:111122223333:alerts", settings(), client)
        outcome = channel.send(notice, None)
        assert (outcome.state, outcome.mend) == (state, mend)


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
