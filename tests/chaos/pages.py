"""PagerDuty's incidents as they follow from the events that it took: who was woken, and how often for the same thing.

Source: https://developer.pagerduty.com/docs/events-api-v2/overview/ (a trigger joins the open alert of its dedup_key)
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.chaos.received import Message


@dataclass(slots=True)
class Page:
    """All alerts of one dedup_key. ``let_pass``: those that a repeated send opened after a person had resolved it."""

    incident: str
    harm: str
    severity: str
    opened: list[float] = field(default_factory=list)
    let_pass: int = 0
    stands: bool = False

    @property
    def pair(self) -> tuple[str, str]:
        """What it is about."""
        return self.harm, self.severity

    @property
    def too_often(self) -> int:
        """How often somebody was woken again for it, without the excuse of a lost answer."""
        return len(self.opened) - 1 - self.let_pass


def pages(messages: Iterable[Message], unanswered: set[int]) -> list[Page]:
    """The pages, in the order in which they first opened.

    An alert that opens again because a send was repeated whose answer was lost is let pass if a person had resolved the
    first: once for each such send. After our own resolve it never is.
    """
    found: dict[str, Page] = {}
    repeats: dict[str, int] = defaultdict(int)
    by_person: dict[str, bool] = {}
    for one in messages:
        if one.channel != "pagerduty" or one.kind == "change":
            continue
        key = one.body["dedup_key"]
        if one.kind == "trigger":
            page = found.setdefault(key, _page(key))
            if not page.stands:
                if page.opened and by_person.get(key) and repeats[key]:
                    repeats[key] -= 1
                    page.let_pass += 1
                page.opened.append(one.at)
                page.stands = True
            repeats[key] += one.number in unanswered
        elif key in found and one.kind in ("resolve", "person resolves"):
            found[key].stands = False
            by_person[key] = one.kind == "person resolves"
    return list(found.values())


def _page(key: str) -> Page:
    _, incident, harm, severity = key.split("/")
    return Page(incident, harm, severity)
