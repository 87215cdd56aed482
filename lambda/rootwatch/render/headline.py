"""One line that carries the decision: what root did, in which account, from where. The rest of an alert explains it."""

from typing import Final

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.words import Verdict, pages
from rootwatch.render import correction, watch
from rootwatch.render.clean import clean, cut
from rootwatch.render.subject import (
    account_forms,
    accounts_guessed,
    is_task,
    short_principal,
    story_reason,
)

_BETWEEN: Final = " · "
_TITLE: Final = 160
_PLACE: Final = 45  # the longest address; two of them are cut
_TELLS_SEVERITY: Final = frozenset({"opened", "escalated", "planned"})
_WINDOWS: Final[dict[Verdict, str]] = {"unplanned": "no window", "breakthrough": "despite a window"}


def headline(notice: Notice, settings: Settings, limit: int = 80, *, severity: bool = False) -> str:
    """At most ``limit`` characters; what does not fit is left out from the end, the account's id never before the rest.

    ``severity`` puts the word before it ("CRITICAL: ROOT …") where the channel shows none: news of medium and above.
    """
    joint = " " if notice.incident.is_watch else ": "
    word = f"{notice.severity.upper()}{joint}" if severity and _is_news(notice) else ""
    what = word + clean(_what(notice), _TITLE)
    wide = notice.incident.is_guessing or notice.incident.is_failed_send or notice.incident.is_storm
    forms = [] if wide else account_forms(notice, settings)
    line = _with_account(what, forms, limit)
    for forms in _places(notice, settings):
        room = limit - len(line) - len(_BETWEEN)
        line += next((_BETWEEN + form for form in forms if len(form) <= room), "")
    return cut(line, limit)


def is_quiet(notice: Notice) -> bool:
    """Whether one quiet line is enough: nobody is paged, and there is nothing to do at once."""
    quiet = notice.type in ("planned", "acknowledged", "closed") or notice.severity == "low"
    # A rehearsal shows what a real alert looks like.
    return quiet and notice.page is None and not notice.incident.is_rehearsal


def _is_news(notice: Notice) -> bool:
    return notice.type in _TELLS_SEVERITY and not is_quiet(notice) and not notice.incident.is_rehearsal


def _with_account(what: str, forms: list[str], limit: int) -> str:
    """The fullest form of the account that leaves half of the line to what happened; that is cut if it must be."""
    if not forms:
        return cut(what, limit)
    room = min(len(what), limit // 2)
    where = next((form for form in forms if len(form) + len(_BETWEEN) + room <= limit), forms[-1])
    return cut(what, limit - len(_BETWEEN) - len(where)) + _BETWEEN + where


def _places(notice: Notice, settings: Settings) -> list[list[str]]:
    """Address, window and Region, the longest form of each first: of the fact, else what all of the incident shares."""
    fact, incident = notice.fact, notice.incident
    address = fact.address if fact else _only(incident.addresses)
    region = fact.region if fact else _only(incident.regions)
    whose = settings.network_of(address)
    where = f"({whose.name})" if whose else clean(fact.country, 2) if fact else ""
    plain = clean(address, _PLACE)
    full = f"{plain} {where}" if plain and where else plain
    return [[form for form in forms if form] for forms in ([full, plain], [_window(notice)], [clean(region, _PLACE)])]


def _window(notice: Notice) -> str:
    """Whether somebody declared it, where that decides what the reader does."""
    fact = notice.fact
    if fact is None or notice.type not in _TELLS_SEVERITY or not pages(notice.severity):
        return ""
    other = notice.incident.is_guessing or notice.incident.is_watch
    return "" if is_task(notice) or other else _WINDOWS.get(fact.verdict, "")


def _only(counts: dict[str, int]) -> str | None:
    return next(iter(counts)) if len(counts) == 1 else None


def _what(notice: Notice) -> str:
    if notice.incident.is_watch:
        return watch.headline(notice)
    if notice.type == "corrected":
        return correction.headline(notice)
    if notice.incident.is_guessing:
        return _guessing(notice)
    return _privileged(notice) if is_task(notice) else _root(notice)


def _root(notice: Notice) -> str:
    incident, title = notice.incident, _title(notice)
    match notice.type:
        case "digest":
            return f"{incident.untold} more root {_plural('action', incident.untold)}"
        case "closed":
            return f"Closed: root quiet after {incident.seen} {_plural('action', incident.seen)}"
        case "acknowledged":
            return f"Acknowledged: ROOT {title}" if notice.acknowledges else f"Window declared after ROOT {title}"
        case "planned" if notice.page is None:
            return f"Planned: ROOT {title}"
        case "escalated":
            return f"ROOT now{_news(notice)}"
    return f"Possible ROOT use: {title}" if notice.fact and notice.fact.kind == "unreadable" else f"ROOT {title}"


def _news(notice: Notice) -> str:
    """What an escalation adds: what several facts mean together, else the new act."""
    reason = story_reason(notice)
    return f": {reason}" if reason else f" also: {_title(notice)}"


def _guessing(notice: Notice) -> str:
    incident = notice.incident
    what = f"ROOT password guessing over {accounts_guessed(notice)}"
    match notice.type:
        case "digest":
            return f"{what}: {incident.untold} more {_plural('attempt', incident.untold)}"
        case "closed":
            return f"Closed: {what}, {incident.seen} {_plural('attempt', incident.seen)}"
        case "acknowledged":
            return f"Acknowledged: {what}"
    return what


def _privileged(notice: Notice) -> str:
    """A colleague's AssumeRoot: their name first, and no word of MFA, since they signed in elsewhere."""
    incident, task = notice.incident, _task(notice)
    match notice.type:
        case "digest":
            return f"{incident.untold} more {_plural('call', incident.untold)} in {task}"
        case "closed":
            return f"Closed: {task}, {incident.seen} {_plural('call', incident.seen)}"
        case "escalated":
            return f"Privileged task{_by(notice)}, now also: {_title(notice)}"
    return f"Privileged task{_by(notice)}: {_title(notice)}"


def _task(notice: Notice) -> str:
    return f"a privileged task{_by(notice)}"


def _by(notice: Notice) -> str:
    name = clean(short_principal(notice), 40)
    return f" by {name}" if name else ""


def _title(notice: Notice) -> str:
    title = notice.fact.title if notice.fact else notice.incident.title
    return clean(title, _TITLE).removeprefix("privileged task: ")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
