"""What was told and is taken back: of a whole incident, or of a part of it, and then the rest stands as it was told."""

from typing import Final

from rootwatch.core.notice import Notice, dedup_key
from rootwatch.core.words import Verdict
from rootwatch.render.clean import clean
from rootwatch.render.facts import declared
from rootwatch.render.subject import short_principal

AS_DECLARED: Final = "Nothing, if this is the work that was declared; if not, treat it as a break-in."
_EXPLAINED: Final[frozenset[Verdict]] = frozenset({"privileged-task", "expected", "planned"})


def headline(notice: Notice) -> str:
    """That it is a part alone comes first: the rest may be under way."""
    name = clean(short_principal(notice), 40)
    task = f"a privileged task by {name}" if name else "a privileged task"
    what = _what(notice, task)
    return f"Corrected: this was {what}" if _is_whole(notice) else f"Corrected in part: {what}"


def happened(notice: Notice, says: str) -> str:
    """What it was after all. ``says`` is the act in a sentence without its full stop."""
    what, fact = _what(notice, "a privileged task (AssumeRoot)"), notice.fact
    if fact and fact.verdict in ("expected", "planned") and fact.verdict == _found(notice):
        what += f", {declared(fact)}"
    if not _is_whole(notice):
        return f"A part of what we told you of in this incident was {what}. {says}. The rest stands as it was told."
    return f"What we told you of in this incident was {what}. {says}.{_alerts(notice)}"


def _alerts(notice: Notice) -> str:
    """What becomes of its alerts in PagerDuty: what is not resolved here, only a person resolves."""
    incident = notice.incident
    stay = [
        harm for harm, severity in incident.own_pages if dedup_key(incident.id, harm, severity) not in notice.resolves
    ]
    if not stay:
        return " Its PagerDuty alerts are resolved." if notice.resolves else ""
    which = f"alert for {' and '.join(stay)}" if notice.resolves else "alert"
    resolved = " Its other PagerDuty alerts are resolved." if notice.resolves else ""
    return f" Its PagerDuty {which} stays open until somebody resolves it.{resolved}"


def do_now(notice: Notice) -> str:
    """Only what explains all of it is an all-clear."""
    if not _is_whole(notice):
        stands = ", and its page stands" if notice.incident.own_pages else ""
        return f"Go on with the rest: nothing explains that{stands}."
    if _found(notice) == "privileged-task":
        return f"Nothing, if {short_principal(notice) or 'the colleague'} confirms it."
    return AS_DECLARED


def _is_whole(notice: Notice) -> bool:
    return notice.incident.verdict in _EXPLAINED


def _found(notice: Notice) -> Verdict | None:
    """What explains the whole incident, or else the act that is shown. None: that act is less severe, no more."""
    verdict = notice.incident.verdict if _is_whole(notice) or notice.fact is None else notice.fact.verdict
    return verdict if verdict in _EXPLAINED else None


def _what(notice: Notice, task: str) -> str:
    found = _found(notice)
    return task if found == "privileged-task" else found or "less severe than we told you"
