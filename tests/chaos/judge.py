"""The judge: knows the records that were put in, with their truth, and the messages that were received. Nothing else.

Of the product it knows only what is promised to whoever reads its messages: a dedup_key is
``rootwatch/<incident>/<harm>/<severity>``, an incident's name begins with its account, and the document on SNS counts,
and says of what kind its event is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from tests.chaos.pages import Page, pages
from tests.chaos.path_judge import PATH_KINDS, judge_paths
from tests.chaos.received import Message, Received
from tests.chaos.stories import Story
from tests.chaos.verdict import Verdict

_HOUR: Final = 3600.0  # a window is declared so long before its use, at most
CHANNELS: Final = ("pagerduty", "slack", "sns")
_DEGRADED: Final = "duplicates possible"


def judge(stories: Sequence[Story], received: Received) -> Verdict:
    """What holds of what was promised."""
    sound = [one for one in received.messages if not _is_degraded(one)]
    sns = [one for one in sound if one.channel == "sns"]
    of_paths = {_incident(one) for one in sns if one.body["event"] and one.body["event"]["kind"] in PATH_KINDS}
    of_records = {_incident(one) for one in sns if one.body["event"] and one.body["event"]["event_id"]} - of_paths
    paged = pages(sound, received.unanswered)
    told = _by_account(sns, of_records)
    alerts = _alerts_by_account(one for one in paged if one.incident not in of_paths)
    ends = _ends(stories)
    verdict = Verdict(records=sum(len(story.records) for story in stories), refused=len(received.refused))
    for story, end in zip(stories, ends, strict=True):
        begin = min(one.at for one in story.records)
        _count(verdict, story, [one for one in told[story.account] if story.begins - _HOUR <= _first(one) < end])
        _page(verdict, story, [one for one in alerts[story.account] if begin <= one.opened[0] < end])
    for account in alerts.keys() - {story.account for story in stories}:
        verdict.extra_pages += len(alerts[account])
        verdict.notes.append(f"extra pages: nothing happened in {account}: {alerts[account]}")
    judge_paths(verdict, stories, [one for one in sns if _incident(one) in of_paths], paged)
    verdict.incidents = len(of_records)
    verdict.own_incidents = len({_incident(one) for one in sns} - of_records)
    verdict.degraded = len(received.messages) - len(sound)
    verdict.ambiguous_sends = {name: received.ambiguous(name) for name in CHANNELS}
    verdict.duplicates = {
        "pagerduty": sum(len(page.opened) - 1 for found in alerts.values() for page in found),
        "slack": _posted_twice([one for one in sound if one.channel == "slack"], sns),
        "sns": sum(count - 1 for count in Counter(_notice(one) for one in sns).values()),
    }
    return verdict


def _count(verdict: Verdict, story: Story, told: Iterable[Message]) -> None:
    """Every record is counted in the incidents of its account, once."""
    seen: dict[str, int] = defaultdict(int)
    for one in told:
        seen[_incident(one)] = max(seen[_incident(one)], one.body["incident"]["seen"])
    verdict.late_incidents += max(0, len(seen) - story.incidents)
    missing = story.counted - sum(seen.values())
    if missing:
        verdict.counts_exact = False
        verdict.lost += max(0, missing)
        verdict.notes.append(f"counts: {story.kind} {story.account} has {story.counted}, told are {dict(seen)}")


def _page(verdict: Verdict, story: Story, alerts: Sequence[Page]) -> None:
    """What must page has paged, what may page has paged once for an incident, nothing else has."""
    first: dict[tuple[str, str], float] = {}
    for page in alerts:
        first.setdefault(page.pair, page.opened[0])
        over = page.too_often + (page.pair not in story.allowed and not story.planned)
        verdict.extra_pages += over
        if over:
            verdict.notes.append(f"extra pages: {story.kind} {story.account}: {page}")
        if story.explained and page.stands:
            verdict.unresolved += 1
            verdict.notes.append(f"unresolved: {story.account}: {page}")
    if story.planned and first:
        verdict.planned_paged += 1
        verdict.notes.append(f"planned paged: {story.account}: {sorted(first)}")
    for pair in story.pages.items():
        if pair in first:
            verdict.latencies.append(first[pair] - min(one.arrives for one in story.records if one.pair == pair))
        else:
            verdict.unplanned_not_paged += 1
            verdict.notes.append(f"not paged: {story.kind} {story.account} {pair}, paged are {sorted(first)}")


def _ends(stories: Sequence[Story]) -> list[float]:
    """Until when what is told of a story's account is about this story: until the next one there begins."""
    ends = []
    for story in stories:
        later = [one.begins for one in stories if one.account == story.account and one.begins > story.begins]
        ends.append(min(later, default=float("inf")))
    return ends


def _by_account(sns: Iterable[Message], incidents: set[str]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    for one in sns:
        if _incident(one) in incidents:
            found[one.body["account"]["id"]].append(one)
    return found


def _alerts_by_account(alerts: Iterable[Page]) -> dict[str, list[Page]]:
    found: dict[str, list[Page]] = defaultdict(list)
    for page in alerts:
        found[page.incident.partition("-")[0]].append(page)
    return found


def _incident(one: Message) -> str:
    return str(one.body["incident"]["id"])


def _first(one: Message) -> float:
    """When the first record of a message's incident was made: a close may be told long after the next story began."""
    return datetime.fromisoformat(one.body["incident"]["first"]).timestamp()


def _notice(one: Message) -> tuple[str, int]:
    return _incident(one), one.body["notice"]


def _posted_twice(slack: Iterable[Message], sns: Iterable[Message]) -> int:
    """How many messages on Slack are there more often than SNS has notices with their headline.

    Nothing in a Slack message names its notice; two notices may read the same.
    """
    posted = Counter((one.body["text"], msgspec.json.encode(one.body["blocks"])) for one in slack)
    headlines: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for one in sns:
        headlines[one.body["headline"]].add(_notice(one))
    more = ((text, count) for (text, _), count in posted.items() if count > 1)
    known = ((count, [names for head, names in headlines.items() if head in text]) for text, count in more)
    return sum(max(0, count - max(1, *(len(names) for names in found), 1)) for count, found in known)


def _is_degraded(one: Message) -> bool:
    """Whether it was sent without the table, and says so."""
    if one.channel == "sns":
        return bool(one.body["duplicates_possible"])
    if one.channel == "pagerduty" and one.kind != "change":
        return "/degraded/" in one.body["dedup_key"]
    return _DEGRADED in str(one.body).lower()
