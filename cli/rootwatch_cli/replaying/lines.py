"""A replay as JSON lines, for programs: one object an incident, or one a message with ``--notices``."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName, Harm, Kind, NoticeType, Severity, Verdict
from rootwatch.render.headline import headline
from rootwatch_cli.replaying.shown import Payload, payload
from rootwatch_cli.replaying.story import Story, Told
from rootwatch_cli.replaying.text import says


class NoticeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One notice. ``sent``: channel → when; a channel whose send was withdrawn is missing."""

    seq: int
    type: NoticeType
    severity: Severity
    page: str | None  # the dedup_key, if somebody was paged
    sent: dict[ChannelName, datetime]
    headline: str


class IncidentLine(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, as it stood at its close. Times are in UTC."""

    id: str
    account: str | None
    account_name: str | None
    opened_at: datetime
    first: datetime
    last: datetime
    severity: Severity
    verdict: Verdict | None  # null: made of watch events
    kind: Kind
    says: str
    harms: dict[Harm, Severity]
    records: int
    pages: list[datetime]
    facts: tuple[Fact, ...]
    notices: tuple[NoticeLine, ...]


class MessageLine(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one channel, as it would have been sent."""

    at: datetime
    incident: str
    seq: int
    channel: ChannelName
    message: Payload


def incident_line(story: Story, settings: Settings) -> bytes:
    """One incident as JSON."""
    incident = story.incident
    line = IncidentLine(
        id=incident.id,
        account=incident.account,
        account_name=incident.account_name,
        opened_at=incident.opened_at,
        first=incident.first,
        last=incident.last,
        severity=incident.severity,
        verdict=None if incident.is_watch else incident.verdict,
        kind=story.worst.kind,
        says=says(story, settings, 160),
        harms=incident.harms,
        records=incident.seen,
        pages=story.pages,
        facts=story.facts,
        notices=tuple(_notice(told, settings) for told in story.told),
    )
    return msgspec.json.encode(line)


def message_lines(story: Story, settings: Settings) -> Iterator[bytes]:
    """Every message of an incident as JSON, in the order of its notices."""
    for told in story.told:
        for channel, at in told.sent.items():
            line = MessageLine(
                at=at,
                incident=story.incident.id,
                seq=told.notice.seq,
                channel=channel,
                message=payload(told.notice, channel, settings),
            )
            yield msgspec.json.encode(line)


def _notice(told: Told, settings: Settings) -> NoticeLine:
    page = told.notice.page
    return NoticeLine(
        seq=told.notice.seq,
        type=told.notice.type,
        severity=told.notice.severity,
        page=page.dedup_key if page and told.page else None,
        sent=told.sent,
        headline=headline(told.notice, settings, 160, severity=True),
    )
