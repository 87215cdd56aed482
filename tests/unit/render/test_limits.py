"""Whatever a notice holds, each channel's message stays valid, within the limits, and rings nobody's telephone."""

import json
import re
import typing
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from rootwatch.render.headline import headline
from rootwatch.render.pagerduty import pagerduty
from rootwatch.render.slack import slack
from rootwatch.render.sns import sns
from rootwatch_local.receivers import pagerduty_rules, slack_rules
from tests.unit.render.hostile import NOTICES, TEXTS
from tests.unit.render.samples import CASES, SETTINGS

ROUTING_KEY = "R" * 32
thorough = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FENCED = re.compile("```([^`]+)```")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def _texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in _texts(child)]


def _mrkdwn(node: object) -> list[str]:
    if isinstance(node, dict) and node.get("type") == "mrkdwn":
        return [node["text"]]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in _mrkdwn(child)]


@given(NOTICES)
@thorough
def test_a_slack_message_is_valid_and_within_slacks_limits(notice):
    message = slack(notice, SETTINGS)
    payload = {"text": message.text, "blocks": message.blocks}
    assert len(json.dumps(payload)) < 8_000
    assert message.text.strip()
    blocks = Block.parse_all(message.blocks)
    assert len(blocks) == len(message.blocks) <= 50
    for block in blocks:
        block.validate_json()
    slack_rules.check(payload)
    json.dumps(payload, ensure_ascii=False).encode()


@given(NOTICES)
@thorough
def test_nothing_in_a_slack_message_pings_or_links_but_our_own_link(notice):
    message = slack(notice, SETTINGS)
    texts = [message.text, *_mrkdwn(message.blocks)]
    for text in texts:
        text, commands = FENCED.sub("", text), FENCED.findall(text)
        assert all(command.startswith("aws organizations ") for command in commands)
        links = re.findall("<[^>]*>?", text)
        assert all("cloudtrailv2" in one or one == f"<{SETTINGS.runbook_url}|the runbook>" for one in links)
        assert not re.search(r"(?<![\w.])@(channel|here|everyone)", text)
        assert "`" not in text
        assert re.sub(r"&(amp|lt|gt);", "", text).count("&") == 0
    assert slack_rules.pings_in({"text": message.text, "blocks": message.blocks, "link_names": True}) == ()
    assert not any(_UNSEEN.search(text) for text in _texts(message.blocks))


@given(NOTICES)
@thorough
def test_pagerduty_events_are_valid_and_within_its_limits(notice):
    events = pagerduty(notice, SETTINGS)
    assert events.bodies or (notice.page is None and not notice.resolves and not notice.acknowledges)
    faults_of = pagerduty_rules.faults_of_change if events.path == "change/enqueue" else pagerduty_rules.faults_of_alert
    for body in events.bodies:
        assert "routing_key" not in body
        assert faults_of({**body, "routing_key": ROUTING_KEY}, ROUTING_KEY) == []
        assert len(json.dumps(body)) < 500_000
        json.dumps(body, ensure_ascii=False).encode()
        assert not any(_UNSEEN.search(text) for text in _texts(body))


@given(NOTICES)
@thorough
def test_an_sns_message_is_valid_and_within_its_limits(notice):
    message = sns(notice, SETTINGS)
    assert re.fullmatch(r"[!-~][ -~]{0,98}", message.subject)
    attributes = sum(len(name) + len(value.encode()) + len("String") for name, value in message.attributes.items())
    assert len(message.message.encode()) + attributes < 262_144
    assert all(message.attributes.values())
    texts = json.loads(message.message)
    assert {"default", "email", "sms", "https", "sqs", "lambda"} <= texts.keys()
    assert re.fullmatch(r"[ -~]{1,140}", texts["sms"])
    assert json.loads(texts["sqs"])["schema"] == "rootwatch/notice/1"
    assert not _UNSEEN.search(texts["email"])


@given(NOTICES, st.integers(1, 300), st.booleans())
@thorough
def test_a_headline_is_never_longer_than_asked_for(notice, limit, severity):
    line = headline(notice, SETTINGS, limit, severity=severity)
    assert 0 < len(line) <= limit
    assert "\n" not in line


@given(TEXTS, st.sampled_from(sorted(CASES)))
@thorough
def test_the_accounts_id_is_in_every_headline_whatever_its_name_is(name, case):
    notice = CASES[case]()
    if notice.incident.account is None:
        return  # it is about several: guessing, or what StackSets did
    renamed = msgspec.structs.replace(notice, incident=msgspec.structs.replace(notice.incident, account_name=name))
    assert notice.incident.account in headline(renamed, SETTINGS)
    assert notice.incident.account in sns(renamed, SETTINGS).subject


@pytest.mark.parametrize(
    "case", ["access-key-made", "digest", "planned", "corrected-in-part", "storm", "watch-deployment-not-confirmed"]
)
@pytest.mark.parametrize("bite", ["&", "\U0001f525", '"'])
def test_texts_of_the_worst_kind_in_every_place_at_once_are_within_every_limit(case, bite):
    notice = _filled(CASES[case](), 1_000 * bite)
    notice = msgspec.structs.replace(notice, listed=100 * notice.listed[:1])
    message = slack(notice, SETTINGS)
    slack_rules.check({"text": message.text, "blocks": message.blocks})
    assert len(sns(notice, SETTINGS).message.encode()) < 262_144
    assert all(len(json.dumps(body)) < 500_000 for body in pagerduty(notice, SETTINGS).bodies)


def _filled(node: Any, text: str) -> Any:
    """The same with this text in place of each, but for the words of the design."""
    if isinstance(node, msgspec.Struct):
        hints = typing.get_type_hints(type(node))
        kept = {"scope", "window", "dedup_key"} | {name for name, kind in hints.items() if "Literal" in str(kind)}
        names = [name for name in node.__struct_fields__ if name not in kept]
        return msgspec.structs.replace(node, **{name: _filled(getattr(node, name), text) for name in names})
    if isinstance(node, tuple):
        return tuple(_filled(one, text) for one in node)
    if isinstance(node, dict):
        return {f"{text}{number}": 7 for number in range(13)}
    return text if isinstance(node, str) else node
