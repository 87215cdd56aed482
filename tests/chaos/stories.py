"""What happens in the simulated organisation, and the truth of it, known from how it was made and from nothing else.

Each story is of one account. ``pages`` is what must be paged of it: for each harm its worst severity. What is planned
must page nobody; what a colleague's AssumeRoot explains may have paged, and must be resolved.
"""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

MANAGEMENT: Final = "111122223333"
REGION: Final = "us-east-1"
_PAGING: Final = ("high", "critical")
_EVERY: Final = 300.0  # seconds between stories
# In the same account. What came in a log file may be hours late where most tries to read it end in a crash: so much
# sooner, and the two stories would be one incident.
_AGAIN: Final = 12 * 3600.0
_AHEAD: Final = 50 * 60.0  # a window is declared so long before its use
_SHUFFLE: Final = 60.0  # by so many seconds a record may be late, which changes their order
KINDS: Final = {
    "intrusion": 30,
    "signed in with MFA": 12,
    "access key": 8,
    "planned": 20,
    "breakthrough": 10,
    "task": 7,
    "task, late": 7,
    "watch": 6,
}
# action, service, harm, severity: what anybody can look up in docs/alerts.md
_READS: Final = (
    ("ListUsers", "iam", "access", "high"),
    ("ListBuckets", "s3", "access", "high"),
    ("DescribeInstances", "ec2", "access", "high"),
)
_CHANGES: Final = (
    ("RunInstances", "ec2", "change", "high"),
    ("CreateBucket", "s3", "change", "high"),
    ("CreateUser", "iam", "identity", "high"),
)
_WORST: Final = (
    ("CreateAccessKey", "iam", "credentials", "critical"),
    ("StopLogging", "cloudtrail", "watch", "critical"),
    ("LeaveOrganization", "organizations", "account", "critical"),
)
_AUDITS: Final = (("ListAccessKeys", "iam"), ("GetAccountSummary", "iam"), ("GetLoginProfile", "iam"))


@dataclass(slots=True)
class Put:
    """One record that is made at a time, with what is true of it by itself."""

    at: float
    account: str  # whose EventBridge brings it
    body: dict[str, Any]
    harm: str = "access"
    severity: str = "low"  # "low": it pages nobody
    counts: bool = True  # it belongs to an incident of its story's account
    event: float | None = None  # when EventBridge brings it; None: it never does
    files: tuple[float, ...] = ()  # when the log files that have it are there

    @property
    def arrives(self) -> float:
        """When it is there first, by whichever path."""
        return min(self.files if self.event is None else (self.event, *self.files))

    @property
    def arrives_last(self) -> float:
        """When it is there once more than ever after."""
        return max(self.files if self.event is None else (self.event, *self.files))

    @property
    def pair(self) -> tuple[str, str]:
        """What must be paged of it by itself, if its severity pages."""
        return self.harm, self.severity

    @property
    def message(self) -> str:
        """The queue's message: the event as EventBridge forwards it."""
        return json.dumps(
            {
                "version": "0",
                "detail-type": "AWS API Call via CloudTrail",
                "source": f"aws.{self.body['eventSource'].partition('.')[0]}",
                "account": self.account,
                "region": self.body["awsRegion"],
                "detail": self.body,
            }
        )


@dataclass(slots=True)
class Story:
    """What happens in one account, and what must and may be told of it."""

    kind: str
    account: str
    begins: float
    records: list[Put] = field(default_factory=list)
    planned: bool = False
    explained: bool = False  # by an AssumeRoot: whatever pages must be resolved

    @property
    def allowed(self) -> set[tuple[str, str]]:
        """The (harm, severity) that may page, each once for an incident."""
        return {one.pair for one in self.records if one.severity in _PAGING and not self.planned}

    @property
    def pages(self) -> dict[str, str]:
        """harm → the severity that must have been paged."""
        if self.explained:
            return {}
        found: dict[str, str] = {}
        for harm, severity in self.allowed:
            found[harm] = severity if found.get(harm) != "critical" else "critical"
        return found

    @property
    def incidents(self) -> int:
        """How many incidents it makes: a window's tag is a watch event, which has one of its own."""
        return 1 + (self.kind in ("planned", "breakthrough"))

    @property
    def counted(self) -> int:
        """How many records its incidents must have seen."""
        return sum(1 for one in self.records if one.counts)


