"""A notice as the text of an e-mail: plain, wrapped, in headed paragraphs."""

import textwrap
from typing import Final

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.render import storm
from rootwatch.render.containment import CANNOT, DECLARE
from rootwatch.render.headline import headline
from rootwatch.render.story import Story, story

_COLUMNS: Final = 76
_LABEL: Final = 20
_LISTED: Final = 60


def mail(notice: Notice, settings: Settings, width: int) -> str:
    """The body; lines are of 76 characters, unless one word or the link is longer."""
    told = story(notice, settings, width)
    paragraphs = [
        _wrapped(headline(notice, settings, 160, severity=True)),
        _wrapped(told.happened),
        *(_wrapped(note) for note in told.notes),
        *([_headed(f"WHY {notice.severity.upper()}", "\n".join(_item(why) for why in told.why))] if told.why else []),
        _headed("WHAT TO DO NOW", _wrapped(told.do_now)),
        *([_headed("CONTAIN", f"{told.commands.contain}\n{_wrapped(CANNOT)}")] if told.commands.contain else []),
        *([_headed("DECLARE", f"{_wrapped(DECLARE)}:\n{told.commands.declare}")] if told.commands.declare else []),
        *(
            [_headed("THE 24 HOURS BEFORE, UTC", "\n".join(_item(trace) for trace in told.before))]
            if told.before
            else []
        ),
        *(
            [_headed("THE LIST, NEWEST FIRST", "\n".join(map(_item, storm.shown(told, _LISTED))))]
            if told.listed
            else []
        ),
        _headed("FACTS", "\n".join(_fact(fact.label, fact.value) for fact in told.facts)),
        _headed("WHERE TO LOOK", _where(told)),
        _wrapped("Sent by rootwatch. Every use of a root user is told, planned ones too."),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _where(told: Story) -> str:
    runbook = f"Runbook, under {told.section}: {told.runbook}" if told.runbook else None
    return "\n".join(part for part in (_wrapped(told.look), told.link, runbook) if part)


def _headed(title: str, body: str) -> str:
    return f"{title}\n{body}"


def _item(text: str) -> str:
    return _wrapped(text, "- ", "  ")


def _fact(label: str, value: str) -> str:
    return _wrapped(value, f"{label + ':':<{_LABEL}}", " " * _LABEL)


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Words stay whole: an ARN or an address can be copied."""
    return textwrap.fill(
        text, _COLUMNS, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )
