"""A notice as events of PagerDuty's Events API v2; the channel adds the routing key.

Source: https://developer.pagerduty.com/docs/send-alert-event and https://developer.pagerduty.com/docs/send-change-event
"""

from typing import Any, Final, Literal

import msgspec

from rootwatch.core.incident import is_wide
from rootwatch.core.notice import Notice, Page
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity
from rootwatch.render import storm
from rootwatch.render.clean import clean, iso
from rootwatch.render.containment import CANNOT, DECLARE
from rootwatch.render.headline import headline
from rootwatch.render.story import Story, story

_SUMMARY: Final = 200  # PagerDuty takes 1,024; nobody reads more aloud
_DEDUP_KEY: Final = 255
_WIDTH: Final = 1_000
_NAME: Final = 200
_LISTED: Final = 60
_SEVERITIES: Final[dict[Severity, str]] = {"critical": "critical", "high": "error", "medium": "warning", "low": "info"}


class PagerDutyEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Bodies to POST, one after another, to ``path`` below the Events API's ``/v2/``; each lacks ``routing_key``."""

    path: Literal["enqueue", "change/enqueue"]
    bodies: list[dict[str, Any]]


def pagerduty(notice: Notice, settings: Settings) -> PagerDutyEvents:
    """A trigger for a page, an acknowledge or a resolve for each key that is named, else a change event, which pages
    nobody."""
    if notice.is_change_event:
        return PagerDutyEvents(path="change/enqueue", bodies=[_change(notice, settings)])
    triggers = [_trigger(notice, notice.page, settings)] if notice.page else []
    acknowledges = [{"event_action": "acknowledge", "dedup_key": _within(key)} for key in notice.acknowledges]
    resolves = [{"event_action": "resolve", "dedup_key": _within(key)} for key in notice.resolves]
    return PagerDutyEvents(path="enqueue", bodies=[*triggers, *acknowledges, *resolves])


def _trigger(notice: Notice, page: Page, settings: Settings) -> dict[str, Any]:
    told = story(notice, settings, _WIDTH)
    fact = notice.fact
    return {
        "event_action": "trigger",
        "dedup_key": _within(page.dedup_key),
        "client": "rootwatch",
        "payload": {
            **_payload(notice, settings, told),
            "severity": _SEVERITIES.get(page.severity, "error"),
            "component": clean(fact.service if fact else None, _NAME) or "root user",
            "group": _group(notice),
            "class": f"{fact.kind if fact else 'root use'}: {page.harm}",
        },
        "links": _links(told),
    }


def _group(notice: Notice) -> str:
    if is_wide(notice.incident.scope):
        return "the organisation"
    return clean(notice.incident.account_path, _NAME) or "OU path unknown"


def _change(notice: Notice, settings: Settings) -> dict[str, Any]:
    told = story(notice, settings, _WIDTH)
    return {"payload": _payload(notice, settings, told), "links": _links(told)}


def _payload(notice: Notice, settings: Settings, told: Story) -> dict[str, Any]:
    """What alert and change events share. The details are in reading order: PagerDuty shows them as they come."""
    time = notice.fact.event_time if notice.fact and notice.fact.event_time else notice.created_at
    return {
        "summary": headline(notice, settings, _SUMMARY),
        "source": clean(notice.incident.account, _NAME)
        or ("several accounts" if is_wide(notice.incident.scope) else "account unknown"),
        "timestamp": iso(time),
        "custom_details": {
            "What happened": told.happened,
            **({"Why so severe": "; ".join(told.why)} if told.why else {}),
            "Do now": told.do_now,
            **({"Contain": told.commands.contain, "Note on contain": CANNOT} if told.commands.contain else {}),
            **({"Declare": f"{DECLARE}: {told.commands.declare}"} if told.commands.declare else {}),
            **({"The 24 hours before, UTC": "; ".join(told.before)} if told.before else {}),
            **({"The list, newest first": "\n".join(storm.shown(told, _LISTED))} if told.listed else {}),
            **{fact.label: fact.value for fact in told.facts},
            "Look": told.look,
            **({"Note": " ".join(told.notes)} if told.notes else {}),
        },
    }


def _links(told: Story) -> list[dict[str, str]]:
    named = (("The event in CloudTrail", told.link), (f"The runbook, under {told.section}", told.runbook))
    return [{"href": href, "text": text} for text, href in named if href]


def _within(key: str) -> str:
    """The key as it is, or one that stands for it: trigger and resolve must agree on it, so nothing is just cut off."""
    return key if 0 < len(key) <= _DEDUP_KEY and key.isascii() and key.isprintable() else f"rootwatch/{digest(key)}"