class Stories:
    """Writes stories until ``most`` records are made. ``tags``: what Organizations says of accounts from when on.

    ``kinds``: how often each kind is told; ``calls``: the most that somebody makes after having got in; ``ahead``: how
    long before its use a window is declared, in seconds.
    """

    def __init__(
        self,
        seed: int,
        most: int,
        start: float,
        *,
        kinds: Mapping[str, int] = KINDS,
        calls: int = 45,
        ahead: float = _AHEAD,
    ) -> None:
        self._chance = random.Random(f"stories {seed}")
        self._most = most
        self._kinds = kinds
        self._most_calls = calls
        self._ahead = ahead
        self._number = 0
        self.start = start
        self.tags: dict[str, list[tuple[float, str | None]]] = {}
        self.stories: list[Story] = list(self._write())

    @property
    def ends(self) -> float:
        """When the last record is put in."""
        return max(one.at for story in self.stories for one in story.records)

    @property
    def records(self) -> int:
        """How many there are."""
        return sum(len(story.records) for story in self.stories)

    def _write(self) -> Iterator[Story]:
        at, made, number = self.start + self._ahead + 60, 0, 0
        earlier: list[tuple[float, str]] = []
        while made < self._most:
            number += 1
            [kind] = self._chance.choices(list(self._kinds), list(self._kinds.values()))
            if number % 60 == 0:
                kind = "slip"  # of three accounts at once it would be guessing
            account = f"2{number:011d}"
            if kind == "intrusion" and earlier and at - earlier[0][0] > _AGAIN:
                account = earlier.pop(0)[1]  # again, long after the first was over
            elif kind == "intrusion" and self._chance.random() < 0.2:
                earlier.append((at, account))
            story = self._story(kind, account, at)
            made += len(story.records)
            yield story
            at += self._chance.uniform(0.5, 1.5) * _EVERY

    def _story(self, kind: str, account: str, at: float) -> Story:
        story = Story(kind, account, at, planned=kind == "planned", explained=kind.startswith("task"))
        tell = {
            "intrusion": self._intrusion,
            "signed in with MFA": self._signed_in,
            "access key": self._access_key,
            "planned": self._planned,
            "breakthrough": self._breakthrough,
            "task": self._task,
            "task, late": self._task,
            "watch": self._watch,
            "slip": self._slip,
        }[kind]
        tell(story)
        spread = [one for one in story.records if one.at >= at]
        times = [one.at + self._chance.uniform(0, _SHUFFLE) for one in spread]
        if kind not in ("task", "task, late"):
            self._chance.shuffle(times)
        for one, time in zip(spread, times, strict=True):
            one.at = time
        return story

    def _intrusion(self, story: Story) -> None:
        self._sign_in(story, mfa="No")
        self._calls(story, (*_READS, *_READS, *_CHANGES, *_WORST), self._many(4, 45))

    def _signed_in(self, story: Story) -> None:
        self._sign_in(story, mfa="Yes")
        self._calls(story, _READS, self._many(2, 30))

    def _access_key(self, story: Story) -> None:
        for _ in range(self._many(3, 40)):
            name, service, harm, _ = self._chance.choice((*_READS, *_CHANGES))
            self._add(story, name, service, harm, "critical", identity={"accessKeyId": "AKIAIOSFODNN7EXAMPLE"})

    def _planned(self, story: Story) -> None:
        self._window(story)
        self._sign_in(story, mfa="Yes")
        self._calls(story, (*_READS, *_CHANGES), self._many(5, 40))
        for one in story.records:
            one.severity = "low"

    def _breakthrough(self, story: Story) -> None:
        self._planned(story)
        self._calls(story, _WORST[:2], self._many(1, 3))

    def _slip(self, story: Story) -> None:
        self._sign_in(story, mfa="No", worked=False)
        self._sign_in(story, mfa="Yes")

    def _watch(self, story: Story) -> None:
        for _ in range(self._many(1, 8)):
            self._add(story, "StopLogging", "cloudtrail", "watch", "critical", identity=_admin(story.account))

    def _task(self, story: Story) -> None:
        """Its AssumeRoot arrives minutes before the calls, or minutes after them."""
        late = story.kind == "task, late"
        key = f"ASIA{self._chance.randrange(10**15):016d}"
        who = f"arn:aws:sts::{MANAGEMENT}:assumed-role/Auditor/a{story.account[-6:]}"
        began = story.begins - 200
        expires = datetime.fromtimestamp(began, UTC) + timedelta(minutes=15)
        assumed = self._record("AssumeRoot", "sts", MANAGEMENT, began)
        assumed |= {
            "userIdentity": {"type": "AssumedRole", "arn": who, "accountId": MANAGEMENT},
            "requestParameters": {
                "targetPrincipal": story.account,
                "taskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
            },
            "responseElements": {
                "credentials": {"accessKeyId": key, "expiration": f"{expires:%b %d, %Y, %I:%M:%S %p}"}
            },
        }
        arrives = story.begins + self._chance.uniform(200, 500) if late else began
        story.records.append(Put(arrives, MANAGEMENT, assumed, counts=False))
        session = {"attributes": {"creationDate": _time(began), "mfaAuthenticated": "false"}}
        for _ in range(self._many(2, 8)):
            name, service = self._chance.choice(_AUDITS)
            self._add(story, name, service, "access", "high", identity={"accessKeyId": key, "sessionContext": session})

    def _window(self, story: Story) -> None:
        at = story.begins - self._ahead
        until = datetime.fromtimestamp(story.begins, UTC) + timedelta(hours=3)
        value = f"until={until:%Y-%m-%dT%H:%MZ} ticket=SEC-142"
        tagged = self._record("TagResource", "organizations", MANAGEMENT, at)
        tagged |= {
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::{MANAGEMENT}:assumed-role/SecurityEngineer/ana",
                "accountId": MANAGEMENT,
            },
            "requestParameters": {"resourceId": story.account, "tags": [{"key": "break-glass", "value": value}]},
        }
        story.records.append(Put(at, MANAGEMENT, tagged, harm="watch"))
        self.tags.setdefault(story.account, []).append((at, value))

    def _sign_in(self, story: Story, *, mfa: str, worked: bool = True) -> None:
        severity = "medium" if not worked else "critical" if mfa == "No" else "high"
        self._add(
            story,
            "ConsoleLogin",
            "signin",
            "access",
            severity,
            eventType="AwsConsoleSignIn",
            responseElements={"ConsoleLogin": "Success" if worked else "Failure"},
            additionalEventData={"MFAUsed": mfa},
            **({} if worked else {"errorMessage": "Failed authentication"}),
        )

    def _calls(self, story: Story, menu: tuple[tuple[str, str, str, str], ...], count: int) -> None:
        for _ in range(count):
            name, service, harm, severity = self._chance.choice(menu)
            self._add(story, name, service, harm, severity)

    def _many(self, least: int, most: int) -> int:
        return self._chance.randint(min(least, self._most_calls), min(most, self._most_calls))

    def _add(self, story: Story, name: str, service: str, harm: str, severity: str, **changes: Any) -> None:
        at = story.begins + self._chance.uniform(0, 120)
        identity = changes.pop("identity", {})
        value = self._record(name, service, story.account, story.begins + 1) | changes
        value["userIdentity"] = {**value["userIdentity"], **identity}
        story.records.append(Put(at, story.account, value, harm, severity))

    def _record(self, name: str, service: str, account: str, at: float) -> dict[str, Any]:
        self._number += 1
        return {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "Root",
                "principalId": account,
                "arn": f"arn:aws:iam::{account}:root",
                "accountId": account,
                "accessKeyId": "",
            },
            "eventTime": _time(at),
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": "203.0.113.5",
            "userAgent": "Mozilla/5.0",
            "requestParameters": {"name": "main"} if name == "StopLogging" else None,
            "responseElements": None,
            "eventID": f"{self._chance.getrandbits(32):08x}-0000-4000-8000-{self._number:012d}",
            "readOnly": name.startswith(("List", "Get", "Describe")),
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": account,
            "eventCategory": "Management",
        }


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _admin(account: str) -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{account}:assumed-role/Admin/eve",
        "principalId": "AROAEXAMPLE:eve",
        "accessKeyId": "ASIAI44QH8DHBEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{account}:role/Admin", "accountId": account}
        },
    }
