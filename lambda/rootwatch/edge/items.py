"""The items of the one table, as DynamoDB's low-level client takes them. docs/architecture.md shows them as a list."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeVar

import msgspec

from rootwatch.core.callers import Caller
from rootwatch.core.fact import Fact
from rootwatch.core.fast_path import FastPath, Place
from rootwatch.core.incident import ORGANISATION_WIDE, Incident, Moment
from rootwatch.core.notice import Notice, lane
from rootwatch.core.ports import Due, Plan
from rootwatch.core.reminders import next_look
from rootwatch.core.seen import Seen
from rootwatch.core.storm import Paging
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.words import CHANNELS, SEVERITIES, ChannelName, Severity

Item = dict[str, Any]  # attribute → {"S" | "N" | "M": …}

SHARDS: Final = 4
AWAITED: Final = "AWAITED"  # the index's partition of what is to be looked at on the fast path
LOST: Final = "LOST"  # and that of the accounts and Regions whose fast path is lost
FAILED: Final = "FAILED"  # and that of the sends that failed for good, until they are counted
WINDOWS: Final = "WINDOWS"  # and that of the accounts whose break-glass windows have something to tell
_TAGGINGS: Final = 100
FAILURE_BUCKET_MINUTES: Final = 10
PAGING_BUCKET_MINUTES: Final = 10
_KEEP: Final = {
    "mark": timedelta(days=400),
    "failure": timedelta(days=1),
    "task": timedelta(days=30),
    "canary": timedelta(days=3),
    "paging": timedelta(days=1),
}

T = TypeVar("T")
SendState = Literal["due", "sending", "sent", "failed"]


def s(value: str) -> dict[str, str]:
    """A string attribute."""
    return {"S": value}


def n(value: int) -> dict[str, str]:
    """A number attribute."""
    return {"N": str(value)}


def stamp(moment: datetime) -> str:
    """A UTC time of fixed width, so that texts sort as times do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def body(value: msgspec.Struct) -> dict[str, str]:
    """A struct as JSON text."""
    return s(msgspec.json.encode(value).decode())


def read(item: Item, kind: type[T]) -> T:
    """The struct in an item's body."""
    return msgspec.json.decode(item["body"]["S"], type=kind)


def key(pk: str, sk: str) -> Item:
    """A primary key."""
    return {"PK": s(pk), "SK": s(sk)}


def mark_key(record_key: str) -> Item:
    """The mark of a record: put once, for ever a duplicate."""
    return key(f"EVT#{record_key}", "MARK")


def open_key(scope: str) -> Item:
    """The pointer to the open incident of an account, or of another scope."""
    return key(f"ACC#{scope}", "OPEN")


def head_key(incident_id: str) -> Item:
    """The incident itself."""
    return key(f"INC#{incident_id}", "HEAD")


def note_key(incident_id: str, seq: int) -> Item:
    """A notice."""
    return key(f"INC#{incident_id}", f"NOTE#{seq:06d}")


def task_key(access_key_id: str) -> Item:
    """An AssumeRoot that succeeded."""
    return key(f"KEY#{access_key_id}", "TASK")


def tags_key(account: str) -> Item:
    """All that is known of an account's break-glass tags."""
    return key(f"ACC#{account}", "TAGS")


def caller_key(caller_id: str) -> Item:
    """What is known of who calls AssumeRoot."""
    return key(f"CALLER#{caller_id}", "TASKS")


def seen_key(account: str) -> Item:
    """What is remembered of an account's root."""
    return key(f"ACC#{account}", "SEEN")


def fast_path_key(place: Place) -> Item:
    """What is known of the fast path of an account and Region."""
    return key(f"ACC#{place.account}", f"FAST#{place.region}")


def place_of(item: Item) -> Place:
    """The account and Region that such a key names."""
    return Place(item["PK"]["S"].removeprefix("ACC#"), item["SK"]["S"].removeprefix("FAST#"))


