"""A notice told in words: what happened, why it is so severe, what to do now, where to look. All channels tell this."""

from typing import Final

import msgspec

from rootwatch.core.incident import FAILURE_MINUTES, GUESSING_HOURS, WATCH_SCOPE, page_stands
from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.spans import duration
from rootwatch.core.words import pages, rank
from rootwatch.render import correction, links, watch
from rootwatch.render.clean import clean, day, moment
from rootwatch.render.containment import Containment, containment
from rootwatch.render.facts import Line, declared, lines, listed
from rootwatch.render.subject import accounts_guessed, is_task

_REASONS: Final = 6
_TRACES: Final = 8
_LINE: Final = 160
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
_FEDERATED: Final = (
    "Denying root does not end this session, which lives for an hour at most: deny the account's federated users by a "
    "service control policy too (the runbook names them)."
)


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Texts without any channel's markup, each one line and at most as wide as asked for, but for commands and links.

    ``why`` and ``before`` may be empty; ``listed`` is a storm's alone, with how many more there are. ``section`` is the
    heading of docs/runbook.md that goes on from here.
    """

    happened: str
    facts: tuple[Line, ...]
    why: tuple[str, ...]
    before: tuple[str, ...]
    listed: tuple[str, ...]
    unlisted: int
    do_now: str
    commands: Containment
    look: str
    link: str | None
    runbook: str | None
    section: str
    notes: tuple[str, ...]


def story(notice: Notice, settings: Settings, width: int = 600) -> Story:
    """The story of a notice, its texts cut to ``width`` characters each. Never raises, whatever the texts hold."""
    fact = notice.fact
    return Story(
        happened=clean(_happened(notice, settings), width),
        facts=lines(notice, settings, width),
        why=tuple(clean(why, width) for why in _why(notice)),
        before=tuple(clean(trace, width) for trace in _before(notice)),
        listed=tuple(clean(line, min(width, _LINE)) for line in notice.listed),
        unlisted=notice.unlisted,
        do_now=clean(_do_now(notice), width),
        commands=containment(notice, settings),
        look=clean(_look(notice), width),
        link=links.event(fact.region, fact.event_id) if fact else None,
        runbook=settings.runbook_url or None,
        section=_section(notice),
        notes=_notes(notice, settings),
    )


def _happened(notice: Notice, settings: Settings) -> str:
    incident, fact = notice.incident, notice.fact
    if incident.is_watch:
        return watch.happened(notice, settings)
    says = f"Root {clean(fact.says, 500)}" if fact else f"Root: {clean(incident.title, 300)}"
    if fact and fact.kind == "federated":
        says += ", in a federation session that root issued"
    match notice.type:
        case "closed":
            return _closed(notice, settings)
        case "digest":
            what = f": {listed(incident.fresh, 300)}" if incident.fresh else ""
            return (
                f"{incident.untold} more since the last notice{what}. None of them calls for a page of its own. "
                f"{incident.seen} in all since {moment(incident.first)}."
            )
        case "corrected":
            return correction.happened(notice, says)
        case "acknowledged":
            return f"A break-glass window was declared only after root had paged: {listed(incident.actions, 400)}."
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
    quiet = f"nothing more came for {settings.incident_gap_minutes} minutes"
    if incident.is_guessing:
        quiet = f"{GUESSING_HOURS} hours have passed since it opened"
    elif not incident.ends_by_quiet(settings):
        quiet = f"{duration(page_stands(settings))} have passed since its last page; what comes from now on pages anew"
    return (
        f"The incident is closed because {quiet}. That is no all-clear. What root did: {listed(incident.actions, 400)}."
    )


def _why(notice: Notice) -> list[str]:
    """What made this notice: the fact's reasons, then those that are new, then those told before. Nothing below medium
    needs a reason."""
    incident, fact = notice.incident, notice.fact
    if incident.is_watch:
        return watch.why(notice)
    if rank(notice.severity) < rank("medium") or notice.type in ("corrected", "closed", "acknowledged"):
        return []
    own = list(fact.why) if fact else []
    reasons = own + [why for why in notice.why if why not in own]
    if fact and fact.verdict == "breakthrough":
        reasons.append(fact.verdict_why)
    elif notice.page and fact and fact.verdict == "unplanned" and not incident.is_guessing:
        reasons.append(f"nobody declared it ({fact.verdict_why})")
    reasons += [f"before that: {why}" for why in incident.why if why not in reasons]
    left = len(reasons) - _REASONS
    return reasons[:_REASONS] + ([f"and {left} more reasons"] if left > 0 else [])


def _before(notice: Notice) -> list[str]:
    """What may have led up to it in the last 24 hours, the latest where there is too much."""
    before, fact = notice.before, notice.fact
    if before is None or fact is None:
        return []
    said = []
    for trace in before.traces:
        first, last = (
            f"{time:%H:%M}" if day(time) == day(fact.time) else f"{time:%m-%d %H:%M}"
            for time in (trace.first, trace.last)
        )
        times = f" x{trace.count}" if trace.count > 1 else ""
        said.append(f"{first if first == last else f'{first} to {last}'} {trace.says}{times}")
    left = len(said) - _TRACES
    return ([f"and {left} more before these"] if left > 0 else []) + said[-_TRACES:]


def _do_now(notice: Notice) -> str:
    if notice.incident.is_watch:
        return watch.do_now(notice)
    match notice.type:
        case "closed":
            return _after_the_close(notice)
        case "digest":
            return "Nothing new; go on with what is under way."
        case "acknowledged":
            ask = "Ask the account's owner whether this is the work that was declared"
            return f"{ask}; if so, resolve the alert." if notice.acknowledges else f"{ask}. The page stands."
        case "corrected":
            return correction.do_now(notice)
        case "planned" if notice.page is None:
            return correction.AS_DECLARED
    if notice.incident.is_guessing:
        return (
            "Look for a successful root sign-in in these accounts. Ask nobody to sign in to check; "
            "have passwords changed where MFA is missing."
        )
    return notice.fact.do_now if notice.fact else "Ask the account's owner who is using root."


def _after_the_close(notice: Notice) -> str:
    """A task that paged by itself has an alert too; that of one which was heard late was resolved then."""
    incident, task = notice.incident, is_task(notice)
    alerts = [harm for harm, _ in incident.own_pages if not task or pages(incident.harms.get(harm, "low"))]
    if task and not alerts:
        return "Nothing."
    still = "; its PagerDuty alert stays open until somebody resolves it" if alerts else ""
    return f"If nobody has explained this use yet, find out who it was{still}."


def _look(notice: Notice) -> str:
    """Where the records are, for those who can't follow the link, or have none."""
    incident, fact = notice.incident, notice.fact
    if incident.is_watch:
        return watch.look(notice)
    regions = (fact.region if fact else None) or ", ".join(incident.regions) or "every Region"
    account = (fact.account if fact else None) or incident.account or ", ".join(incident.accounts) or "the account"
    return (
        f"CloudTrail's event history of {clean(account, 120)}, user name root, in {clean(regions, 120)} "
        "(it shows there after about 5 minutes)"
    )


def _section(notice: Notice) -> str:
    incident, fact = notice.incident, notice.fact
    if not incident.is_watch:
        return "Root was used"
    return fact.kind if fact else incident.scope.removeprefix(WATCH_SCOPE).partition("/")[0]


def _notes(notice: Notice, settings: Settings) -> tuple[str, ...]:
    """SCPs: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html; AssumeRoot, for
    member accounts alone: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html."""
    notes = []
    of_root = not is_task(notice) and not notice.incident.is_watch
    if notice.incident.account == settings.management_account and of_root:
        notes.append(
            "Service control policies do not reach the management account, nor does AssumeRoot, and its root rules "
            "every other one."
        )
    elif notice.fact and notice.fact.kind == "federated":
        notes.append(_FEDERATED)
    notes += filter(None, [clean(notice.note, 500)])
    if notice.duplicates_possible:
        notes.append("Duplicates possible: rootwatch's table did not answer, so this may come more than once.")
    return tuple(notes)
