"""The whole of an incident: who declared what, what was done, who was told when, what is still open."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.window import Window
from rootwatch.core.windows import approval, declared
from rootwatch.edge import items
from rootwatch.edge.items import Item
from rootwatch.edge.ledger import Ledger
from rootwatch.render.clean import clean, iso
from rootwatch_cli.ledger.rows import Row, row_of

_BEFORE: Final = timedelta(hours=1)  # a window that ended just before is part of the story
_LONGEST: Final = 512


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A window that reached into the incident. ``proved``: by its tag's own record."""

    since: str
    until: str
    ticket: str | None
    covers: tuple[str, ...]
    nets: tuple[str, ...]
    by: str | None
    proved: bool
    approved_by: str | None
    claimed_for: str | None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done. ``who``: the colleague behind a privileged task, or who caused a watch event."""

    time: str
    says: str
    event_name: str | None
    event_source: str | None
    event_id: str | None
    account: str | None
    region: str | None
    address: str | None
    country: str | None
    user_agent: str | None
    mfa: str
    error: str | None
    who: str | None
    severity: str
    verdict: str
    verdict_why: str | None
    ticket: str | None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One notice to one channel. ``state``: due, sending, sent, failed, withdrawn. ``at``: when that was so, if it is
    settled."""

    notice: int
    type: str
    severity: str
    made_at: str
    channel: str
    state: str
    at: str | None
    attempts: int
    receipt: str | None
    reason: str | None
    pages: str | None  # the dedup_key


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``still_open``: what nobody has ended yet, in words."""

    incident: Row
    declared: tuple[Declared, ...]
    done: tuple[Done, ...]
    told: tuple[Sent, ...]
    still_open: tuple[str, ...]


def whole(ledger: Ledger, incident_id: str) -> Whole | None:
    """One incident; None if the table has none of that name. Raises ``StoreDownError``."""
    found = ledger.whole(incident_id)
    head = next((items.read(item, Incident) for item in found if item["SK"]["S"] == "HEAD"), None)
    if head is None:
        return None
    facts = [items.read(item, Fact) for item in _of(found, "FACT")]
    notices = {one.seq: one for one in (items.read(item, Notice) for item in _of(found, "NOTE"))}
    sends = sorted((_sent(item, notices) for item in _of(found, "SEND")), key=lambda one: (one.notice, one.channel))
    taggings = ledger.taggings(head.account) if head.account else []
    return Whole(
        incident=row_of(head),
        declared=tuple(_declared(head, taggings)),
        done=tuple(_done(fact) for fact in facts),
        told=tuple(sends),
        still_open=tuple(_still_open(head, sends, notices.values())),
    )


def _of(found: Iterable[Item], word: str) -> list[Item]:
    return [item for item in found if item["SK"]["S"].startswith(f"{word}#")]


def _declared(head: Incident, taggings: Sequence[Tagging]) -> list[Declared]:
    tags = Tags(account=head.account or "").with_more(*taggings)
    reach = [one for one in declared(tags)[0] if one.start <= head.last and one.until >= head.first - _BEFORE]
    return [_as_declared(window, tags, min(window.until, head.last)) for window in reach if window.until > window.start]


def _as_declared(window: Window, tags: Tags, at: datetime) -> Declared:
    approved = approval(window, tags, at)
    return Declared(
        since=iso(window.start),
        until=iso(window.until),
        ticket=clean(window.ticket, 256) or None,
        covers=window.covers,
        nets=window.nets,
        by=clean(window.set_by, _LONGEST) or None,
        proved=window.proved,
        approved_by=clean(approved.by if approved else None, _LONGEST) or None,
        claimed_for=clean(window.by, 256) or None,
    )


def _done(fact: Fact) -> Done:
    return Done(
        time=iso(fact.time),
        says=clean(fact.says, _LONGEST),
        event_name=clean(fact.action, _LONGEST) or None,
        event_source=clean(fact.service, _LONGEST) or None,
        event_id=clean(fact.event_id, _LONGEST) or None,
        account=clean(fact.account, 12) or None,
        region=clean(fact.region, _LONGEST) or None,
        address=clean(fact.address, _LONGEST) or None,
        country=clean(fact.country, 2) or None,
        user_agent=clean(fact.user_agent, _LONGEST) or None,
        mfa=fact.mfa,
        error=clean(fact.error, _LONGEST) or None,
        who=clean(fact.principal, _LONGEST) or None,
        severity=fact.severity,
        verdict=fact.verdict,
        verdict_why=clean(fact.verdict_why, _LONGEST) or None,
        ticket=clean(fact.ticket, 256) or None,
    )


def _sent(item: Item, notices: dict[int, Notice]) -> Sent:
    due = items.due_of({"due_at": item["first_due"], **item})
    notice = notices.get(due.seq)
    return Sent(
        notice=due.seq,
        type=notice.type if notice else "unknown",
        severity=due.severity,
        made_at=iso(notice.created_at if notice else datetime.fromisoformat(item["first_due"]["S"])),
        channel=due.channel or "",
        state=item["state"]["S"],
        at=iso(datetime.fromisoformat(item["settled_at"]["S"])) if "settled_at" in item else None,
        attempts=int(item["attempts"]["N"]),
        receipt=clean(item["receipt"]["S"], 256) if "receipt" in item else None,
        reason=clean(item["reason"]["S"], _LONGEST) or None if "reason" in item else None,
        pages=notice.page.dedup_key if notice and notice.page and due.channel == "pagerduty" else None,
    )


def _still_open(head: Incident, sends: Sequence[Sent], notices: Iterable[Notice]) -> list[str]:
    own = "the incident itself, which closes by quiet or when what it tells of is over"
    said = [own] if head.state == "open" else []
    resolved = {key for notice in notices for key in notice.resolves}
    paged = [one.pages for one in sends if one.pages and one.state == "sent" and one.pages not in resolved]
    said += [f"the PagerDuty alert {key}, unless somebody has resolved it there" for key in dict.fromkeys(paged)]
    waiting = [one for one in sends if one.state in ("due", "sending")]
    said += [f"notice {one.notice} to {one.channel}, which is still to be sent" for one in waiting]
    lost = [one for one in sends if one.state == "failed"]
    return said + [f"notice {one.notice} to {one.channel}, which FAILED: {one.reason or 'unknown why'}" for one in lost]
