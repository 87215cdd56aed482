"""Privileged tasks: sts:AssumeRoot, and whether one stands behind a call that CloudTrail logs as plain root.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html (the policies under ``root-task/``)
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from rootwatch.core import fields
from rootwatch.core.callers import Caller
from rootwatch.core.fact import Fact
from rootwatch.core.record import Record
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity

_LONGEST_SECONDS: Final = 900
_CLOCK_SKEW: Final = timedelta(seconds=60)

AUDIT: Final = "IAMAuditRootUserCredentials"
_ON_CREDENTIALS: Final = frozenset({AUDIT, "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials"})
_SEVERITY: Final[dict[str, Severity]] = {
    "IAMAuditRootUserCredentials": "low",
    "IAMCreateRootUserPassword": "high",
    "IAMDeleteRootUserCredentials": "medium",
    "S3UnlockBucketPolicy": "medium",
    "SQSUnlockQueuePolicy": "medium",
}


class Task(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One AssumeRoot that succeeded: who may act as root where, for what, until when."""

    access_key_id: str
    key: str
    principal: str | None
    caller: str | None
    target: str | None
    policy: str
    at: datetime
    expires: datetime
    address: str | None = None
    first_time: bool = False  # the principal was never seen to call AssumeRoot before
    busy: bool = False  # it may change more than five accounts within an hour

    @property
    def changes(self) -> bool:
        """Whether the policy allows to change anything."""
        return self.policy != AUDIT

    @property
    def severity(self) -> Severity:
        """Of what the task policy allows; an unknown policy is high, and so are changes in many accounts at once."""
        return "high" if self.busy else _SEVERITY.get(self.policy, "high")


def is_assume_root(record: Record) -> bool:
    """Whether the record is a call of sts:AssumeRoot, granted or refused."""
    return record.name == "AssumeRoot" and record.source == "sts.amazonaws.com"


def task_of(record: Record) -> Task | None:
    """The task that a successful AssumeRoot began, or None: it was refused, or says too little to join anything."""
    credentials = fields.inside(record.body, "responseElements", "credentials")
    access_key_id = fields.text(fields.inside(credentials, "accessKeyId"), 128)
    if not is_assume_root(record) or record.error_code or not access_key_id or record.time is None:
        return None
    request = record.body.get("requestParameters")
    target = fields.inside(request, "targetPrincipal")
    seconds = fields.inside(request, "durationSeconds")
    policy = fields.text(fields.inside(request, "taskPolicyArn", "arn")) or fields.text(
        fields.inside(request, "taskPolicyArn")
    )
    return Task(
        access_key_id=access_key_id,
        key=record.key,
        principal=record.identity.arn if record.identity else None,
        caller=record.account,
        target=fields.account_id(target) or fields.account_of_arn(target),
        policy=(policy or "").rpartition("/")[2],
        at=record.time,
        expires=_expiry(fields.inside(credentials, "expiration"), record.time, seconds),
        address=record.address,
    )


def why_not(task: Task, fact: Fact, settings: Settings) -> str | None:
    """Why this task does not stand behind this root call; None when it does."""
    if task.caller not in settings.may_assume_root:
        return f"AssumeRoot was called from {task.caller}, which is neither the management account nor a delegated one"
    if task.target is None or task.target != fact.account:
        return f"AssumeRoot named the account {task.target}"
    if fact.event_time is None or not task.at - _CLOCK_SKEW <= fact.event_time <= task.expires + _CLOCK_SKEW:
        return "the call lies outside of the session's time"
    # Every task on root's credentials may look at them first.
    looks = fact.central == AUDIT and task.policy in _ON_CREDENTIALS
    if not fact.central or (fact.central != task.policy and not looks):
        return f"the task policy {task.policy or '(none)'} does not allow {fact.action}"
    return None


def as_task(fact: Fact, task: Task) -> Fact:
    """The fact with the task's severity in place of the catalogue's; never "without MFA": who called AssumeRoot signed
    in elsewhere."""
    return msgspec.structs.replace(
        fact,
        kind="privileged-task",
        severity=task.severity,
        alone=fact.alone or fact.severity,
        hold=0,
        verdict="privileged-task",
        verdict_why=_who(task),
        mfa="not-applicable",
        principal=task.principal,
        policy=task.policy,
        title=f"privileged task: {fact.says}",
        says=f"{fact.says}, as a privileged task ({task.policy}) by {task.principal}",
        do_now="Ask the principal named here whether this was theirs; it needs no more than that.",
        why=(),
    )


def _who(task: Task) -> str:
    said = f"AssumeRoot was called at {task.at:%H:%M:%SZ} from account {task.caller}"
    if task.first_time:
        said += ", by a principal that was never seen to call it before"
    if task.busy:
        said += ", by a principal that asked for more than five accounts within an hour"
    return said


def known_by(task: Task, caller: Caller) -> tuple[Task, Caller]:
    """The task with what is known of its caller, and the caller with one more task."""
    if task.target is None:
        return task, caller
    after = caller.asked(task.target, task.at, changes=task.changes)
    busy = task.changes and after.is_busy(task.at)
    return msgspec.structs.replace(task, first_time=caller.is_new, busy=busy), after


def _expiry(value: object, at: datetime, seconds: object) -> datetime:
    """CloudTrail writes "Oct 25, 2024, 9:07:11 PM"; without a readable one, what was asked for, 900 s at most."""
    said = fields.moment(value)
    if said is None and isinstance(value, str):
        try:
            said = datetime.strptime(value.replace("\u202f", " "), "%b %d, %Y, %I:%M:%S %p").replace(tzinfo=UTC)
        except ValueError:
            said = None
    longest = at + timedelta(seconds=_LONGEST_SECONDS)
    if said is not None:
        return min(said, longest)
    asked = seconds if isinstance(seconds, int) and 0 < seconds <= _LONGEST_SECONDS else _LONGEST_SECONDS
    return at + timedelta(seconds=asked)
