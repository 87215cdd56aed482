"""What is told of the fast path: each account of which EventBridge dropped a record is named, and a page about it is
let pass only where that is so, or where our own queue stood still for as long."""

from collections.abc import Iterable, Sequence
from typing import Final

from tests.chaos.pages import Page
from tests.chaos.received import Message
from tests.chaos.stories import Story
from tests.chaos.verdict import Verdict

PATH_KINDS: Final = ("fast-path-lost", "fast-path-gap")  # as the document on SNS has them


def judge_paths(verdict: Verdict, stories: Sequence[Story], told: Iterable[Message], paged: Iterable[Page]) -> None:
    """``told``: the messages on SNS of the incidents that are about the fast path; ``paged``: all pages."""
    records = [one for story in stories for one in story.records]
    dropped = {one.account for one in records if one.event is None}
    verdict.dropped_by_event_bridge = sum(1 for one in records if one.event is None)
    about: dict[str, str] = {}
    seen: dict[str, int] = {}
    for one in told:
        about[_incident(one)] = (one.body["account"] or {}).get("id") or ""
        seen[_incident(one)] = max(seen.get(_incident(one), 0), one.body["incident"]["seen"])
    named = set(about.values())
    # Where several places fail at once one message tells of them all, and says how many they are.
    together = sum(count for incident, count in seen.items() if not about[incident])
    verdict.drops_untold = max(0, len(dropped - named) - together)
    verdict.paths_doubted = sum(1 for account in about.values() if account and account not in dropped)
    for page in paged:
        if page.incident in about and (page.too_often or page.harm != "watch"):
            verdict.extra_pages += max(page.too_often, page.harm != "watch")
            verdict.notes.append(f"extra pages: of the fast path: {page}")
    if verdict.drops_untold:
        verdict.notes += [f"untold: EventBridge dropped a record of {account}" for account in sorted(dropped - named)]


def _incident(one: Message) -> str:
    return str(one.body["incident"]["id"])
