"""A notice as a Slack message in Block Kit.

Sources: https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/reference/methods/chat.postMessage.
A link button would send a callback that nobody answers: links are text. Each message can stand alone, since an incoming
webhook has no threads.
"""

import json
from typing import Any, Final

import msgspec

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity
from rootwatch.render import storm
from rootwatch.render.clean import clean, cut
from rootwatch.render.containment import CANNOT, DECLARE
from rootwatch.render.facts import Line, declared
from rootwatch.render.headline import headline, is_quiet
from rootwatch.render.mrkdwn import escape, link
from rootwatch.render.story import Story, story
from rootwatch.render.watch import recorded_in

Block = dict[str, Any]

_MOST: Final = 7_900  # characters of JSON; beyond some 10,000 Slack answers msg_blocks_too_long
_WIDTHS: Final = (350, 180, 90, 50, 30, 20)  # of each text: the widest that keeps the whole small enough
_HEADER: Final = 120
_FIELDS: Final = 10
_ELEMENTS: Final = 10
_LISTED: Final = 15
_SECTION: Final = 2_700  # of the 3,000 that a section takes
_NOTHING_TO_DO: Final = frozenset({"digest", "corrected"})
_LINK: Final = "the event in CloudTrail"
_TEXT: Final = 560  # before escaping, which makes it five times as long at worst; a section takes 3,000
_CALM: Final = "⚪"
_MARKS: Final[dict[Severity, str]] = {"critical": "🔴", "high": "🟠", "medium": "🟡", "low": _CALM}


class SlackMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What ``chat.postMessage`` or an incoming webhook is to be sent, but for the channel.

    ``thread``: belongs under the incident's first message, where there is one. ``broadcast``: from there it is shown in
    the channel too (``reply_broadcast``), because it pages or is worse than what the channel was told.
    """

    text: str
    blocks: list[Block]
    thread: bool
    broadcast: bool
    unfurl_links: bool = False
    unfurl_media: bool = False


def slack(notice: Notice, settings: Settings) -> SlackMessage:
    """The message, within all of Slack's limits whatever the notice holds."""
    for width in _WIDTHS:
        message = _message(notice, settings, width)
        if len(json.dumps(msgspec.to_builtins(message))) <= _MOST:
            break
    return message


def _message(notice: Notice, settings: Settings, width: int) -> SlackMessage:
    told = story(notice, settings, width)
    calm = is_calm(notice)
    mark = _CALM if calm else _MARKS[notice.severity]
    line = f"{mark} {headline(notice, settings, min(_HEADER, 3 * width), severity=True)}"
    layout = _alert if not calm else _line if is_quiet(notice) else _brief
    thread = notice.seq > 1
    return SlackMessage(
        text=f"{escape(line)}\n{escape(told.happened)}",
        blocks=layout(line, notice, told),
        thread=thread,
        broadcast=thread and not calm and (notice.page is not None or notice.type == "escalated"),
    )


def is_calm(notice: Notice) -> bool:
    """Whether it takes nobody's attention from what is under way; a storm's digest is added to a page that is there."""
    return (notice.page is None or notice.is_addition) and (is_quiet(notice) or notice.type in _NOTHING_TO_DO)


def _line(line: str, notice: Notice, told: Story) -> list[Block]:
    """One quiet line: the headline, the window that covers it, and the link; what else must be said, beside it."""
    window = [declared(notice.fact)] if notice.type == "planned" and notice.fact else []
    texts = [escape(text) for text in (line, *window)]
    return [_context([" · ".join(texts + _link(told)), *map(escape, told.notes)])]


def _brief(line: str, _: Notice, told: Story) -> list[Block]:
    """No header, and all facts in small print."""
    text = "\n".join([f"*{escape(line)}*", escape(told.happened), *_link(told)])
    return [_section(text), *(_section(escape(note)) for note in told.notes), *_listed(told), *_small_print(told.facts)]


def _alert(line: str, notice: Notice, told: Story) -> list[Block]:
    """A header for the phone's small window; the ten facts that decide as fields, the others in small print."""
    why = f"*Why {notice.severity}:* {escape(cut('; '.join(told.why), _TEXT))}"
    fields = [_mrkdwn(f"*{escape(fact.label)}*\n{escape(fact.value)}") for fact in told.facts[:_FIELDS]]
    return [
        {"type": "header", "text": {"type": "plain_text", "text": line, "emoji": False}},
        _section(escape(told.happened)),
        *([_section(why)] if told.why else []),
        _section(f"*Do now:* {escape(told.do_now)}"),
        *_commands(told),
        *([_section("*The 24 hours before, UTC:*\n" + "\n".join(map(escape, told.before)))] if told.before else []),
        *_listed(told),
        {"type": "section", "fields": fields},
        _section(f"*Look:* {_look(notice, told)}{_runbook(told)}"),
        *(_section(f"*{escape(note)}*") for note in told.notes),
        *_small_print(told.facts[_FIELDS:]),
    ]


def _listed(told: Story) -> list[Block]:
    """A storm's list, as much of it as a section takes."""
    if not told.listed:
        return []
    most = next(count for count in range(_LISTED, -1, -1) if len(escape("\n".join(told.listed[:count]))) <= _SECTION)
    return [_section("*The list, newest first:*\n" + escape("\n".join(storm.shown(told, most))))]


def _commands(told: Story) -> list[Block]:
    """In fences, so that Slack leaves the quotation marks straight; nothing in them is from a record."""
    contain, declare = told.commands.contain, told.commands.declare
    return [
        *([_section(f"*Contain:*\n```{contain}```\n{escape(CANNOT)}")] if contain else []),
        *([_section(f"*Declare:* {escape(DECLARE)}:\n```{declare}```")] if declare else []),
    ]


def _runbook(told: Story) -> str:
    return f" · {link(told.runbook, 'the runbook')}, under {escape(told.section)}" if told.runbook else ""


def _small_print(facts: tuple[Line, ...]) -> list[Block]:
    texts = [escape(f"{fact.label}: {fact.value}") for fact in facts]
    return [_context(texts[start : start + _ELEMENTS]) for start in range(0, len(texts), _ELEMENTS)]


def _look(notice: Notice, told: Story) -> str:
    if told.link is None:
        return escape(told.look)
    account = clean(recorded_in(notice.fact), 12) or "its account"
    return f"{link(told.link, _LINK)} (sign in to {escape(account)} first; it shows there after about 5 minutes)"


def _link(told: Story) -> list[str]:
    return [link(told.link, _LINK)] if told.link else []


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(texts: list[str]) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts]}


def _mrkdwn(text: str) -> Block:
    """``verbatim``: Slack makes no links, channels or mentions of words by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