def waiting_key(access_key_id: str, incident_id: str) -> Item:
    """An incident that holds calls with a key whose AssumeRoot was not known yet."""
    return key(f"KEY#{access_key_id}", f"INC#{incident_id}")


def send_key(due: Due) -> Item:
    """A send; its severity is part of the key, so that the sweep can sort what the index names."""
    return key(f"INC#{due.incident}", f"SEND#{due.channel}#{due.seq:06d}#{due.severity}")


def failure_bucket(moment: datetime) -> str:
    """The ten minutes that a failed sign-in belongs to."""
    start = moment.astimezone(UTC)
    return f"FAIL#{start:%Y-%m-%dT%H:}{start.minute // FAILURE_BUCKET_MINUTES}0"


def paging_bucket(moment: datetime) -> str:
    """The ten minutes that a page belongs to."""
    start = moment.astimezone(UTC)
    return f"PAGES#{start:%Y-%m-%dT%H:}{start.minute // PAGING_BUCKET_MINUTES}0"


def shard(incident_id: str) -> dict[str, str]:
    """One of four partitions of the index ``due``."""
    return s(f"DUE#{zlib.crc32(incident_id.encode()) % SHARDS}")


def due_of(item: Item) -> Due:
    """What an entry of the index ``due`` names."""
    incident_id = item["PK"]["S"].removeprefix("INC#")
    at = datetime.fromisoformat(item["due_at"]["S"])
    parts = item["SK"]["S"].split("#")
    if parts[0] != "SEND":
        return Due(incident=incident_id, due_at=at)
    return Due(
        incident=incident_id,
        channel=_one_of(CHANNELS, parts[1]),
        seq=int(parts[2]),
        severity=_one_of(SEVERITIES, parts[3]),
        due_at=at,
    )


def _one_of(known: tuple[T, ...], word: str) -> T:
    return next(value for value in known if value == word)


def mark(plan: Plan, now: datetime) -> Item:
    """The record's mark with its one disposition; in the index while EventBridge has yet to bring the record."""
    item = {
        **mark_key(plan.key),
        "disposition": s(plan.disposition),
        "reason": s(plan.reason[:512]),
        "incident": s(plan.incident.id if plan.incident else ""),
        "path": s(plan.path or ""),
        "at": s(stamp(now)),
        # Every place makes one an hour: they are kept as long as a log file may come again.
        "expires": _expires(now, "canary" if plan.disposition == "canary" else "mark"),
    }
    if plan.pending:
        due = {"due_shard": s(AWAITED), "due_at": s(stamp(plan.pending.due_at))}
        item |= {"state": s("awaited"), "body": body(plan.pending), **due}
    return item


def fast_path(one: FastPath) -> Item:
    """What is known of a fast path, with one version more than was read; in the index while there is news of it to be
    told, or it is lost."""
    stored = msgspec.structs.replace(one, version=one.version + 1)
    item = {**fast_path_key(one.place), "version": n(stored.version), "body": body(stored)}
    if one.regained:
        item |= {"due_shard": s(AWAITED), "due_at": s(stamp(one.regained[0].at))}
    elif one.since:
        item |= {"due_shard": s(LOST), "due_at": s(stamp(one.since))}
    return item


def head(incident: Incident) -> Item:
    """The incident; in the index ``due`` while it is open."""
    item = {**head_key(incident.id), "version": n(incident.version), "state": s(incident.state), "body": body(incident)}
    if incident.state == "open":
        item |= {"due_shard": shard(incident.id), "due_at": s(stamp(incident.due_at))}
    return item


def fact(incident_id: str, one: Fact) -> Item:
    """A line of the incident's story."""
    return {**key(f"INC#{incident_id}", f"FACT#{stamp(one.time)}#{one.key}"), "body": body(one)}


def day(moment: datetime) -> str:
    """The partition of the incidents that were opened on a day of UTC."""
    return f"DAY#{moment.astimezone(UTC):%Y-%m-%d}"


