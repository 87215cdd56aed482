"""A notice as each channel would show it: the payloads that production sends, and these as plain text."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName
from rootwatch.render.pagerduty import PagerDutyEvents, pagerduty
from rootwatch.render.slack import SlackMessage, slack
from rootwatch.render.sns import sns

NAMES: Final[Mapping[ChannelName, str]] = {"pagerduty": "PagerDuty", "slack": "Slack", "sns": "SNS e-mail"}
_LINK: Final = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")


class Mail(msgspec.Struct, frozen=True):
    """What SNS would send by e-mail."""

    subject: str
    body: str


Payload = SlackMessage | PagerDutyEvents | Mail


def payload(notice: Notice, channel: ChannelName, settings: Settings) -> Payload:
    """What the channel would be sent, by the renderers of production."""
    if channel == "slack":
        return slack(notice, settings)
    if channel == "pagerduty":
        return pagerduty(notice, settings)
    message = sns(notice, settings)
    return Mail(message.subject, json.loads(message.message)["email"])


def as_text(shown: Payload) -> str:
    """The same for a terminal."""
    if isinstance(shown, Mail):
        return f"Subject: {shown.subject}\n\n{shown.body.rstrip()}"
    lines = _slack(shown) if isinstance(shown, SlackMessage) else _pagerduty(shown)
    return "\n".join(lines)


def _slack(message: SlackMessage) -> Iterator[str]:
    for block in message.blocks:
        if block["type"] == "context":
            yield " · ".join(_mrkdwn(element) for element in block["elements"])
            continue
        if "text" in block:
            yield _mrkdwn(block["text"])
        for field in block.get("fields", ()):
            yield "  " + _mrkdwn(field).replace("\n", ": ", 1)


def _mrkdwn(text: Mapping[str, Any]) -> str:
    if text["type"] != "mrkdwn":
        return str(text["text"])
    return html.unescape(_LINK.sub(r"\2: \1", text["text"])).replace("*", "").replace("```", "")


def _pagerduty(events: PagerDutyEvents) -> Iterator[str]:
    for body in events.bodies:
        action = body.get("event_action", "change event")
        yield f"{action} {body['dedup_key']}" if "dedup_key" in body else str(action)
        told = body.get("payload")
        if told:
            yield told["summary"]
            yield f"severity {told['severity']} · source {told['source']}" if "severity" in told else told["source"]
            yield from (f"  {name}: {value}" for name, value in told["custom_details"].items())
