"""A notice: one message about an incident, with all the facts that its rendering needs. Immutable once stored."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import Held, Incident
from rootwatch.core.seen import Before
from rootwatch.core.settings import Settings
from rootwatch.core.words import ChannelName, Harm, NoticeType, Severity, pages

_CHANGE_EVENTS: Final[frozenset[NoticeType]] = frozenset({"opened", "planned"})


class Page(msgspec.Struct, frozen=True):
    """A PagerDuty trigger. One for each incident, harm and severity: the dedup_key says so."""

    harm: Harm
    severity: Severity
    dedup_key: str


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told, to whom. ``fact`` is what caused it; a digest or a close has none."""

    seq: int
    type: NoticeType
    incident: Incident
    created_at: datetime
    severity: Severity
    channels: tuple[ChannelName, ...]
    fact: Fact | None = None
    page: Page | None = None
    page_hold: int = 0  # seconds that the page waits; SNS and Slack are told at once
    resolves: tuple[str, ...] = ()  # dedup_keys
    acknowledges: tuple[str, ...] = ()  # dedup_keys
    note: str = ""  # what else must be said, in a sentence
    duplicates_possible: bool = False
    from_log_file: bool = False  # its record was first read there: EventBridge had not brought it
    account_unknown: str = ""  # why the account's name is missing, if it is
    why: tuple[str, ...] = ()  # of the incident's reasons, those that no notice told before
    before: Before | None = None  # what was known of the account before this; None: it was not looked up
    listed: tuple[str, ...] = ()  # of a storm: what it is made of, newest first
    unlisted: int = 0  # how many more there are

    @property
    def is_change_event(self) -> bool:
        """Whether PagerDuty hears of it as a change event, which pages nobody."""
        return self.page is None and not self.resolves and not self.acknowledges

    @property
    def is_addition(self) -> bool:
        """Whether its trigger is added to the alert that is there, as a storm's list is: nobody is paged anew."""
        return self.page is not None and self.type == "digest"


# The channels with lanes.
IN_ORDER: Final[tuple[ChannelName, ...]] = ("pagerduty", "slack")


def lane(one: Notice, channel: ChannelName) -> str:
    """Sends of one lane keep their order: one Slack thread, one dedup_key. "" waits for nothing, "*" for all."""
    if channel == "slack":
        return "thread"
    if channel == "pagerduty":
        return "*" if one.resolves or one.acknowledges else one.page.dedup_key if one.page else ""
    return ""


def dedup_key(incident_id: str, harm: Harm, severity: Severity) -> str:
    """PagerDuty's key of a page: repeats of the same fold into the alert that is open."""
    return f"rootwatch/{incident_id}/{harm}/{severity}"


def channels_for(notice_type: NoticeType, severity: Severity, *, pagerduty: bool) -> tuple[ChannelName, ...]:
    """Who hears of it: a page everybody, medium SNS and Slack, low and planned a PagerDuty change event besides."""
    quiet_news = notice_type in _CHANGE_EVENTS and (severity == "low" or notice_type == "planned")
    if pagerduty or quiet_news:
        return ("pagerduty", "slack", "sns")
    return ("slack", "sns")


def notice(
    notice_type: NoticeType,
    incident: Incident,
    settings: Settings,
    now: datetime,
    *,
    fact: Fact | None = None,
    page: tuple[Harm, Severity] | None = None,
    hold: int = 0,
    resolves: tuple[str, ...] = (),
    acknowledges: tuple[str, ...] = (),
    note: str = "",
    account_unknown: str = "",
    before: Before | None = None,
    joins: Incident | None = None,
) -> tuple[Incident, Notice]:
    """The next notice of an incident, and the incident that has told it. ``joins``: the storm whose page tells of this
    one too; it has none of its own then."""
    assert page is None or pages(page[1])
    seq = incident.notices + 1
    told = msgspec.structs.replace(incident, notices=seq, untold=0, fresh={}, why_told=incident.why)
    if page:
        told = _with_page(told, *page, hold, seq, now)
    if page and joins:
        told = msgspec.structs.replace(told, joined={**told.joined, page[0]: page[1]})
        note = joins_note(joins)
    own = page if not joins else None
    severity = page[1] if page else incident.severity
    heard_by = channels_for(notice_type, severity, pagerduty=bool(own or resolves or acknowledges))
    return told, Notice(
        seq=seq,
        type=notice_type,
        incident=msgspec.structs.replace(
            told, untold=incident.untold, fresh=incident.fresh, sign_ins=(), failures=(), recoveries=()
        ),
        created_at=now,
        severity=severity,
        channels=tuple(name for name in settings.channels if name in heard_by),
        fact=fact,
        page=Page(*own, dedup_key(incident.id, *own)) if own else None,
        page_hold=hold if own else 0,
        resolves=resolves,
        acknowledges=acknowledges,
        note=note,
        account_unknown=account_unknown,
        why=tuple(why for why in incident.why if why not in incident.why_told),
        before=before,
    )


def joins_note(storm: Incident) -> str:
    """What is said of an incident whose page is a storm's."""
    return f"It has joined the storm {storm.id}, which pages for it: this one pages nobody by itself."


def _with_page(incident: Incident, harm: Harm, severity: Severity, hold: int, seq: int, now: datetime) -> Incident:
    held = {name: one for name, one in incident.held.items() if name != harm}
    if hold:
        held[harm] = Held(seq, severity, now + timedelta(seconds=hold))
    return msgspec.structs.replace(incident, paged={**incident.paged, harm: severity}, paged_at=now, held=held)
