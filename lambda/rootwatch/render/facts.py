"""The facts of a notice as labelled lines, in the order that a reader needs; every channel shows them all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice
from rootwatch.core.sections import Network
from rootwatch.core.settings import Settings
from rootwatch.core.spans import duration
from rootwatch.core.words import rank
from rootwatch.render import watch
from rootwatch.render.clean import clean, cut, day, moment
from rootwatch.render.subject import account_forms, accounts_guessed, is_task, principal

_LATE: Final = timedelta(minutes=1)
_HEARD_LATER: Final = frozenset({"opened", "escalated", "planned"})
_TOP: Final = 5
_MFA: Final = {"yes": "yes", "no": "no", "unknown": "unknown: the record does not say"}
_MFA_OF_KIND: Final = {
    "privileged-task": "not in this record: who called AssumeRoot signed in elsewhere",
    "access-key-call": "none: a long-term access key works without MFA",
    "failed-sign-in": "not passed: nobody got in by this attempt",
    "recovery": "none: nobody signs in by this",
}


class Line(msgspec.Struct, frozen=True):
    """One fact. Neither part is ever empty: what is missing is said."""

    label: str
    value: str


def lines(notice: Notice, settings: Settings, width: int) -> tuple[Line, ...]:
    """All facts; no value is longer than ``width`` characters. The first ten are those to show where few fit."""
    fact = notice.fact
    said = [*_account(notice, settings), *(_of_the_fact(notice, fact, settings) if fact else _of_the_incident(notice))]
    return tuple(Line(label, clean(value, width) or "unknown") for label, value in said)


def listed(counts: Mapping[str, int], width: int) -> str:
    """``made an access key x2, listed buckets``: the most frequent values of a facet, and how many more there are."""
    ordered = sorted(counts.items(), key=lambda pair: (pair[0] == "others", -pair[1], pair[0]))
    texts = [f"{clean(name, 120) or 'unknown'}{f' x{count}' if count > 1 else ''}" for name, count in ordered[:_TOP]]
    more = len(ordered) - _TOP
    return cut(", ".join(texts) + (f", and {more} more" if more > 0 else ""), width)


def declared(fact: Fact) -> str:
    """Why the verdict is what it is, and the ticket that a break-glass tag named."""
    ticket = f", ticket {clean(fact.ticket, 80)}" if fact.ticket else ""
    return f"{clean(fact.verdict_why, 200) or 'unknown why'}{ticket}"


def _account(notice: Notice, settings: Settings) -> list[tuple[str, str | None]]:
    incident = notice.incident
    if incident.is_guessing:
        return [("Account", f"several: {accounts_guessed(notice)}"), ("Tried last", listed(incident.accounts, 200))]
    if incident.is_failed_send or incident.is_storm:
        return []
    name = account_forms(notice, settings)[0]
    if incident.is_watch and incident.account is None:
        return [("Accounts", listed(incident.accounts, 200) or "several")]
    if incident.account is None:
        name = "unknown: the record names none"
    elif not incident.account_name and notice.account_unknown:
        name = name.replace("(name unknown)", f"(name unknown: {clean(notice.account_unknown, 160)})")
    if incident.account == settings.hub_account:
        name += ", where rootwatch itself runs"
    return [("Account", name), ("OU path", incident.account_path), ("Owner", incident.account_owner)]


def _of_the_fact(notice: Notice, fact: Fact, settings: Settings) -> list[tuple[str, str | None]]:
    if fact.is_watch_event:
        where = _from(notice, fact, settings.network_of(fact.address))
        return [*watch.lines(notice, fact, where, _when(notice, fact)), *_of_the_notice(notice)]
    called_by = [("AssumeRoot by", principal(notice))] if is_task(notice) else []
    long_term_key = [("Access key", fact.access_key_id)] if fact.kind == "access-key-call" else []
    rare = {
        "Session key": fact.access_key_id if not long_term_key else None,
        "Through": fact.invoked_by,
        "Client": fact.user_agent,
        "So far": _so_far(notice) if notice.incident.seen > 1 else None,
        "ATT&CK": fact.technique,
    }
    return [
        *called_by,
        ("When", _when(notice, fact)),
        ("From", _from(notice, fact, settings.network_of(fact.address))),
        ("MFA", _mfa(fact)),
        ("Outcome", _outcome(fact)),
        ("Region", fact.region or "unknown: the record names none"),
        ("Action", f"{fact.action} ({fact.service or 'service unknown'})" if fact.action else None),
        *long_term_key,
        ("Verdict", f"{fact.verdict.replace('-', ' ')}: {declared(fact)}"),
        *_last_use(notice),
        *((label, value) for label, value in rare.items() if value),
        *_of_the_notice(notice),
    ]


def _of_the_incident(notice: Notice) -> list[tuple[str, str | None]]:
    incident = notice.incident
    return [
        ("When", " to ".join(dict.fromkeys([moment(incident.first), moment(incident.last)]))),
        ("Actions in all", f"{incident.seen}: {listed(incident.actions, 400)}" if incident.actions else None),
        *([] if incident.is_storm else _where(incident)),
        *([] if incident.is_watch else [("Verdict", incident.verdict.replace("-", " "))]),
        *_of_the_notice(notice),
    ]


def _where(incident: Incident) -> list[tuple[str, str | None]]:
    return [("From", listed(incident.addresses, 200)), ("Regions", listed(incident.regions, 200))]


def _of_the_notice(notice: Notice) -> list[tuple[str, str | None]]:
    incident = notice.incident
    harms = sorted(incident.harms.items(), key=lambda pair: (-rank(pair[1]), pair[0]))
    return [
        ("Harms", ", ".join(f"{harm} {severity}" for harm, severity in harms) or notice.severity),
        ("Incident", f"{clean(incident.id, 80)}, notice {notice.seq}"),
    ]


def _when(notice: Notice, fact: Fact) -> str:
    if fact.event_time is None:
        return f"unknown: the record has no time; read at {moment(fact.time)}"
    late = notice.created_at - fact.event_time
    if notice.from_log_file:
        after = duration(max(late, timedelta()))
        return f"{moment(fact.event_time)}, read in a log file {after} later: EventBridge had not brought it"
    if late > _LATE and notice.type in _HEARD_LATER:
        return f"{moment(fact.event_time)}, heard {duration(late)} later"
    return moment(fact.event_time)


def _from(notice: Notice, fact: Fact, known: Network | None) -> str:
    """The address, whose network it is, where it is registered, and whether root was ever used from there."""
    if not fact.address:
        return "unknown: the record names no address"
    if not fact.network:
        return f"{clean(fact.address, 128)} (not an IP address)"
    network = f"{known.name} ({known.cidr})" if known else f"network {clean(fact.network, 64)}"
    country = f"{clean(fact.country, 2)} (registry)" if fact.country else "country not known to any registry"
    said = [clean(fact.address, 128), network, country]
    if notice.before and not is_task(notice):
        since = notice.before.network_since
        said.append(f"seen with root since {day(since)}" if since else "never seen with root before")
    return ", ".join(said)


def _last_use(notice: Notice) -> list[tuple[str, str | None]]:
    """When root of this account was used before this incident, as far as rootwatch's own memory goes."""
    if notice.before is None:
        return [("Last root use", "unknown: the table did not answer")] if notice.duplicates_possible else []
    last = notice.before.last_use
    return [("Last root use", f"{moment(last.time)}: {last.says}" if last else "none known before this")]


def _mfa(fact: Fact) -> str:
    """What is not applicable to a call whose kind could have had it is unknown: never guessed kindly."""
    return _MFA_OF_KIND.get(fact.kind) or _MFA.get(fact.mfa) or _MFA["unknown"]


def _outcome(fact: Fact) -> str:
    if fact.kind == "unreadable":
        return "unknown: the record can't be read"
    return f"failed: {clean(fact.error, 200)}" if fact.error else "succeeded"


def _so_far(notice: Notice) -> str:
    incident = notice.incident
    word = "attempts" if incident.is_guessing else "actions"
    return f"{incident.seen} {word} since {moment(incident.first)}: {listed(incident.actions, 300)}"
