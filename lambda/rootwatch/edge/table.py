"""The table as the core's Store: one record, one transaction; a send is claimed by a conditional update."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from rootwatch.core.callers import Caller
from rootwatch.core.fact import Fact
from rootwatch.core.incident import FAILURE_MINUTES, Incident, Moment
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Due, Known, Needs, Plan, Revision
from rootwatch.core.scopes import GUESSED_ACCOUNTS
from rootwatch.core.seen import Seen
from rootwatch.core.storm import Paging
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.tasks import Task
from rootwatch.edge import coverage_items, items
from rootwatch.edge.items import Item, n, s
from rootwatch.edge.ledger import Ledger

_OWN_FAILURES: Final = 32
_FACTS_AT_ONCE: Final = 50


class Table(Ledger):
    """The Store on DynamoDB: what is known and decided; sends and the ledger are its bases'."""

    def load(self, needs: Needs) -> Known:
        """Two rounds of reads: the mark, the pointers and the task; then the incidents that the pointers name."""
        keys = [items.mark_key(needs.key), *(items.open_key(scope) for scope in needs.scopes)]
        if needs.access_key:
            keys.append(items.task_key(needs.access_key))
        keys += [items.tags_key(account) for account in needs.tags_of]
        keys += [items.seen_key(account) for account in needs.seen_of]
        keys += [items.caller_key(needs.caller)] if needs.caller else []
        if needs.canary:
            keys += [coverage_items.roll_key(needs.canary[0]), coverage_items.heard_key(*needs.canary)]
        found = {(item["PK"]["S"], item["SK"]["S"]): item for item in self._table.get(keys)}
        if (f"EVT#{needs.key}", "MARK") in found:
            return Known(duplicate=True)
        pointers = {scope: found.get((f"ACC#{scope}", "OPEN")) for scope in needs.scopes}
        named = {scope: item["incident"]["S"] for scope, item in pointers.items() if item}
        heads = self._table.get([items.head_key(incident_id) for incident_id in named.values()])
        by_id = {head.id: head for head in (items.read(item, Incident) for item in heads)}
        task = found.get((f"KEY#{needs.access_key}", "TASK"))
        tags = {account: found.get((f"ACC#{account}", "TAGS")) for account in needs.tags_of}
        seen = {account: found.get((f"ACC#{account}", "SEEN")) for account in needs.seen_of}
        roll, heard = coverage_items.known(found, needs.canary) if needs.canary else (None, None)
        return Known(
            incidents={scope: by_id[incident_id] for scope, incident_id in named.items() if incident_id in by_id},
            task=items.read(task, Task) if task else None,
            failures=self._failures(needs.scopes[0], needs.failures_around) if needs.failures_around else (),
            tags={a: items.read(item, Tags) if item else Tags(account=a) for a, item in tags.items()},
            caller=_caller(needs, found),
            seen={a: items.read(item, Seen) if item else Seen(account=a) for a, item in seen.items()},
            roll=roll,
            heard=heard,
        )

    def commit(self, plan: Plan, now: datetime) -> Literal["committed", "duplicate", "conflict"]:
        """Puts all that the plan says, or nothing."""
        operations = [self._table.put(items.mark(plan, now), "attribute_not_exists(PK)")]
        if plan.incident and plan.fact:
            operations += [self._head(plan.incident), self._pointer(plan.incident, plan.replaces)]
            operations += self._entries(plan.incident)
            operations.append(self._table.put(self._lasting(items.fact(plan.incident.id, plan.fact), now)))
            operations += self._still_waits(plan, plan.incident.id, now)
        operations += [
            *self._told(plan.notices),
            *self._withdrawn(plan.withdraws),
            *self._tags(plan.tags, plan.taggings),
        ]
        operations += [self._versioned(items.seen(one), one.version) for one in plan.seen]
        if plan.caller:
            operations.append(self._versioned(items.caller(plan.caller), plan.caller.version))
        if plan.failure:
            operations.append(self._table.put(items.failure(plan.failure, now)))
        if plan.paging:
            operations.append(self._table.put(items.paging(plan.paging, now)))
        if plan.task:
            operations.append(self._table.put(items.task(plan, now)))
        if plan.heard:
            operations.append(self._versioned(coverage_items.heard(plan.heard), plan.heard.version))
        reasons = self._table.transact(operations)
        if not reasons:
            return "committed"
        return "duplicate" if reasons[0] == "ConditionalCheckFailed" else "conflict"

    def recorded(self, keys: Sequence[str]) -> set[str]:
        """Which of these records, a hundred at most, are in the table."""
        marks = self._table.get([items.mark_key(key) for key in keys])
        return {mark["PK"]["S"].removeprefix("EVT#") for mark in marks}

    def facts(self, incident_id: str) -> list[Fact]:
        """The incident's story, oldest first."""
        return [items.read(item, Fact) for item in self._begins(f"INC#{incident_id}", "FACT#")]

    def tags(self, account: str) -> Tags:
        """The break-glass tags of an account."""
        found = self._table.get([items.tags_key(account)])
        return items.read(found[0], Tags) if found else Tags(account=account)

    def keep(self, tags: Tags, tagging: Tagging) -> bool:
        """Keeps one more tagging; False when the tags changed since they were read."""
        return not self._table.transact(self._tags([tags], [tagging]))

    def tasks(self, access_keys: Sequence[str]) -> dict[str, Task]:
        """The AssumeRoots that gave these keys out, as far as they are known."""
        found = self._table.get([items.task_key(key) for key in access_keys])
        return {task.access_key_id: task for task in (items.read(item, Task) for item in found)}

    def open_incident(self, scope: str) -> Incident | None:
        """The incident that the scope's pointer names."""
        found = self._table.get([items.open_key(scope)])
        return self.incident(found[0]["incident"]["S"]) if found else None

    def pagings(self, since: datetime, until: datetime) -> list[Paging]:
        """Which incidents paged for the first time, or joined a storm, from ``since`` to ``until``; oldest first."""
        found: list[Paging] = []
        step = timedelta(minutes=items.PAGING_BUCKET_MINUTES)
        bucket = items.paging_bucket(since)
        at, last = since, items.paging_bucket(until)
        while bucket <= last:
            values = {":bucket": s(bucket), ":since": s(items.stamp(since)), ":until": s(f"{items.stamp(until)}#~")}
            page = self._table.query_all("PK = :bucket AND SK BETWEEN :since AND :until", values)
            found += [items.read(item, Paging) for item in page]
            at += step
            bucket = items.paging_bucket(at)
        return found

    def list_paging(self, paging: Paging) -> None:
        """Lists a page that was held until now; the same entry again changes nothing."""
        self._table.transact([self._table.put(items.paging(paging, paging.at))])

    def waiting(self, access_key: str) -> list[str]:
        """The ids of incidents that hold calls with this key, made before its AssumeRoot was known."""
        return [item["SK"]["S"].removeprefix("INC#") for item in self._begins(f"KEY#{access_key}", "INC#")]

    def revise(self, revision: Revision) -> bool:
        """HEAD if nobody changed it, the changed facts, the notices; held pages are withdrawn, or nothing is done."""
        processed_at = revision.incident.processed_at
        facts = [
            self._table.put(self._lasting(items.fact(revision.incident.id, fact), processed_at))
            for fact in revision.facts
        ]
        while len(facts) > _FACTS_AT_ONCE:
            # More than one transaction holds: HEAD goes last, and a crash before it is seen by the next revision.
            self._table.transact(facts[:_FACTS_AT_ONCE])
            facts = facts[_FACTS_AT_ONCE:]
        told = [*self._told(revision.notices), *self._withdrawn(revision.withdraws)]
        tags = self._tags([revision.tags], revision.taggings)
        return not self._table.transact([self._head(revision.incident), *facts, *told, *tags])

    def advance(self, incident: Incident, notices: Sequence[Notice]) -> bool:
        """A digest or a close: HEAD if nobody changed it, and the notices; the pointer goes with the close."""
        operations = [self._head(incident), *self._entries(incident), *self._told(notices)]
        if incident.state == "open":
            return not self._table.transact(operations)
        unpoint = self._table.delete(items.open_key(incident.scope), "incident = :id", {":id": s(incident.id)})
        reasons = self._table.transact([*operations, unpoint])
        if reasons and reasons[0] == "None" and reasons[-1] == "ConditionalCheckFailed":
            # The pointer names a later incident already: it stays.
            reasons = self._table.transact(operations)
        return not reasons

    def incident(self, incident_id: str) -> Incident | None:
        """The HEAD as it stands."""
        found = self._table.get([items.head_key(incident_id)])
        return items.read(found[0], Incident) if found else None

    def _head(self, incident: Incident) -> dict[str, Any]:
        stored = items.head(msgspec.structs.replace(incident, version=incident.version + 1))
        # One that is open has to be closed first: it is never deleted.
        closed = incident.state == "closed"
        return self._versioned(self._lasting(stored, incident.processed_at) if closed else stored, incident.version)

    def _pointer(self, incident: Incident, replaces: str | None) -> dict[str, Any]:
        item = {**items.open_key(incident.scope), "incident": s(incident.id)}
        values = {":id": s(incident.id), ":old": s(replaces or incident.id)}
        return self._table.put(item, "attribute_not_exists(PK) OR incident IN (:id, :old)", values)

    def _tags(self, read: Sequence[Tags], taggings: Sequence[Tagging]) -> list[dict[str, Any]]:
        """New taggings; and that the tags are still as they were read: else it is decided again."""
        operations = [self._table.put(self._lasting(items.tagging(one), one.at)) for one in taggings]
        for tags in read:
            condition = "version = :read" if tags.version else "attribute_not_exists(PK)"
            values = {":read": n(tags.version)} if tags.version else None
            more = [one for one in taggings if one.account == tags.account]
            if more:
                operations.append(self._table.put(items.tags(tags.with_more(*more)), condition, values))
            else:
                operations.append(self._table.check(items.tags_key(tags.account), condition, values))
        return operations

    def _versioned(self, item: Item, read: int) -> dict[str, Any]:
        """A put that holds only if the item is still as it was read."""
        if read == 0:
            return self._table.put(item, "attribute_not_exists(PK)")
        return self._table.put(item, "version = :read", {":read": n(read)})

    def _still_waits(self, plan: Plan, incident_id: str, now: datetime) -> list[dict[str, Any]]:
        """A call with an unknown key waits for its AssumeRoot, which must not have come meanwhile."""
        if plan.waits_for is None:
            return []
        return [
            self._table.check(items.task_key(plan.waits_for), "attribute_not_exists(PK)"),
            self._table.put(items.waiting(plan.waits_for, incident_id, now)),
        ]

    def _withdrawn(self, sends: Sequence[Due]) -> list[dict[str, Any]]:
        """Held pages that are not sent after all, if nobody has claimed them."""
        return [
            self._table.update_in(
                items.send_key(due),
                "SET #state = :withdrawn REMOVE due_at, due_shard",
                "#state = :due AND attempts = :none",
                {":withdrawn": s("withdrawn"), ":due": s("due"), ":none": n(0)},
            )
            for due in sends
        ]

    def _told(self, notices: Sequence[Notice]) -> list[dict[str, Any]]:
        return [
            self._table.put(self._lasting(item, notice.created_at))
            for notice in notices
            for item in (items.notice(notice), *(items.send(notice, channel) for channel in notice.channels))
        ]

    def _failures(self, own: str, around: datetime) -> tuple[Moment, ...]:
        """This account's failures around the time; and of other accounts so many as tell guessing from a slip."""
        found: list[Moment] = []
        step = timedelta(minutes=items.FAILURE_BUCKET_MINUTES)
        # One bucket later too: records arrive in any order.
        for back in range(FAILURE_MINUTES // items.FAILURE_BUCKET_MINUTES, -2, -1):
            bucket = items.failure_bucket(around - back * step)
            found += self._bucket(bucket, "begins_with(SK, :at)", f"{own}#", _OWN_FAILURES)
            found += self._one_of_each_account(bucket)
        return tuple({moment.key: moment for moment in found}.values())

    def _one_of_each_account(self, bucket: str) -> list[Moment]:
        """One failure each of the first few accounts: enough to see that there are several."""
        found: list[Moment] = []
        after = " "
        for _ in range(GUESSED_ACCOUNTS):
            one = self._bucket(bucket, "SK > :at", after, 1)
            if not one:
                break
            found += one
            after = f"{one[0].account}#~"
        return found

    def _bucket(self, bucket: str, condition: str, at: str, limit: int) -> list[Moment]:
        page = self._table.query(f"PK = :bucket AND {condition}", {":bucket": s(bucket), ":at": s(at)}, limit)
        return [items.read(item, Moment) for item in page]


def _caller(needs: Needs, found: Mapping[tuple[str, str], Item]) -> Caller | None:
    if needs.caller is None:
        return None
    item = found.get((f"CALLER#{needs.caller}", "TASKS"))
    return items.read(item, Caller) if item else Caller(id=needs.caller)