def entries(incident: Incident) -> list[Item]:
    """Under which an incident is found again: by the day of its opening, and by its account, or as none's."""
    opened = f"{stamp(incident.opened_at)}#{incident.id}"
    whose = incident.account or ORGANISATION_WIDE
    return [key(day(incident.opened_at), opened), key(f"ACC#{whose}", f"INC#{opened}")]


def tags(known: Tags) -> Item:
    """The tags, with one version more than was read; of very many the last hundred, each of which stands alone too. In
    the index while its windows have something to tell."""
    kept = msgspec.structs.replace(known, version=known.version + 1, taggings=known.taggings[-_TAGGINGS:])
    item = {**tags_key(known.account), "version": n(kept.version), "body": body(kept)}
    at = next_look(kept)
    return item | ({"due_shard": s(WINDOWS), "due_at": s(stamp(at))} if at else {})


def tagging(one: Tagging) -> Item:
    """One value of a break-glass tag: kept for ever, it says who declared what."""
    sort = f"WIN#{stamp(one.at)}#{zlib.crc32(msgspec.json.encode(one)):08x}"
    return {**key(f"ACC#{one.account}", sort), "body": body(one)}


def caller(one: Caller) -> Item:
    """The caller, with one version more than was read."""
    stored = msgspec.structs.replace(one, version=one.version + 1)
    return {**caller_key(one.id), "version": n(stored.version), "body": body(stored)}


def seen(one: Seen) -> Item:
    """The memory of an account, with one version more than was read."""
    stored = msgspec.structs.replace(one, version=one.version + 1)
    return {**seen_key(one.account), "version": n(stored.version), "body": body(stored)}


def waiting(access_key_id: str, incident_id: str, now: datetime) -> Item:
    """A call that waits for its AssumeRoot."""
    return {**waiting_key(access_key_id, incident_id), "expires": _expires(now, "task")}


def notice(one: Notice) -> Item:
    """A notice, never changed again."""
    return {**note_key(one.incident.id, one.seq), "body": body(one)}


def send(one: Notice, channel: ChannelName) -> Item:
    """A send that is due from the notice's making on."""
    due = Due(incident=one.incident.id, channel=channel, seq=one.seq, severity=one.severity)
    hold = timedelta(seconds=one.page_hold if channel == "pagerduty" else 0)
    due_at = s(stamp(one.created_at + hold))
    return {
        **send_key(due),
        "state": s("due"),
        "lane": s(lane(one, channel)),
        "attempts": n(0),
        "due_at": due_at,
        "due_shard": shard(one.incident.id),
        "first_due": due_at,
    }


def failure(moment: Moment, now: datetime) -> Item:
    """A failed sign-in or an asked-for recovery, for the rules that look beyond one incident. Account first: a flood
    of one account's failures hides no other's."""
    sort = f"{moment.account}#{stamp(moment.time)}#{moment.key}"
    return {**key(failure_bucket(moment.time), sort), "body": body(moment), "expires": _expires(now, "failure")}


def paging(one: Paging, now: datetime) -> Item:
    """That an incident paged for the first time, or joined a storm."""
    sort = f"{stamp(one.at)}#{one.incident}"
    return {**key(paging_bucket(one.at), sort), "body": body(one), "expires": _expires(now, "paging")}


def task(plan: Plan, now: datetime) -> Item:
    """An AssumeRoot, by the access key that it gave out."""
    assert plan.task is not None
    return {**task_key(plan.task.access_key_id), "body": body(plan.task), "expires": _expires(now, "task")}


def _expires(now: datetime, kind: str) -> dict[str, str]:
    return n(int((now + _KEEP[kind]).timestamp()))


def severity_of(item: Item) -> Severity:
    """The severity in a send's key."""
    return _one_of(SEVERITIES, item["SK"]["S"].rsplit("#", 1)[1])
