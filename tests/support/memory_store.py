"""The table in memory: the plain model that the adapter of DynamoDB is held against, and the store of fast tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from rootwatch.core.callers import Caller
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident, Moment
from rootwatch.core.notice import Notice, lane
from rootwatch.core.ports import Claimed, Due, Known, Needs, Outcome, Plan, Revision, StoreDownError
from rootwatch.core.seen import Seen
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.tasks import Task
from rootwatch.core.words import rank


@dataclass
class Send:
    """A send as the table holds it."""

    due: Due
    lane: str
    due_at: datetime
    first_due: datetime
    state: str = "due"
    attempts: int = 0
    receipt: str | None = None
    reason: str = ""


@dataclass
class MemoryStore:
    """A Store; ``down`` makes every call fail as a table does that can't be reached."""

    marks: dict[str, Plan] = field(default_factory=dict)
    pointers: dict[str, str] = field(default_factory=dict)
    heads: dict[str, Incident] = field(default_factory=dict)
    story: dict[str, dict[str, Fact]] = field(default_factory=dict)
    notices: dict[tuple[str, int], Notice] = field(default_factory=dict)
    sends: list[Send] = field(default_factory=list)
    failures: dict[str, Moment] = field(default_factory=dict)
    known_tasks: dict[str, Task] = field(default_factory=dict)
    known_tags: dict[str, Tags] = field(default_factory=dict)
    memory: dict[str, Seen] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    waiters: dict[str, set[str]] = field(default_factory=dict)
    down: bool = False

    def load(self, needs: Needs) -> Known:
        self._check()
        if needs.key in self.marks:
            return Known(duplicate=True)
        named = {scope: self.pointers[scope] for scope in needs.scopes if scope in self.pointers}
        return Known(
            incidents={scope: self.heads[incident_id] for scope, incident_id in named.items()},
            task=self.known_tasks.get(needs.access_key or ""),
            failures=tuple(self.failures.values()) if needs.failures_around else (),
            tags={account: self._tags(account) for account in needs.tags_of},
            seen={account: self._seen(account) for account in needs.seen_of},
            caller=self._caller(needs.caller) if needs.caller else None,
        )

    def commit(self, plan: Plan, now: datetime) -> Literal["committed", "duplicate", "conflict"]:
        self._check()
        if plan.key in self.marks:
            return "duplicate"
        if self._was_changed(plan):
            return "conflict"
        if plan.waits_for in self.known_tasks or not self._withdrawable(plan.withdraws):
            return "conflict"
        if plan.incident:
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
        self.marks[plan.key] = plan
        return "committed"

    def _was_changed(self, plan: Plan) -> bool:
        """Whether anything that the plan rests on has another version by now."""
        read: list[tuple[Tags | Seen | Caller, Tags | Seen | Caller]] = []
        read += [(self._tags(tags.account), tags) for tags in plan.tags]
        read += [(self._seen(seen.account), seen) for seen in plan.seen]
        read += [(self._caller(plan.caller.id), plan.caller)] if plan.caller else []
        return any(stored.version != one.version for stored, one in read)

    def _remember(self, plan: Plan) -> None:
        self._keep(plan.taggings)
        for seen in plan.seen:
            self.memory[seen.account] = msgspec.structs.replace(seen, version=seen.version + 1)
        if plan.caller:
            self.callers[plan.caller.id] = msgspec.structs.replace(plan.caller, version=plan.caller.version + 1)
        if plan.failure:
            self.failures[plan.failure.key] = plan.failure
        if plan.task:
            self.known_tasks[plan.task.access_key_id] = plan.task

    def facts(self, incident_id: str) -> list[Fact]:
        self._check()
        return sorted(self.story.get(incident_id, {}).values(), key=lambda fact: (fact.time, fact.key))

    def tags(self, account: str) -> Tags:
        self._check()
        return self._tags(account)

    def tasks(self, access_keys: Sequence[str]) -> dict[str, Task]:
        self._check()
        return {key: self.known_tasks[key] for key in access_keys if key in self.known_tasks}

    def open_incident(self, scope: str) -> Incident | None:
        self._check()
        return self.heads.get(self.pointers.get(scope, ""))

    def waiting(self, access_key: str) -> list[str]:
        self._check()
        return sorted(self.waiters.get(access_key, ()))

    def revise(self, revision: Revision) -> bool:
        self._check()
        if not self._is_current(revision.incident) or not self._withdrawable(revision.withdraws):
            return False
        if self._tags(revision.tags.account).version != revision.tags.version:
            return False
        self._keep(revision.taggings)
        self._put(revision.incident, revision.notices)
        for fact in revision.facts:
            self.story[revision.incident.id][fact.key] = fact
        self._withdraw(revision.withdraws)
        return True

    def _tags(self, account: str) -> Tags:
        return self.known_tags.get(account, Tags(account=account))

    def _keep(self, taggings: Sequence[Tagging]) -> None:
        for one in taggings:
            more = self._tags(one.account).with_more(one)
            self.known_tags[one.account] = msgspec.structs.replace(more, version=more.version + 1)

    def _caller(self, caller_id: str) -> Caller:
        return self.callers.get(caller_id, Caller(id=caller_id))

    def _seen(self, account: str) -> Seen:
        return self.memory.get(account, Seen(account=account))

    def _withdrawable(self, sends: Sequence[Due]) -> bool:
        return all(self._send(due).state == "due" and self._send(due).attempts == 0 for due in sends)

    def _withdraw(self, sends: Sequence[Due]) -> None:
        for due in sends:
            self._send(due).state = "withdrawn"

    def _send(self, due: Due) -> Send:
        name = (due.incident, due.channel, due.seq)
        return next(s for s in self.sends if (s.due.incident, s.due.channel, s.due.seq) == name)

    def advance(self, incident: Incident, notices: Sequence[Notice]) -> bool:
        self._check()
        if not self._is_current(incident):
            return False
        self._put(incident, notices)
        if incident.state == "closed" and self.pointers.get(incident.scope) == incident.id:
            del self.pointers[incident.scope]
        return True

    def incident(self, incident_id: str) -> Incident | None:
        self._check()
        return self.heads.get(incident_id)

    def due(self, now: datetime, limit: int) -> list[Due]:
        self._check()
        sends = [
            msgspec.structs.replace(send.due, due_at=send.due_at)
            for send in self.sends
            if send.state in ("due", "sending") and send.due_at <= now
        ]
        heads = [
            Due(incident=head.id, due_at=head.due_at)
            for head in self.heads.values()
            if head.state == "open" and head.due_at <= now
        ]
        return sorted([*sends, *heads], key=lambda due: (-rank(due.severity), due.due_at))[:limit]

    def claim(self, due: Due, now: datetime, until: datetime) -> Claimed | None:
        self._check()
        same = [s for s in self.sends if s.due.incident == due.incident and s.due.channel == due.channel]
        mine = next((send for send in same if send.due.seq == due.seq), None)
        if mine is None or mine.state not in ("due", "sending") or mine.due_at > now:
            return None
        if any(_holds_back(other, mine) for other in same):
            return None
        mine.state, mine.due_at, mine.attempts = "sending", until, mine.attempts + 1
        return Claimed(
            due=due,
            notice=self.notices[due.incident, due.seq],
            attempts=mine.attempts,
            first_due=mine.first_due,
            thread=next((send.receipt for send in same if send.receipt), None),
        )

    def settle(self, claimed: Claimed, outcome: Outcome, now: datetime, retry_at: datetime | None) -> None:
        self._check()
        send = self._send(claimed.due)
        if send.attempts != claimed.attempts:
            return
        send.state = "due" if retry_at else outcome.state
        send.reason, send.receipt = outcome.reason, outcome.receipt or send.receipt
        send.due_at = retry_at or send.due_at

    def _is_current(self, incident: Incident) -> bool:
        stored = self.heads.get(incident.id)
        return (stored.version if stored else 0) == incident.version

    def _put(self, incident: Incident, notices: Sequence[Notice]) -> None:
        self.heads[incident.id] = msgspec.structs.replace(incident, version=incident.version + 1)
        for notice in notices:
            self.notices[incident.id, notice.seq] = notice
            for channel in notice.channels:
                due = Due(incident=incident.id, channel=channel, seq=notice.seq, severity=notice.severity)
                hold = timedelta(seconds=notice.page_hold if channel == "pagerduty" else 0)
                at = notice.created_at + hold
                self.sends.append(Send(due, lane(notice, channel), at, at))

    def _check(self) -> None:
        if self.down:
            raise StoreDownError("the table is down")


def _holds_back(other: Send, mine: Send) -> bool:
    if other.state not in ("due", "sending") or other.due.seq >= mine.due.seq:
        return False
    same_lane = mine.lane == "*" or (mine.lane != "" and mine.lane == other.lane)
    return same_lane and rank(other.due.severity) >= rank(mine.due.severity)
