"""Slack as the local receiver plays it: what it takes, what it refuses, and in which words."""

from collections.abc import Callable, Mapping

import pytest
import requests

from rootwatch_local.receivers import RateLimit, Receivers

Call = Callable[[str, Mapping[str, object]], requests.Response]
Json = Mapping[str, object]
CHANNEL = "C0123456789"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def message(*blocks: Json, **more: object) -> Json:
    return {"channel": CHANNEL, "text": "Root signed in", "blocks": list(blocks), **more}


def test_a_full_message_is_taken_and_kept(receivers: Receivers, slack_call: Call) -> None:
    answer = slack_call(
        "chat.postMessage",
        message(
            {"type": "header", "text": plain("x" * 150)},
            {"type": "section", "text": mrkdwn("x" * 3000), "fields": [mrkdwn("x")] * 10},
            {"type": "divider"},
            {"type": "context", "elements": [mrkdwn("x")] * 10},
        ),
    )
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["channel"] == CHANNEL
    [kept] = receivers.slack.messages
    assert kept.ts == answer.json()["ts"]
    assert [block["type"] for block in kept.blocks] == ["header", "section", "divider", "context"]
    assert receivers.refused == ()


def test_a_channel_may_be_given_by_its_name(receivers: Receivers, slack_call: Call) -> None:
    assert slack_call("chat.postMessage", {"channel": "#security-alerts", "text": "x"}).json()["channel"] == CHANNEL


