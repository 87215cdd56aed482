"""The table in memory: the Store of a replay, and the plain model that the adapter of DynamoDB is held against.

It answers what the table would, and finds what is due without a search, so that years of records take seconds. What a
replay needs no more can be taken out again.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from rootwatch.core.callers import Caller
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Due, Known, Needs, Plan, Revision
from rootwatch.core.reminders import next_look
from rootwatch.core.seen import Seen
from rootwatch.core.storm import Paging
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.tasks import Task
from rootwatch.core.words import Disposition, rank
from rootwatch_cli.replaying.agenda import Agenda
from rootwatch_cli.replaying.failures import Failures
from rootwatch_cli.replaying.outbox import Outbox


class Mark(msgspec.Struct, frozen=True):
    """What became of a record."""

    disposition: Disposition
    reason: str
    incident: str | None


class MemoryStore(Outbox):
    """A Store. What is public beyond the port shows what is stored, by its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[str, Mark] = {}
        self.pointers: dict[str, str] = {}
        self.heads: dict[str, Incident] = {}
        self.story: dict[str, dict[str, Fact]] = {}
        self.known_tasks: dict[str, Task] = {}
        self.known_tags: dict[str, Tags] = {}
        self.memory: dict[str, Seen] = {}
        self.callers: dict[str, Caller] = {}
        self.waiters: dict[str, set[str]] = {}
        self.failures = Failures()
        self.listed: list[Paging] = []
        self._heads_due: Agenda[str] = Agenda()

    def load(self, needs: Needs) -> Known:
        """What is known of a record's incident, task and failures."""
        if needs.key in self.marks:
            return Known(duplicate=True)
        named = {scope: self.pointers[scope] for scope in needs.scopes if scope in self.pointers}
        around = needs.failures_around
        return Known(
            incidents={scope: self.heads[incident_id] for scope, incident_id in named.items()},
            task=self.known_tasks.get(needs.access_key or ""),
            failures=self.failures.around(needs.scopes[0], around) if around else (),
            tags={account: self.tags(account) for account in needs.tags_of},
            seen={account: self._seen(account) for account in needs.seen_of},
            caller=self._caller(needs.caller) if needs.caller else None,
        )

    def commit(self, plan: Plan, now: datetime) -> Literal["committed", "duplicate", "conflict"]:  # noqa: ARG002 # nothing here expires
        """One transaction: the record's mark, its incident, fact, notices and sends."""
        if plan.key in self.marks:
            return "duplicate"
        if self._was_changed(plan) or plan.waits_for in self.known_tasks or not self._withdrawable(plan.withdraws):
            return "conflict"
        if plan.incident and plan.fact:
            named = self.pointers.get(plan.incident.scope)
            if not self._is_current(plan.incident) or named not in (None, plan.incident.id, plan.replaces):
                return "conflict"
            self.pointers[plan.incident.scope] = plan.incident.id
            self._put(plan.incident, plan.notices)
            self.story.setdefault(plan.incident.id, {})[plan.fact.key] = plan.fact
            if plan.waits_for:
                self.waiters.setdefault(plan.waits_for, set()).add(plan.incident.id)
        self._remember(plan)
        self._withdraw(plan.withdraws)
        self.marks[plan.key] = Mark(plan.disposition, plan.reason, plan.incident.id if plan.incident else None)
        return "committed"

    def recorded(self, keys: Sequence[str]) -> set[str]:
        """Which of these records are known."""
        return {key for key in keys if key in self.marks}

    def facts(self, incident_id: str) -> list[Fact]:
        """The incident's story, oldest first."""
        return sorted(self.story.get(incident_id, {}).values(), key=lambda fact: (fact.time, fact.key))

    def tags(self, account: str) -> Tags:
        """The break-glass tags of an account."""
        return self.known_tags.get(account, Tags(account=account))

    def tasks(self, access_keys: Sequence[str]) -> dict[str, Task]:
        """The AssumeRoots that gave these keys out, as far as they are known."""
        return {key: self.known_tasks[key] for key in access_keys if key in self.known_tasks}

    def open_incident(self, scope: str) -> Incident | None:
        """The incident that the scope's pointer names."""
        return self.heads.get(self.pointers.get(scope, ""))

    def pagings(self, since: datetime, until: datetime) -> list[Paging]:
        """Which incidents paged for the first time, or joined a storm, from ``since`` to ``until``; oldest first."""
        first = bisect_left(self.listed, since, key=lambda one: one.at)
        return [one for one in self.listed[first:] if one.at <= until]

    def list_paging(self, paging: Paging) -> None:
        """Lists a page that was held until now; the same entry again changes nothing."""
        first, last = (side(self.listed, paging.at, key=lambda one: one.at) for side in (bisect_left, bisect_right))
        others = [one for one in self.listed[first:last] if one.incident != paging.incident]
        self.listed[first:last] = [*others, paging]

    def waiting(self, access_key: str) -> list[str]:
        """The ids of incidents that hold calls with this key, made before its AssumeRoot was known."""
        return sorted(self.waiters.get(access_key, ()))

    def revise(self, revision: Revision) -> bool:
        """Stores a revision; False when the incident was changed meanwhile, or a held page is on its way."""
        if not self._is_current(revision.incident) or not self._withdrawable(revision.withdraws):
            return False
        if self.tags(revision.tags.account).version != revision.tags.version:
            return False
        self.keep(revision.taggings)
        self._put(revision.incident, revision.notices)
        for fact in revision.facts:
            self.story[revision.incident.id][fact.key] = fact
        self._withdraw(revision.withdraws)
        return True

    def advance(self, incident: Incident, notices: Sequence[Notice]) -> bool:
        """Stores a digest or a close; False when somebody else was first."""
        if not self._is_current(incident):
            return False
        self._put(incident, notices)
        if incident.state == "closed" and self.pointers.get(incident.scope) == incident.id:
            del self.pointers[incident.scope]
        return True

    def incident(self, incident_id: str) -> Incident | None:
        """The HEAD as it stands."""
        return self.heads.get(incident_id)

    def due(self, now: datetime, limit: int) -> list[Due]:
        """Sends and incidents whose time has come: by severity, then age."""
        heads = [Due(incident=name, due_at=at) for at, name in self._heads_due.until(now)]
        both = [*self._sends_until(now), *heads]
        return sorted(both, key=lambda due: (-rank(due.severity), due.due_at or now))[:limit]

    def windows_due(self, now: datetime, limit: int) -> list[str]:
        """The accounts whose break-glass windows have something to tell by now, the longest due first."""
        looks = ((next_look(tags), account) for account, tags in self.known_tags.items())
        return [account for at, account in sorted((at, one) for at, one in looks if at and at <= now)][:limit]

    def looked(self, tags: Tags) -> bool:
        """Stores the tags once they were looked at; False when they changed since they were read."""
        if self.tags(tags.account).version != tags.version:
            return False
        self.known_tags[tags.account] = msgspec.structs.replace(tags, version=tags.version + 1)
        return True

    def incidents_of(self, account: str, until: datetime) -> list[Incident]:
        """The latest incidents of an account that were opened by then, newest first; a hundred at most."""
        found = [head for head in self.heads.values() if head.account == account and head.opened_at <= until]
        return sorted(found, key=lambda head: (head.opened_at, head.id), reverse=True)[:100]

    def next_due(self, after: datetime) -> datetime | None:
        """When the first send or incident is due after this time; None when none is."""
        times = [at for at in (self._heads_due.next(after), self._sends_due.next(after)) if at]
        return min(times, default=None)

    def keep(self, taggings: Iterable[Tagging]) -> None:
        """Keeps these values of break-glass tags."""
        for one in taggings:
            more = self.tags(one.account).with_more(one)
            self.known_tags[one.account] = msgspec.structs.replace(more, version=more.version + 1)

    def take_out(self, incident_id: str) -> tuple[Incident, list[Fact], list[Notice]]:
        """Forgets a closed incident: its head, its facts and its notices, as they stood."""
        head, facts = self.heads.pop(incident_id), self.facts(incident_id)
        assert head.state == "closed"
        self.story.pop(incident_id, None)
        for key in {fact.access_key_id for fact in facts if fact.access_key_id in self.waiters}:
            self.waiters[key or ""].discard(incident_id)
            if not self.waiters[key or ""]:
                del self.waiters[key or ""]
        return head, facts, self._take_out_sends(incident_id)

    def _was_changed(self, plan: Plan) -> bool:
        """Whether anything that the plan rests on has another version by now."""
        read: list[tuple[Tags | Seen | Caller, Tags | Seen | Caller]] = []
        read += [(self.tags(tags.account), tags) for tags in plan.tags]
        read += [(self._seen(seen.account), seen) for seen in plan.seen]
        read += [(self._caller(plan.caller.id), plan.caller)] if plan.caller else []
        return any(stored.version != one.version for stored, one in read)

    def _remember(self, plan: Plan) -> None:
        self.keep(plan.taggings)
        for seen in plan.seen:
            self.memory[seen.account] = msgspec.structs.replace(seen, version=seen.version + 1)
        if plan.caller:
            self.callers[plan.caller.id] = msgspec.structs.replace(plan.caller, version=plan.caller.version + 1)
        if plan.failure:
            self.failures.add(plan.failure)
        if plan.paging:
            insort(self.listed, plan.paging, key=lambda one: one.at)
        if plan.task:
            self.known_tasks[plan.task.access_key_id] = plan.task

    def _caller(self, caller_id: str) -> Caller:
        return self.callers.get(caller_id, Caller(id=caller_id))

    def _seen(self, account: str) -> Seen:
        return self.memory.get(account, Seen(account=account))

    def _is_current(self, incident: Incident) -> bool:
        stored = self.heads.get(incident.id)
        return (stored.version if stored else 0) == incident.version

    def _put(self, incident: Incident, notices: Sequence[Notice]) -> None:
        self.heads[incident.id] = msgspec.structs.replace(incident, version=incident.version + 1)
        if incident.state == "open":
            self._heads_due.put(incident.id, incident.due_at)
        else:
            self._heads_due.drop(incident.id)
        self._tell(notices)
