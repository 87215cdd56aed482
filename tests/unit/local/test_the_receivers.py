"""The receivers together: faults on order, waiting without sleeping, many at once, and a clean end."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from rootwatch_local.receivers import Fault, Receivers

Call = Callable[[str, Mapping[str, object]], requests.Response]
TEXT = {"channel": "C0123456789", "text": "x"}
TRIGGER = {"event_action": "trigger", "payload": {"summary": "s", "source": "aws", "severity": "critical"}}


def test_a_service_that_is_down_for_three_requests_serves_the_fourth(receivers: Receivers, slack_call: Call) -> None:
    receivers.slack.fail(Fault("down"), times=3)
    assert [slack_call("chat.postMessage", TEXT).status_code for _ in range(4)] == [503, 503, 503, 200]
    assert receivers.slack.faults.met == 3
    assert receivers.refused == ()


def test_a_service_fails_until_it_is_healed_and_the_others_go_on(
    receivers: Receivers, slack_call: Call, enqueue: Call
) -> None:
    receivers.pagerduty.fail(Fault("down"))
    assert [enqueue("enqueue", TRIGGER).status_code for _ in range(5)] == [503] * 5
    assert slack_call("chat.postMessage", TEXT).json()["ok"]
    receivers.pagerduty.heal()
    assert enqueue("enqueue", TRIGGER).status_code == 202


def test_a_reset_connection_has_no_answer_and_nothing_was_taken(receivers: Receivers, enqueue: Call) -> None:
    receivers.pagerduty.fail(Fault("reset"), times=1)
    with pytest.raises(requests.ConnectionError):
        enqueue("enqueue", TRIGGER)
    assert receivers.pagerduty.pages == 0


@pytest.mark.parametrize(("seconds", "header"), [(1, "1"), (30, "30")])
def test_a_busy_service_says_how_long_to_wait(
    receivers: Receivers, slack_call: Call, enqueue: Call, seconds: float, header: str
) -> None:
    receivers.slack.fail(Fault("rate_limited", seconds=seconds), times=1)
    receivers.pagerduty.fail(Fault("rate_limited", seconds=seconds), times=1)
    for answer in (slack_call("chat.postMessage", TEXT), enqueue("enqueue", TRIGGER)):
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, header)


def test_slack_can_say_no_with_any_of_its_errors(receivers: Receivers, slack_call: Call) -> None:
    receivers.slack.fail(Fault("slack_error", error="fatal_error"), times=1)
    assert slack_call("chat.postMessage", TEXT).json() == {"ok": False, "error": "fatal_error"}


def test_a_service_can_take_the_message_and_then_deny_it(receivers: Receivers, enqueue: Call) -> None:
    receivers.pagerduty.fail(Fault("error_after_accept"), times=1)
    assert enqueue("enqueue", TRIGGER).status_code == 500
    assert receivers.pagerduty.pages == 1


def test_a_hung_service_lets_go_when_it_is_healed(receivers: Receivers, enqueue: Call) -> None:
    receivers.pagerduty.fail(Fault("hung_after_accept"), times=1)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(enqueue, "enqueue", TRIGGER)
        receivers.wait_for(lambda seen: seen.pagerduty.pages == 1)
        assert not answer.done()
        receivers.pagerduty.heal()
        assert isinstance(answer.exception(timeout=10), requests.ConnectionError)


def test_a_client_that_waits_less_than_a_slow_service_takes_gives_up(receivers: Receivers) -> None:
    receivers.slack.fail(Fault("slow", seconds=30), times=1)
    with pytest.raises(requests.Timeout):
        requests.post(receivers.slack_webhook_url, json={"text": "x"}, timeout=0.2)
    receivers.slack.heal()
    receivers.wait_for(lambda seen: len(seen.slack.messages) == 1)


def test_waiting_ends_as_soon_as_the_condition_holds(receivers: Receivers, slack_call: Call) -> None:
    later = threading.Timer(0.05, slack_call, ["chat.postMessage", TEXT])
    later.start()
    receivers.wait_for(lambda seen: len(seen.slack.messages) == 1)
    later.join()


def test_waiting_in_vain_says_what_was_there_instead(receivers: Receivers, slack_call: Call) -> None:
    slack_call("chat.postMessage", TEXT)
    slack_call("chat.postMessage", {"channel": "C0123456789"})
    with pytest.raises(TimeoutError, match=r"1 Slack messages, 0 pages.*Refused: slack no_text"):
        receivers.wait_for(lambda seen: seen.pagerduty.pages > 0, timeout=0.05)


def test_what_arrives_has_one_order_across_the_services(receivers: Receivers, slack_call: Call, enqueue: Call) -> None:
    enqueue("enqueue", TRIGGER)
    slack_call("chat.postMessage", TEXT)
    [alert], [message] = receivers.pagerduty.alerts, receivers.slack.messages
    assert alert.opened.order < message.arrival.order
    assert alert.opened.monotonic <= message.arrival.monotonic
    assert alert.opened.at <= message.arrival.at


def test_many_senders_at_once_lose_nothing(receivers: Receivers, slack_call: Call, enqueue: Call) -> None:
    with ThreadPoolExecutor(32) as pool:
        slacks = [pool.submit(slack_call, "chat.postMessage", TEXT) for _ in range(100)]
        pages = [pool.submit(enqueue, "enqueue", {**TRIGGER, "dedup_key": "one"}) for _ in range(100)]
    assert {answer.result().json()["ok"] for answer in slacks} == {True}
    assert {answer.result().status_code for answer in pages} == {202}
    assert len({message.ts for message in receivers.slack.messages}) == 100
    assert receivers.pagerduty.pages == 1
    assert receivers.pagerduty.alerts[0].triggers == 100


def test_closing_lets_go_of_hung_requests_and_frees_the_port() -> None:
    with Receivers() as receivers, ThreadPoolExecutor(1) as pool:
        receivers.slack.fail(Fault("hung"))
        answer = pool.submit(requests.post, receivers.slack_webhook_url, json={"text": "x"}, timeout=30)
        receivers.wait_for(lambda seen: seen.slack.faults.met == 1)
        receivers.close()
        assert isinstance(answer.exception(timeout=10), requests.ConnectionError)
    with pytest.raises(requests.ConnectionError):
        requests.get(receivers.url, timeout=5)


def test_an_unknown_path_is_not_found(receivers: Receivers) -> None:
    assert requests.get(f"{receivers.url}etc/passwd", timeout=5).status_code == 404
    assert requests.post(f"{receivers.url}nowhere", json={}, timeout=5).status_code == 404


def test_the_page_forbids_scripts_of_others(receivers: Receivers) -> None:
    answer = requests.get(receivers.url, timeout=5)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "rootwatch" in answer.text
