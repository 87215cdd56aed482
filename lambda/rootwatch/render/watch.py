"""A watch event in words: who did what to root or to the watch, what follows, what to do. Never told as root use."""

from typing import Final

from rootwatch.core.fact import Fact
from rootwatch.core.incident import page_stands
from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.spans import duration
from rootwatch.core.words import OBSERVED_KINDS, pages
from rootwatch.render import storm
from rootwatch.render.clean import clean, cut, moment

_TITLE: Final = 160
_OF_TAGS: Final = frozenset({"tag-without-record", "tags-expired"})


def headline(notice: Notice) -> str:
    """What stands before the account: ``WATCH: ana stopped the trail main``."""
    incident = notice.incident
    title = clean(notice.fact.title if notice.fact else incident.title, _TITLE)
    if incident.is_rehearsal:
        return f"REHEARSAL: {title}"
    if incident.is_storm:
        return storm.headline(notice)
    match notice.type:
        case "digest":
            return f"WATCH, {incident.untold} more: {title}"
        case "closed" if incident.is_deployment and notice.fact:
            return f"Over: WATCH, {title}"
        case "closed" if notice.fact:
            return f"Over: WATCH, {clean(incident.title, _TITLE)}; {title}"
        case "closed":
            return f"Closed: WATCH, {title}"
        case "escalated" if incident.is_failed_deployment:
            return f"WATCH: {title}"
        case "escalated":
            return f"WATCH now also: {title}"
    return f"WATCH: {title}"


def happened(notice: Notice, settings: Settings) -> str:
    """The event in a sentence, and what it means in another."""
    incident, fact = notice.incident, notice.fact
    if incident.is_storm:
        return storm.happened(notice)
    if fact:
        return f"{_sentence(clean(fact.says, 500))}. {fact.means}"
    title = clean(incident.title, 300)
    if notice.type == "closed":
        ended = f"nothing like it came for {settings.incident_gap_minutes} minutes"
        if not (incident.is_standing or incident.ends_by_quiet(settings)):
            ended = (
                f"{duration(page_stands(settings))} have passed since its last page; what comes from now on pages anew"
            )
        return f"Closed, because {ended}. That is no all-clear. It was: {title}; {incident.seen} in all."
    fresh = "; ".join(clean(says, 200) for says in incident.fresh)
    what = cut(fresh, 800) if incident.is_failed_send else title
    return (
        f"{incident.untold} more since the last notice, {incident.seen} in all since {moment(incident.first)}: {what}."
    )


def why(notice: Notice) -> list[str]:
    """Reasons beyond the event itself; those of the catalogue are told as what it means."""
    return list(notice.fact.why) if notice.fact and pages(notice.severity) else []


def do_now(notice: Notice) -> str:
    """What the person on call does first."""
    if notice.fact:
        return notice.fact.do_now
    if notice.incident.is_storm and notice.type == "digest":
        return "Look at the newest of the list; the criticals among them page by themselves."
    if notice.type == "closed" and notice.incident.own_pages:
        return (
            "If nobody has explained it yet, find out who it was; its PagerDuty alert stays open until somebody "
            "resolves it."
        )
    return "Nothing new; go on with what is under way."


def look(notice: Notice) -> str:
    """Where the records are, for those who can't follow the link, or have none."""
    incident, fact = notice.incident, notice.fact
    if incident.is_rehearsal:
        return "Nowhere: nothing happened, and no record tells of it."
    if incident.is_storm:
        return storm.LOOK
    if incident.is_failed_send:
        return "The log of the function that sent it, such as rootwatch-monitor in the hub; no record tells of it."
    if fact and fact.kind == "silence" and fact.account is None:
        return "The log of the function rootwatch-coverage in the hub; no record tells of it"
    if fact and fact.kind == "posture-digest":
        return "`rootwatch posture` in the hub; no record tells of it"
    if fact and fact.kind in _OF_TAGS:
        return "The tags of accounts in AWS Organizations: rootwatch break-glass list shows them all"
    account = recorded_in(fact) or incident.account or ", ".join(incident.accounts) or "the account"
    regions = (fact.region if fact else None) or ", ".join(incident.regions) or "every Region"
    name = f", event name {clean(fact.action, 120)}," if fact and fact.action else ""
    return (
        f"CloudTrail's event history of {clean(account, 120)}{name} in {clean(regions, 120)} "
        "(it shows there after about 5 minutes)"
    )


def recorded_in(fact: Fact | None) -> str | None:
    """The account whose CloudTrail has the record: whose console the link opens in."""
    return (fact.recorded_in or fact.account) if fact else None


def lines(notice: Notice, fact: Fact, where: str, when: str) -> list[tuple[str, str | None]]:
    """The labelled facts of an event, but for account and incident, which all notices have. ``where`` and ``when`` are
    told as for root use."""
    incident = notice.incident
    if incident.is_rehearsal:
        return [("Asked for by", fact.principal), ("When", moment(fact.time))]
    if fact.kind in OBSERVED_KINDS or (incident.is_deployment and not fact.action):
        return _observed(notice, fact)
    if not fact.action:
        # Of a forged record nothing is certain but where it came from.
        return [("When", f"read at {moment(fact.time)}"), ("Region", fact.region), ("ATT&CK", fact.technique)]
    rare = {
        "Recorded in": fact.recorded_in,
        "Through": fact.invoked_by,
        "Client": fact.user_agent,
        "Session key": fact.access_key_id,
        "So far": f"{incident.seen} since {moment(incident.first)}" if incident.seen > 1 else None,
        "ATT&CK": fact.technique,
    }
    return [
        ("Who", fact.principal or "unknown: the record names nobody"),
        ("When", when),
        ("From", where),
        ("Outcome", f"failed: {clean(fact.error, 200)}" if fact.error else "succeeded"),
        ("Region", fact.region or "unknown: the record names none"),
        ("Action", f"{fact.action} ({fact.service or 'service unknown'})"),
        *((label, value) for label, value in rare.items() if value),
    ]


def _observed(notice: Notice, fact: Fact) -> list[tuple[str, str | None]]:
    """What we found out by ourselves has no record of its own."""
    known = {
        "Found out": moment(notice.created_at),
        "Since": moment(fact.event_time) if fact.event_time else None,
        "Region": fact.region,
        "ATT&CK": fact.technique,
    }
    return [(label, value) for label, value in known.items() if value]


def _sentence(words: str) -> str:
    """An account begins it; a person's name is written as it is."""
    return words.replace("the account", "The account", 1) if words.startswith("the account") else words
