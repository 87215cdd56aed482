"""What the core is handed: what is known, what is planned, and the doors through which both pass."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec

from rootwatch.core.callers import Caller
from rootwatch.core.comparison import Manifest
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident, Moment
from rootwatch.core.notice import Notice
from rootwatch.core.roll import Heard, Roll
from rootwatch.core.seen import Seen
from rootwatch.core.storm import Paging
from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.tasks import Task
from rootwatch.core.words import ChannelName, Disposition, Kind, Path, RuleName, Severity


class StoreDownError(Exception):
    """The table can't be read or written now: tell all the same (law 1)."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What AWS Organizations says of an account. Where it could not say, `unknown` is why and the rest is None."""

    id: str
    name: str | None = None
    path: str | None = None
    owner: str | None = None
    joined: datetime | None = None
    unknown: str = ""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known before a record is decided on; the store loads this and no more."""

    key: str
    scopes: tuple[str, ...] = ()
    access_key: str | None = None
    failures_around: datetime | None = None
    tags_of: tuple[str, ...] = ()  # accounts
    caller: str | None = None  # the id of who called AssumeRoot
    seen_of: tuple[str, ...] = ()  # accounts
    account: str | None = None  # whose name is to be asked for
    canary: tuple[str, str] | None = None  # the account and Region of a canary


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What was known when a record was decided on."""

    duplicate: bool = False
    incidents: dict[str, Incident] = {}  # scope → the one that its open pointer names
    caller: Caller | None = None
    task: Task | None = None
    failures: tuple[Moment, ...] = ()
    tags: dict[str, Tags] = {}  # by account
    tags_read: tuple[Tagging, ...] = ()  # what we read of a tag just now, among `tags` already
    account: Account | None = None
    seen: dict[str, Seen] = {}  # by account
    country: str | None = None  # of the record's address
    roll: Roll | None = None  # what was sent out to a canary's account; None: it is not on the list
    heard: Heard | None = None  # what was heard of its place before
    manifest: Manifest | None = None  # what should be deployed


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a log file showed first: from ``due_at`` on, EventBridge is late with it."""

    key: str
    rule: RuleName  # that would have forwarded it
    account: str
    region: str
    time: datetime  # the record's own
    action: str
    event_id: str | None = None
    due_at: datetime


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What one record does: stored in one transaction, or not at all."""

    key: str
    disposition: Disposition
    reason: str
    kind: Kind | None = None
    incident: Incident | None = None  # as it shall stand; its version is the one read
    replaces: str | None = None  # the incident that the open pointer still names
    fact: Fact | None = None
    notices: tuple[Notice, ...] = ()
    failure: Moment | None = None
    caller: Caller | None = None  # with this task of its
    task: Task | None = None
    waits_for: str | None = None  # an access key whose AssumeRoot is not known: it must still be unknown
    tags: tuple[Tags, ...] = ()  # as they were read: they must still be so
    taggings: tuple[Tagging, ...] = ()  # new ones, to be kept
    withdraws: tuple["Due", ...] = ()  # held pages that are not sent after all
    seen: tuple[Seen, ...] = ()  # as they shall stand; their versions are those that were read
    heard: Heard | None = None  # as it shall stand; its version is the one read
    path: Path | None = None  # by which the record came, where that is known
    pending: Pending | None = None  # EventBridge has yet to bring it
    paging: Paging | None = None  # the incident's entry in the list that a storm is made of


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """What later knowledge makes of an incident: changed facts, and what is told or withdrawn because of it."""

    incident: Incident
    facts: tuple[Fact, ...]
    notices: tuple[Notice, ...] = ()
    withdraws: tuple["Due", ...] = ()
    tags: Tags  # as they were read: they must still be so
    taggings: tuple[Tagging, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a send went. ``receipt`` is Slack's ts, PagerDuty's dedup_key, or SNS's MessageId."""

    state: Literal["sent", "retry", "failed"]
    reason: str = ""
    receipt: str | None = None
    retry_after: float | None = None  # seconds, as the channel asked for it
    mend: bool = False  # of a retry: a person must mend something, or it will fail until it is given up


WAITS_FOR_ITS_TURN: Final = "waits for its turn: the channel takes no more at once"


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One send that is due, or an incident (``channel`` None) whose digest or close is."""

    incident: str
    seq: int = 0
    channel: ChannelName | None = None
    severity: Severity = "low"
    due_at: datetime | None = None


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A send that is ours until the lease ends."""

    due: Due
    notice: Notice
    attempts: int  # this one included
    first_due: datetime
    thread: str | None = None  # the ts of the incident's first Slack message
    has_turn: bool = False  # it waited for its turn, which is now


class Store(Protocol):
    """The table. Every method raises ``StoreDownError`` when the table can't be read or written."""

    def load(self, needs: Needs) -> Known:
        """What is known of a record's incident, task and failures."""

    def commit(self, plan: Plan, now: datetime) -> Literal["committed", "duplicate", "conflict"]:
        """One transaction: the record's mark, its incident, fact, notices and sends."""

    def recorded(self, keys: Sequence[str]) -> Collection[str]:
        """Which of these records, a hundred at most, are in the table."""

    def facts(self, incident_id: str) -> Sequence[Fact]:
        """The incident's story, oldest first."""

    def tags(self, account: str) -> Tags:
        """The break-glass tags of an account."""

    def tasks(self, access_keys: Sequence[str]) -> dict[str, Task]:
        """The AssumeRoots that gave these keys out, as far as they are known."""

    def open_incident(self, scope: str) -> Incident | None:
        """The incident that the scope's pointer names."""

    def pagings(self, since: datetime, until: datetime) -> Sequence[Paging]:
        """Which incidents paged for the first time, or joined a storm, from ``since`` to ``until``; oldest first."""

    def list_paging(self, paging: Paging) -> None:
        """Lists a page that was held until now; the same entry again changes nothing."""

    def waiting(self, access_key: str) -> Sequence[str]:
        """The ids of incidents that hold calls with this key, made before its AssumeRoot was known."""

    def revise(self, revision: Revision) -> bool:
        """Stores a revision; False when the incident was changed meanwhile, or a held page is on its way."""

    def advance(self, incident: Incident, notices: Sequence[Notice]) -> bool:
        """Stores a digest or a close; False when somebody else was first."""

    def incident(self, incident_id: str) -> Incident | None:
        """The HEAD as it stands."""

    def due(self, now: datetime, limit: int) -> Sequence[Due]:
        """Sends and incidents whose time has come: by severity, then age."""

    def windows_due(self, now: datetime, limit: int) -> Sequence[str]:
        """The accounts whose break-glass windows have something to tell by now, the longest due first."""

    def looked(self, tags: Tags) -> bool:
        """Stores the tags once they were looked at; False when they changed since they were read."""

    def incidents_of(self, account: str, until: datetime) -> Sequence[Incident]:
        """The latest incidents of an account that were opened by then, newest first; a hundred at most."""

    def claim(self, due: Due, now: datetime, until: datetime) -> Claimed | None:
        """Makes a send ours, if it is due, or its lease has run out, and nothing before it in its thread is open."""

    def settle(self, claimed: Claimed, outcome: Outcome, now: datetime, retry_at: datetime | None) -> None:
        """Notes how it went: sent, due again, or failed."""

    def behind(self, due: Due, now: datetime) -> Due | None:
        """The first that is due and may have waited for this send in its lane; whoever tried to claim it gave it up."""

    def uncounted(self, limit: int) -> Sequence[Due]:
        """Sends that failed for good and that nobody has counted yet."""

    def counted(self, due: Due) -> None:
        """Notes that a send that failed for good is counted."""


class Directory(Protocol):
    """AWS Organizations. Never raises: what could not be learnt is said in ``Account.unknown``."""

    def account(self, account_id: str) -> Account:
        """Name, path of organisational units, owner tag."""

    def break_glass_tag(self, account_id: str) -> tuple[str | None, datetime]:
        """The break-glass tag's value (None: none, or unreadable) and when it was read: a minute ago at most."""


class Channel(Protocol):
    """SNS, Slack or PagerDuty. Never raises."""

    def send(self, notice: Notice, thread: str | None) -> Outcome:
        """Renders the notice for this channel and sends it."""
