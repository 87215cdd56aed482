"""A notice told in words: what happened, why it is so severe, what to do now, where to look. All channels tell this."""

from typing import Final

import msgspec

from rootwatch.core.incident import FAILURE_MINUTES, GUESSING_HOURS
from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.words import rank
from rootwatch.render import links
from rootwatch.render.clean import clean, moment
from rootwatch.render.facts import Line, declared, lines, listed
from rootwatch.render.subject import accounts_guessed, is_task, short_principal

_REASONS: Final = 6


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Texts without any channel's markup, each one line and at most as wide as asked for. ``why`` may be empty."""

    happened: str
    facts: tuple[Line, ...]
    why: tuple[str, ...]
    do_now: str
    look: str
    link: str | None
    notes: tuple[str, ...]


def story(notice: Notice, settings: Settings, width: int = 600) -> Story:
    """The story of a notice, its texts cut to ``width`` characters each. Never raises, whatever the texts hold."""
    fact = notice.fact
    return Story(
        happened=clean(_happened(notice, settings), width),
        facts=lines(notice, settings, width),
        why=tuple(clean(why, width) for why in _why(notice)),
        do_now=clean(_do_now(notice), width),
        look=clean(_look(notice), width),
        link=links.event(fact.region, fact.event_id) if fact else None,
        notes=_notes(notice, settings),
    )


def _happened(notice: Notice, settings: Settings) -> str:
    incident, fact = notice.incident, notice.fact
    says = f"Root {clean(fact.says, 500)}" if fact else f"Root: {clean(incident.title, 300)}"
    if fact and fact.kind == "federated":
        says += ", in a federation session that root issued"
    match notice.type:
        case "closed":
            return _closed(notice, settings)
        case "digest":
            return (
                f"{incident.untold} more since the last notice, {incident.seen} in all since {moment(incident.first)}. "
                "None of them calls for a page of its own."
            )
        case "corrected":
            return _corrected(notice, says)
        case "planned" if fact and notice.page is None:
            return f"{says}. Declared beforehand: {declared(fact)}."
    if incident.is_guessing:
        return (
            f"Somebody tried to get in as root in {accounts_guessed(notice)} of the organisation within "
            f"{FAILURE_MINUTES} minutes. The last attempt: {says[0].lower()}{says[1:]}."
        )
    return f"{says}."


def _closed(notice: Notice, settings: Settings) -> str:
    incident = notice.incident
    quiet = (
        f"{GUESSING_HOURS} hours have passed since it opened"
        if incident.is_guessing
        else f"nothing more came for {settings.incident_gap_minutes} minutes"
    )
    return (
        f"The incident is closed because {quiet}. That is no all-clear. What root did: {listed(incident.actions, 400)}."
    )


def _corrected(notice: Notice, says: str) -> str:
    what = "a privileged task (AssumeRoot)" if is_task(notice) else "something else than we told you"
    resolved = " Its PagerDuty alerts are resolved." if notice.resolves else ""
    return f"What we told you of in this incident was {what}. {says}.{resolved}"


def _why(notice: Notice) -> list[str]:
    """What made the severity what it is, the last fact's reasons first. Nothing below medium needs a reason."""
    incident, fact = notice.incident, notice.fact
    if rank(notice.severity) < rank("medium") or notice.type in ("corrected", "closed"):
        return []
    own = list(fact.why) if fact else []
    reasons = own + [why for why in incident.why if why not in own]
    if fact and fact.verdict == "breakthrough":
        reasons.append(fact.verdict_why)
    elif notice.page and fact and fact.verdict == "unplanned" and not incident.is_guessing:
        reasons.append(f"nobody declared it ({fact.verdict_why})")
    left = len(reasons) - _REASONS
    return reasons[:_REASONS] + ([f"and {left} more reasons"] if left > 0 else [])


def _do_now(notice: Notice) -> str:
    match notice.type:
        case "closed":
            if is_task(notice):
                return "Nothing."
            still = "its PagerDuty alert stays open until somebody resolves it" if notice.incident.paged else ""
            return "If nobody has explained this use yet, find out who it was" + (f"; {still}." if still else ".")
        case "digest":
            return "Nothing new; go on with what is under way."
        case "corrected":
            return f"Nothing, if {short_principal(notice) or 'the colleague'} confirms it."
        case "planned" if notice.page is None:
            return "Nothing, if this is the work that was declared; if not, treat it as a break-in."
    if notice.incident.is_guessing:
        return (
            "Look for a successful root sign-in in these accounts. Ask nobody to sign in to check; "
            "have passwords changed where MFA is missing."
        )
    return notice.fact.do_now if notice.fact else "Ask the account's owner who is using root."


def _look(notice: Notice) -> str:
    """Where the records are, for those who can't follow the link, or have none."""
    incident, fact = notice.incident, notice.fact
    regions = (fact.region if fact else None) or ", ".join(incident.regions) or "every Region"
    account = (fact.account if fact else None) or incident.account or ", ".join(incident.accounts) or "the account"
    return (
        f"CloudTrail's event history of {clean(account, 120)}, user name root, in {clean(regions, 120)} "
        "(it shows there after about 5 minutes)"
    )


def _notes(notice: Notice, settings: Settings) -> tuple[str, ...]:
    """SCPs: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html."""
    notes = []
    if notice.incident.account == settings.management_account and not is_task(notice):
        notes.append(
            "Service control policies do not reach the management account, and its root rules every other one."
        )
    if notice.duplicates_possible:
        notes.append("Duplicates possible: rootwatch's table did not answer, so this may come more than once.")
    return tuple(notes)
