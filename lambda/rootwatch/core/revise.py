"""What later knowledge makes of an incident: a tag's record or an AssumeRoot that came after the calls it explains.

Nothing here lowers what happened before a window began: the facts are weighed again by the same rules, at their own
time. Doing it twice changes nothing more, so a crash in between is mended by doing it again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from rootwatch.core import tasks
from rootwatch.core.acknowledge import Declaration, declaration
from rootwatch.core.fact import Fact
from rootwatch.core.folding import reweighed
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice, dedup_key, notice
from rootwatch.core.ports import Revision
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.tasks import Task
from rootwatch.core.telling import next_due, overtaken, pages_due
from rootwatch.core.verdict import weigh, with_use
from rootwatch.core.words import Harm, pages, rank


def revise(
    incident: Incident,
    facts: Sequence[Fact],
    tags: Tags,
    known_tasks: Mapping[str, Task],
    settings: Settings,
    now: datetime,
) -> Revision | None:
    """The revision, or None when nothing changes. ``facts`` are all of the incident's: of fewer nothing is concluded,
    since what is missing may be the worst.
    """
    if len(facts) < incident.seen:
        return None
    tagged, uses = _with_uses(facts, tags, known_tasks, settings)
    again = [_again(fact, tagged, known_tasks, settings) for fact in facts]
    changed = tuple(new for old, new in zip(facts, again, strict=True) if new != old)
    declared = declaration(incident, again, tags, settings, now)
    # HEAD is compared as well: a crash may have come between the facts of a long story and their HEAD.
    stale = reweighed(incident, again).harms != incident.harms
    if not changed and not stale and declared is None and not uses:
        return None
    after = incident
    told: list[Notice] = []
    if changed or stale:
        after, told = _corrected(incident, again, changed or again, settings, now)
    if declared:
        after, one = _declared(after, declared, settings, now)
        told.append(one)
    withdraws = overtaken(incident, after, now)
    after = msgspec.structs.replace(after, due_at=next_due(after, settings, now))
    return Revision(incident=after, facts=changed, notices=tuple(told), withdraws=withdraws, tags=tags, taggings=uses)


def _with_uses(
    facts: Sequence[Fact], tags: Tags, known_tasks: Mapping[str, Task], settings: Settings
) -> tuple[Tags, tuple[Tagging, ...]]:
    """The tags with the first use of each window among these facts, which may have come before its tag's record."""
    new: list[Tagging] = []
    for fact in sorted(facts, key=lambda one: one.time):
        if fact.verdict == "privileged-task" or fact.access_key_id in known_tasks:
            continue
        tags, uses = with_use(fact, tags, settings)
        new += uses
    return tags, tuple(new)


def _again(fact: Fact, tags: Tags, known_tasks: Mapping[str, Task], settings: Settings) -> Fact:
    if fact.verdict == "privileged-task":
        return fact
    task = known_tasks.get(fact.access_key_id or "")
    if task and tasks.why_not(task, fact, settings) is None:
        return tasks.as_task(fact, task)
    weighed = weigh(fact, tags, settings)
    # A hold that a missing AssumeRoot was given stays: the page is on its way or withdrawn by now.
    return msgspec.structs.replace(weighed, hold=fact.hold if weighed.verdict == "unplanned" else 0)


def _corrected(
    incident: Incident, facts: list[Fact], changed: Sequence[Fact], settings: Settings, now: datetime
) -> tuple[Incident, list[Notice]]:
    """The incident with its facts weighed again; what is taken back is told, and what pages only now."""
    after = reweighed(incident, facts)
    withdrawn = _withdrawn(incident, after, now)
    explained = after.verdict == "privileged-task"
    # A task that would have paged by itself keeps its alert: it must not depend on which of its records came first.
    ends = [
        pair for pair in incident.own_pages if pair[0] not in withdrawn and not pages(after.harms.get(pair[0], "low"))
    ]
    resolves = tuple(dedup_key(incident.id, *pair) for pair in ends) if explained else ()
    after = msgspec.structs.replace(
        after,
        # A page that was sent stays sent; one that is withdrawn never was.
        paged={harm: severity for harm, severity in after.paged.items() if harm not in withdrawn},
        held={harm: held for harm, held in after.held.items() if harm not in withdrawn},
    )
    told: list[Notice] = []
    worst_fact = max(changed, key=lambda fact: rank(fact.severity))
    if withdrawn or explained or rank(after.severity) < rank(incident.severity):
        after, one = notice("corrected", after, settings, now, fact=worst_fact, resolves=resolves)
        told.append(one)
    for page in pages_due(after, changed, now):
        after, one = notice("escalated", after, settings, now, fact=worst_fact, page=page)
        told.append(one)
    return after, told


def _declared(incident: Incident, declared: Declaration, settings: Settings, now: datetime) -> tuple[Incident, Notice]:
    """A window that was declared after the pages: it acknowledges them, or only stops new ones, and says which."""
    keys = tuple(dedup_key(incident.id, harm, severity) for harm, severity in incident.own_pages)
    acknowledged = declared.why_not is None
    after = msgspec.structs.replace(incident, declared_at=declared.at, acknowledged=acknowledged)
    return notice(
        "acknowledged", after, settings, now, acknowledges=keys if acknowledged else (), note=declared.sentence
    )


def _withdrawn(before: Incident, after: Incident, now: datetime) -> set[Harm]:
    """The harms whose held page is not sent after all."""
    return {harm for harm, held in before.held.items() if now < held.until and not pages(after.harms.get(harm, "low"))}
