"""The machine-readable notice: what SNS carries to queues, functions and web hooks, for a SIEM or a script.

Field names are stable: a change of meaning raises ``SCHEMA``; fields may be added. ``null`` is what is not known.
"""

from typing import Final

import msgspec

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.words import Harm, Kind, NoticeType, Severity, Verdict
from rootwatch.render.clean import clean, iso
from rootwatch.render.headline import headline
from rootwatch.render.story import story

SCHEMA: Final = "rootwatch/notice/1"
_MOST_VALUES: Final = 13
_LISTED: Final = 60


class AccountPart(msgspec.Struct, frozen=True, kw_only=True):
    """The account as AWS Organizations names it. ``unknown``: why it could not be named."""

    id: str | None
    name: str | None
    path: str | None
    owner: str | None
    management: bool
    unknown: str | None


class EventPart(msgspec.Struct, frozen=True, kw_only=True):
    """The CloudTrail record that caused the notice. ``mfa``: yes, no, unknown, not-applicable."""

    event_id: str | None
    event_time: str | None
    event_source: str | None
    event_name: str | None
    account_id: str | None
    region: str | None
    source_ip_address: str | None
    network: str | None
    country: str | None
    known_network: str | None
    user_agent: str | None
    mfa: str
    error: str | None
    invoked_by: str | None
    access_key_id: str | None
    kind: Kind
    harm: Harm
    severity: Severity
    verdict: Verdict
    verdict_why: str | None
    ticket: str | None
    technique: str | None
    console_url: str | None


class IncidentPart(msgspec.Struct, frozen=True, kw_only=True):
    """The incident as it stood. ``harms`` and ``paged``: harm → severity; the facets: value → count."""

    id: str
    state: str
    verdict: Verdict
    severity: Severity
    opened_at: str
    first: str
    last: str
    seen: int
    untold: int
    harms: dict[Harm, Severity]
    paged: dict[Harm, Severity]
    actions: dict[str, int]
    regions: dict[str, int]
    addresses: dict[str, int]
    accounts: dict[str, int]


class PagePart(msgspec.Struct, frozen=True, kw_only=True):
    """The PagerDuty alert that the notice triggers."""

    harm: Harm
    severity: Severity
    dedup_key: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The whole; times are ISO 8601 in UTC. (incident.id, notice) names a notice for ever."""

    schema: str
    notice: int
    type: NoticeType
    severity: Severity
    created_at: str
    headline: str
    happened: str
    why: list[str]
    do_now: str
    contain: str | None
    declare: str | None
    runbook_url: str | None
    before: list[str]
    listed: list[str]
    unlisted: int
    last_use: str | None
    network_seen_since: str | None
    account: AccountPart
    event: EventPart | None
    incident: IncidentPart
    page: PagePart | None
    resolves: list[str]
    acknowledges: list[str]
    note: str | None
    duplicates_possible: bool


def document(notice: Notice, settings: Settings, width: int) -> Document:
    """The document of a notice, with no text longer than ``width`` characters."""
    told = story(notice, settings, width)
    page, before = notice.page, notice.before
    return Document(
        schema=SCHEMA,
        notice=notice.seq,
        type=notice.type,
        severity=notice.severity,
        created_at=iso(notice.created_at),
        headline=headline(notice, settings, min(200, width)),
        happened=told.happened,
        why=list(told.why),
        do_now=told.do_now,
        contain=told.commands.contain or None,
        declare=told.commands.declare or None,
        runbook_url=told.runbook,
        before=list(told.before),
        listed=list(told.listed[:_LISTED]),
        unlisted=told.unlisted + len(told.listed[_LISTED:]),
        last_use=iso(before.last_use.time) if before and before.last_use else None,
        network_seen_since=iso(before.network_since) if before and before.network_since else None,
        account=_account(notice, settings, width),
        event=_event(notice, settings, told.link, width),
        incident=_incident(notice, width),
        page=PagePart(harm=page.harm, severity=page.severity, dedup_key=clean(page.dedup_key, width)) if page else None,
        resolves=[clean(key, width) for key in notice.resolves[: 2 * _MOST_VALUES]],
        acknowledges=[clean(key, width) for key in notice.acknowledges[: 2 * _MOST_VALUES]],
        note=clean(notice.note, width) or None,
        duplicates_possible=notice.duplicates_possible,
    )


def _account(notice: Notice, settings: Settings, width: int) -> AccountPart:
    incident = notice.incident
    return AccountPart(
        id=clean(incident.account, 12) or None,
        name=clean(incident.account_name, width) or None,
        path=clean(incident.account_path, width) or None,
        owner=clean(incident.account_owner, width) or None,
        management=incident.account == settings.management_account,
        unknown=clean(notice.account_unknown, width) or None,
    )


def _event(notice: Notice, settings: Settings, console_url: str | None, width: int) -> EventPart | None:
    fact = notice.fact
    if fact is None:
        return None
    known = settings.network_of(fact.address)
    return EventPart(
        event_id=clean(fact.event_id, width) or None,
        event_time=iso(fact.event_time) if fact.event_time else None,
        event_source=clean(fact.service, width) or None,
        event_name=clean(fact.action, width) or None,
        account_id=clean(fact.account, 12) or None,
        region=clean(fact.region, width) or None,
        source_ip_address=clean(fact.address, width) or None,
        network=clean(fact.network, width) or None,
        country=clean(fact.country, 2) or None,
        known_network=known.name if known else None,
        user_agent=clean(fact.user_agent, width) or None,
        mfa=fact.mfa,
        error=clean(fact.error, width) or None,
        invoked_by=clean(fact.invoked_by, width) or None,
        access_key_id=clean(fact.access_key_id, width) or None,
        kind=fact.kind,
        harm=fact.harm,
        severity=fact.severity,
        verdict=fact.verdict,
        verdict_why=clean(fact.verdict_why, width) or None,
        ticket=clean(fact.ticket, width) or None,
        technique=clean(fact.technique, width) or None,
        console_url=console_url,
    )


def _incident(notice: Notice, width: int) -> IncidentPart:
    incident = notice.incident
    return IncidentPart(
        id=clean(incident.id, width),
        state=incident.state,
        verdict=incident.verdict,
        severity=incident.severity,
        opened_at=iso(incident.opened_at),
        first=iso(incident.first),
        last=iso(incident.last),
        seen=incident.seen,
        untold=incident.untold,
        harms=incident.harms,
        paged=incident.paged,
        actions=_counts(incident.actions, width),
        regions=_counts(incident.regions, width),
        addresses=_counts(incident.addresses, width),
        accounts=_counts(incident.accounts, width),
    )


def _counts(counts: dict[str, int], width: int) -> dict[str, int]:
    return {clean(name, width): count for name, count in list(counts.items())[:_MOST_VALUES]}