def test_every_ts_is_unique_and_later_than_the_one_before(receivers: Receivers, slack_call: Call) -> None:
    stamps = [slack_call("chat.postMessage", message()).json()["ts"] for _ in range(20)]
    assert stamps == sorted(set(stamps), key=float)
    assert all(len(ts.split(".")[1]) == 6 for ts in stamps)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"channel": "C0000000000", "text": "x"}, "channel_not_found"),
        ({"channel": CHANNEL}, "no_text"),
        ({"channel": CHANNEL, "text": ""}, "no_text"),
        ({"channel": CHANNEL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": CHANNEL, "text": "x", "blocks": '[{"type":"divider"}]'}, "invalid_blocks_format"),
        ({"channel": CHANNEL, "text": "x", "thread_ts": "1700000000.000100"}, "thread_not_found"),
        (message(*[{"type": "section", "text": mrkdwn("x" * 2900)}] * 4), "msg_blocks_too_long"),
    ],
)
def test_a_message_that_slack_would_refuse_is_refused_with_its_code(
    receivers: Receivers, slack_call: Call, body: Json, error: str
) -> None:
    answer = slack_call("chat.postMessage", body)
    assert answer.status_code == 200
    assert answer.json() == {"ok": False, "error": error}
    assert [refusal.reason for refusal in receivers.refused] == [error]
    assert receivers.slack.messages == ()


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (
            {"type": "header", "text": plain("x" * 151)},
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
        ({"type": "header", "text": plain("")}, "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
        (
            {"type": "section", "text": mrkdwn("x" * 3001)},
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            {"type": "section", "fields": [mrkdwn("x")] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            {"type": "section", "fields": [mrkdwn("x" * 2001)]},
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        (
            {"type": "context", "elements": [mrkdwn("x")] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        ({"type": "context", "elements": []}, "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        ({"type": "fancy"}, "unsupported type: fancy [json-pointer:/blocks/0/type]"),
        ({"type": "divider", "text": "x"}, "invalid additional property: text [json-pointer:/blocks/0]"),
        (
            {"type": "section", "text": {**mrkdwn("x"), "emoji": True}},
            "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        ),
    ],
)
def test_a_block_that_slack_would_refuse_is_pointed_at(
    receivers: Receivers, slack_call: Call, block: Json, sentence: str
) -> None:
    answer = slack_call("chat.postMessage", message(block)).json()
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [sentence]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {sentence}"]
    assert receivers.refused[0].details == (sentence,)


def test_a_message_has_at_most_fifty_blocks(receivers: Receivers, slack_call: Call) -> None:
    assert slack_call("chat.postMessage", message(*[{"type": "divider"}] * 50)).json()["ok"]
    answer = slack_call("chat.postMessage", message(*[{"type": "divider"}] * 51)).json()
    assert answer["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_two_blocks_cannot_have_one_id(receivers: Receivers, slack_call: Call) -> None:
    twin = {"type": "divider", "block_id": "same"}
    assert slack_call("chat.postMessage", message(twin, twin)).json()["error"] == "invalid_blocks"


def test_a_reply_stands_in_its_thread_and_a_reply_has_no_thread_of_its_own(
    receivers: Receivers, slack_call: Call
) -> None:
    parent = slack_call("chat.postMessage", message()).json()["ts"]
    reply = slack_call("chat.postMessage", message(thread_ts=parent)).json()["ts"]
    assert [found.ts for found in receivers.slack.replies(parent)] == [reply]
    assert slack_call("chat.postMessage", message(thread_ts=reply)).json()["error"] == "thread_not_found"


def test_an_update_replaces_the_message_and_keeps_what_it_said_before(receivers: Receivers, slack_call: Call) -> None:
    ts = slack_call("chat.postMessage", message()).json()["ts"]
    answer = slack_call("chat.update", {"channel": CHANNEL, "ts": ts, "text": "Planned after all"}).json()
    assert (answer["ok"], answer["ts"]) == (True, ts)
    [kept] = receivers.slack.messages
    assert kept.text == "Planned after all"
    assert kept.edited is not None
    assert [earlier.text for earlier in kept.earlier] == ["Root signed in"]


def test_an_update_of_no_message_or_of_the_webhooks_is_refused(receivers: Receivers, slack_call: Call) -> None:
    requests.post(receivers.slack_webhook_url, json={"text": "x"}, timeout=10)
    [posted] = receivers.slack.messages
    update = {"channel": CHANNEL, "ts": "1700000000.000100", "text": "y"}
    assert slack_call("chat.update", update).json()["error"] == "message_not_found"
    assert slack_call("chat.update", {**update, "ts": posted.ts}).json()["error"] == "cant_update_message"
    assert slack_call("chat.update", {**update, "channel": "#security-alerts"}).json()["error"] == "channel_not_found"


def test_a_caller_without_the_token_is_told_so(receivers: Receivers, slack_call: Call) -> None:
    url = f"{receivers.slack_api_url}auth.test"
    assert requests.post(url, timeout=10).json() == {"ok": False, "error": "not_authed"}
    wrong = {"Authorization": "Bearer xoxb-somebody-else"}
    assert requests.post(url, headers=wrong, timeout=10).json() == {"ok": False, "error": "invalid_auth"}
    assert slack_call("auth.test", {}).json()["ok"] is True


def test_a_webhook_answers_in_plain_text_and_gives_no_ts(receivers: Receivers) -> None:
    answer = requests.post(receivers.slack_webhook_url, json={"text": "x"}, timeout=10)
    assert (answer.status_code, answer.text) == (200, "ok")
    [kept] = receivers.slack.messages
    assert (kept.via, kept.channel) == ("webhook", CHANNEL)


@pytest.mark.parametrize(
    ("path", "body", "status", "text"),
    [
        ("T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", b"{", 400, "invalid_payload"),
        ("T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", b"[]", 400, "invalid_payload"),
        ("T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", b"{}", 400, "no_text"),
        ("T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", b'{"blocks":[{"type":"x"}]}', 400, "invalid_blocks"),
        ("T00000000/B00000000/YYYYYYYYYYYYYYYYYYYYYYYY", b'{"text":"x"}', 403, "invalid_token"),
        ("T00000000/B99999999/XXXXXXXXXXXXXXXXXXXXXXXX", b'{"text":"x"}', 404, "no_service"),
    ],
)
def test_a_webhook_refuses_as_slack_does(receivers: Receivers, path: str, body: bytes, status: int, text: str) -> None:
    answer = requests.post(f"{receivers.url}services/{path}", data=body, timeout=10)
    assert (answer.status_code, answer.text) == (status, text)
    assert [refusal.reason for refusal in receivers.refused] == [text]


@pytest.mark.parametrize(
    ("body", "pings"),
    [
        (message({"type": "section", "text": mrkdwn("<!channel> and <@U012AB3CD>")}), ("<!channel>", "<@U012AB3CD>")),
        (message({"type": "context", "elements": [mrkdwn("<!here|here>")]}), ("<!here|here>",)),
        (message({"type": "section", "fields": [mrkdwn("<!everyone>")]}), ("<!everyone>",)),
        (message(text="<!subteam^S0123456789>"), ("<!subteam^S0123456789>",)),
        (message({"type": "section", "text": mrkdwn("&lt;!channel&gt; @channel")}), ()),
        (message({"type": "header", "text": plain("<!channel>")}), ()),
        (message(text="@channel", link_names=True), ("@channel",)),
    ],
)
def test_what_would_ring_somebodys_telephone_is_seen(
    receivers: Receivers, slack_call: Call, body: Json, pings: tuple[str, ...]
) -> None:
    assert slack_call("chat.postMessage", body).json()["ok"]
    assert receivers.slack.pings == pings


def test_a_channel_takes_a_burst_and_then_asks_to_wait() -> None:
    with Receivers(slack_rate=RateLimit(seconds=60, burst=3)) as receivers:
        answers = [requests.post(receivers.slack_webhook_url, json={"text": "x"}, timeout=10) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert len(receivers.slack.messages) == 3
    assert receivers.refused == ()
