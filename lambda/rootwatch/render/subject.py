"""Whom a notice is about: the account, as long as a headline has room for, and who stands behind a task."""

from typing import Final

from rootwatch.core.notice import Notice
from rootwatch.core.scopes import GUESSED_ACCOUNTS
from rootwatch.core.settings import Settings
from rootwatch.core.words import rank
from rootwatch.render.clean import clean, cut

_NAME: Final = 50  # Organizations' own limit
_SHORT_NAME: Final = 18


def account_forms(notice: Notice, settings: Settings) -> list[str]:
    """How to name the account, longest first. Its id is in every form, and that it is the management account too."""
    number = clean(notice.incident.account, 12)
    if not number:
        return ["several accounts"] if notice.incident.is_watch else ["account unknown"]
    name = clean(notice.incident.account_name, _NAME)
    if number == settings.management_account:
        named = f"management account {name} ({number})" if name else f"management account {number} (name unknown)"
        return [named, f"management account {number}"]
    if not name:
        return [f"{number} (name unknown)", number]
    return [f"{name} ({number})", f"{cut(name, _SHORT_NAME)} ({number})", number]


def accounts_guessed(notice: Notice) -> str:
    """How many accounts, at least: an incident counts those that it saw itself, and a dozen of them at most."""
    return f"at least {max(len(notice.incident.accounts), GUESSED_ACCOUNTS)} accounts"


def is_task(notice: Notice) -> bool:
    """Whether a colleague's AssumeRoot stands behind it."""
    return notice.incident.verdict == "privileged-task" or (
        notice.fact is not None and notice.fact.kind == "privileged-task"
    )


def principal(notice: Notice) -> str:
    """The ARN of who called AssumeRoot; "" when unknown. It ends the words of a privileged task's facts."""
    says = notice.fact.says if notice.fact else next(iter(notice.incident.actions), "")
    _, found, arn = says.rpartition(") by ")
    return clean(arn, 512) if found and arn != "None" else ""


def short_principal(notice: Notice) -> str:
    """The name of the session or of the user, the last part of the ARN; "" when unknown."""
    return principal(notice).rpartition("/")[2]


def story_reason(notice: Notice) -> str:
    """What several facts mean together, where that is what pages and not the last fact by itself; else ""."""
    page, fact = notice.page, notice.fact
    if page is None or fact is None:
        return ""
    if page.harm == fact.harm and rank(page.severity) <= rank(fact.severity):
        return ""
    others = [why for why in notice.why if why not in fact.why]
    return clean(others[0], 200) if len(others) == 1 else ""
