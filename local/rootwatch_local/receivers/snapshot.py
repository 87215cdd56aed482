"""What the inbox page is told: everything that its three readers have before them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from rootwatch_local.receivers.ledger import Refusal
from rootwatch_local.receivers.mailbox import Mail, Mailbox
from rootwatch_local.receivers.pagerduty import Alert, ChangeEvent, Link, PagerDuty
from rootwatch_local.receivers.slack import Slack
from rootwatch_local.receivers.slack_workspace import SlackMessage


class Channel(msgspec.Struct, frozen=True):
    id: str
    name: str


class Counts(msgspec.Struct, frozen=True):
    pages: int
    slack: int
    mails: int
    refused: int


class Message(msgspec.Struct, frozen=True):
    ts: str
    channel: str
    text: str
    blocks: tuple[Mapping[str, object], ...]
    thread_ts: str | None
    broadcast: bool
    at: datetime
    edited: datetime | None
    pings: tuple[str, ...]


class Incident(msgspec.Struct, frozen=True):
    number: int
    dedup_key: str
    status: str
    severity: str
    urgency: str
    summary: str
    source: str
    details: Mapping[str, object]
    links: tuple[Link, ...]
    triggers: int
    at: datetime
    changed: datetime


class Change(msgspec.Struct, frozen=True):
    number: int
    summary: str
    source: str
    links: tuple[Link, ...]
    at: datetime


class Letter(msgspec.Struct, frozen=True):
    number: int
    endpoint: str
    subject: str
    message: str
    at: datetime


class Refused(msgspec.Struct, frozen=True):
    service: str
    reason: str
    details: tuple[str, ...]
    at: datetime


class Snapshot(msgspec.Struct, frozen=True):
    counts: Counts
    channels: tuple[Channel, ...]
    messages: tuple[Message, ...]
    incidents: tuple[Incident, ...]
    changes: tuple[Change, ...]
    mails: tuple[Letter, ...]
    refused: tuple[Refused, ...]


def take(slack: Slack, pagerduty: PagerDuty, mailbox: Mailbox, refused: tuple[Refusal, ...]) -> Snapshot:
    messages, mails = slack.messages, mailbox.mails
    return Snapshot(
        counts=Counts(pagerduty.pages, len(messages), len(mails), len(refused)),
        channels=tuple(Channel(*item) for item in slack.channels.items()),
        messages=tuple(map(_message, messages)),
        incidents=tuple(map(_incident, pagerduty.alerts)),
        changes=tuple(_change(number, change) for number, change in enumerate(pagerduty.changes, start=1)),
        mails=tuple(map(_letter, mails)),
        refused=tuple(Refused(item.service, item.reason, item.details, item.arrival.at) for item in refused),
    )


def _message(message: SlackMessage) -> Message:
    return Message(
        ts=message.ts,
        channel=message.channel,
        text=message.text,
        blocks=message.blocks,
        thread_ts=message.thread_ts,
        broadcast=message.broadcast,
        at=message.arrival.at,
        edited=message.edited.at if message.edited else None,
        pings=message.pings,
    )


def _incident(alert: Alert) -> Incident:
    return Incident(
        number=alert.number,
        dedup_key=alert.dedup_key,
        status=alert.status,
        severity=alert.severity,
        urgency=alert.urgency,
        summary=alert.summary,
        source=alert.source,
        details=alert.details,
        links=alert.links,
        triggers=alert.triggers,
        at=alert.opened.at,
        changed=alert.changed.at,
    )


def _change(number: int, change: ChangeEvent) -> Change:
    return Change(number, change.summary, change.source, change.links, change.arrival.at)


def _letter(mail: Mail) -> Letter:
    return Letter(mail.number, mail.endpoint, mail.subject, mail.message, mail.arrival.at)
