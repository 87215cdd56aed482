"""The notices of which golden samples are kept: made by the core from records, by hand only where it makes none yet."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.incident import GUESSING_SCOPE, Incident, Moment
from rootwatch.core.lifecycle import tick
from rootwatch.core.notice import Notice
from rootwatch.core.notice import notice as next_notice
from rootwatch.core.ports import Account, Known, Plan
from rootwatch.core.record import Item, Unreadable, from_body
from rootwatch.core.seen import Place, Seen, Trace, Use
from rootwatch.core.settings import Settings
from rootwatch.core.tasks import Task, task_of
from tests.support.records import ACCOUNT, OTHER, THIRD, body, settings, sign_in_body
from tests.unit.render import (
    coverage_samples,
    deployment_samples,
    desk_samples,
    path_samples,
    posture_samples,
    storm_samples,
    watch_samples,
)

AT = datetime.fromisoformat("2026-11-24T03:12:07Z")
SETTINGS = settings(
    runbook_url="https://wiki.example.com/root", networks=[{"name": "office-berlin", "cidr": "198.51.100.0/24"}]
)
COUNTRIES = {"203.0.113.5": "NL", "198.51.100.7": "DE"}
PAYMENTS = Account(id=ACCOUNT, name="prod-payments", path="Root/Workloads/Prod", owner="payments@example.com")
UNNAMED = Account(id=ACCOUNT, unknown="Organizations did not answer (ThrottlingException)")
SESSION = {"sessionContext": {"attributes": {"creationDate": "2026-11-24T03:12:07Z", "mfaAuthenticated": "false"}}}
PRINCIPAL = "arn:aws:sts::111122223333:assumed-role/SecurityEngineer/jane.doe"


def later(minutes: float) -> datetime:
    """So many minutes after the first record of a sample."""
    return AT + timedelta(minutes=minutes)


def item(value: dict[str, Any]) -> Item:
    """A record with an eventID that is the same in every run, and another for another time."""
    time = "".join(filter(str.isdigit, str(value["eventTime"] or "")))[-12:]
    return from_body({**value, "eventID": f"3f6f0b0e-1c2d-4e5f-8a9b-{time:0>12}"}, None)


def plan_of(
    value: dict[str, Any] | Unreadable,
    now: datetime | None = None,
    *,
    account: Account | None = PAYMENTS,
    before: Incident | None = None,
    task: Task | None = None,
    failures: tuple[Moment, ...] = (),
    seen: Seen | None = None,
    with_settings: Settings = SETTINGS,
) -> Plan:
    """What the core plans for one record, three seconds after it happened unless ``now`` is another time."""
    one = value if isinstance(value, Unreadable) else item(value)
    at = getattr(one, "time", None) or AT
    known = Known(
        incidents={before.scope: before} if before else {},
        account=account,
        task=task,
        failures=failures,
        seen={one.account or "": seen or Seen(account=one.account or "")},
        country=COUNTRIES.get(getattr(one, "address", None) or ""),
    )
    return decide(one, known, with_settings, load(), now or at + timedelta(seconds=3))


def first(value: dict[str, Any] | Unreadable, now: datetime | None = None, **known: Any) -> Notice:
    """The first notice that one record makes."""
    return plan_of(value, now, **known).notices[0]


def console(name: str, at: datetime = AT, **changes: Any) -> dict[str, Any]:
    """A call in a console session of root that was begun without MFA."""
    return body(name, at, userIdentity=root(accessKeyId="ASIAIOSFODNN7EXAMPLE", **SESSION), **changes)


def root(account: str = ACCOUNT, **changes: Any) -> dict[str, Any]:
    """A root user's userIdentity."""
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
        **changes,
    }


def remembered() -> Seen:
    """An account whose root was used in March from the office, and which had a restless night."""
    return Seen(
        account=ACCOUNT,
        uses=(
            Use(datetime.fromisoformat("2026-03-02T14:05:11Z"), "signed in to the console with MFA", "an-earlier-one"),
        ),
        networks=(Place("198.51.100.0/24", datetime.fromisoformat("2025-10-07T08:30:00Z"), "the-first-one"),),
        traces=(
            Trace("recovery", "root asked for a recovery of the root password", later(-310), later(-310)),
            Trace(
                "failed-sign-in",
                "root failed to sign in to the console: wrong password or MFA code",
                later(-42),
                later(-4),
                7,
            ),
        ),
    )


def after_sign_in() -> Incident:
    """An open incident: root signed in with MFA."""
    return stored(plan_of(sign_in_body(AT)).incident)


def stored(incident: Incident | None) -> Incident:
    """The incident as the table gives it back."""
    assert incident is not None
    return msgspec.structs.replace(incident, version=incident.version + 1)


def busy(calls: int = 12) -> Incident:
    """An open incident with calls that were folded and not told yet."""
    incident = after_sign_in()
    for number in range(calls):
        name = "ListBuckets" if number % 3 else "GetAccountSummary"
        value = console(name, later(1 + number / 2), awsRegion="eu-central-1", readOnly=True)
        incident = stored(plan_of(value, before=incident).incident)
    return incident


def due(incident: Incident) -> Notice:
    """What time alone tells of an incident when it is due."""
    moved = tick(incident, SETTINGS, incident.due_at)
    assert moved
    return moved[1][0]


def closed() -> Notice:
    incident = busy(4)
    moved = tick(incident, SETTINGS, incident.ends_at(SETTINGS))
    assert moved
    return moved[1][0]


def assume_root(policy: str) -> Task:
    """The task of an AssumeRoot call by a colleague in the management account."""
    value = body(
        "AssumeRoot",
        AT,
        account="111122223333",
        eventSource="sts.amazonaws.com",
        userIdentity={"type": "AssumedRole", "arn": PRINCIPAL, "accountId": "111122223333"},
        requestParameters={
            "targetPrincipal": ACCOUNT,
            "taskPolicyArn": {"arn": f"arn:aws:iam::aws:policy/root-task/{policy}"},
        },
        responseElements={
            "credentials": {"accessKeyId": "ASIAIOSFODNN7EXAMPLE", "expiration": "Nov 24, 2026, 3:27:07 AM"}
        },
    )
    task = task_of(item(value))
    assert task
    return task


def privileged(name: str, policy: str, **changes: Any) -> Notice:
    return first(console(name, later(1), **changes), task=assume_root(policy))


def corrected() -> Notice:
    """The core makes none yet: a page, then the AssumeRoot behind it was seen."""
    opening = plan_of(console("DeleteBucketPolicy", later(1), eventSource="s3.amazonaws.com"))
    task = privileged("DeleteBucketPolicy", "S3UnlockBucketPolicy", eventSource="s3.amazonaws.com")
    incident = msgspec.structs.replace(stored(opening.incident), verdict="privileged-task")
    _, one = next_notice("corrected", incident, SETTINGS, later(4), fact=task.fact)
    page = opening.notices[0].page
    assert page
    return msgspec.structs.replace(one, resolves=(page.dedup_key,))


def corrected_in_part() -> Notice:
    """A sign-in that nobody has explained, and a call whose AssumeRoot came late: the sign-in's page stands."""
    opened = plan_of(sign_in_body(AT, mfa="Yes"))
    assert opened.incident
    task = privileged("DeleteLoginProfile", "IAMDeleteRootUserCredentials")
    return next_notice("corrected", stored(opened.incident), SETTINGS, later(4), fact=task.fact)[1]


def corrected_as_planned() -> Notice:
    """The record of a break-glass tag came after the page that waited for it had gone out."""
    opening, fact = plan_of(sign_in_body(AT, mfa="Yes")), planned().fact
    assert opening.incident
    incident = msgspec.structs.replace(stored(opening.incident), verdict="planned", harms={"access": "low"}, why=())
    return next_notice("corrected", incident, SETTINGS, later(4), fact=fact)[1]


def planned(mfa: str = "Yes") -> Notice:
    """By hand: the fact as a break-glass window leaves it."""
    opening = plan_of(sign_in_body(AT, mfa=mfa))
    assert opening.fact
    assert opening.incident
    fact = msgspec.structs.replace(
        opening.fact,
        severity="low",
        verdict="planned",
        verdict_why="inside a break-glass window until 2026-11-24 06:00Z",
        ticket="SEC-142",
        why=(),
    )
    incident = msgspec.structs.replace(
        opening.incident, verdict="planned", harms={"access": "low"}, paged={}, why=(), notices=0
    )
    return next_notice("planned", incident, SETTINGS, later(0.1), fact=fact)[1]


def guessing() -> Notice:
    failures = tuple(
        Moment(
            time=later(-number),
            network="203.0.113.0/24",
            account=account,
            kind="failed-sign-in",
            key=f"earlier-{account}",
        )
        for number, account in enumerate((OTHER, THIRD), start=1)
    )
    return first(sign_in_body(AT, mfa="No", ok=False), failures=failures)


def guessing_digest() -> Notice:
    opening = guessing().incident
    incident = msgspec.structs.replace(
        opening,
        due_at=later(15),
        seen=13,
        untold=12,
        accounts={ACCOUNT: 5, OTHER: 4, THIRD: 3, "101010101010": 1},
        addresses={"203.0.113.5": 9, "198.51.100.7": 4},
    )
    assert incident.scope == GUESSING_SCOPE
    return due(incident)


def breakthrough() -> Notice:
    one = first(console("CreateAccessKey"))
    assert one.fact
    fact = msgspec.structs.replace(
        one.fact,
        verdict="breakthrough",
        verdict_why="inside a break-glass window, but no window can cover this",
    )
    incident = msgspec.structs.replace(one.incident, verdict="breakthrough")
    return msgspec.structs.replace(one, fact=fact, incident=incident)


def acknowledged(*, all_of_it: bool = True) -> Notice:
    """By hand: a colleague declared a window after the page."""
    opening = plan_of(sign_in_body(AT, mfa="No"))
    page = opening.notices[0].page
    assert page
    said = f"{PRINCIPAL} declared a break-glass window until 06:00 UTC, ticket SEC-142, after these pages. "
    said += (
        "They are acknowledged; resolving them is a person's."
        if all_of_it
        else "It acknowledges nothing, since its record does not say who set it."
    )
    keys = (page.dedup_key,) if all_of_it else ()
    _, one = next_notice("acknowledged", stored(opening.incident), SETTINGS, later(6), acknowledges=keys, note=said)
    return one


def management() -> Notice:
    account = Account(id="111122223333", name="org-management", path="Root", owner="platform@example.com")
    return first(sign_in_body(AT, mfa="No", account="111122223333"), account=account)


def second_network() -> Notice:
    value = sign_in_body(later(6), sourceIPAddress="198.51.100.7", awsRegion="us-east-2")
    return first(value, before=after_sign_in())


def unreadable() -> Notice:
    return first(
        Unreadable(key="0" * 32, reason="it is not valid JSON", mentions_root=True, account=ACCOUNT, region="us-east-1")
    )


def timeless() -> Notice:
    return first(console("ListBuckets", eventSource="s3.amazonaws.com", eventTime=None, sourceIPAddress=None))


def access_key_call(**changes: Any) -> Notice:
    return first(
        body(
            "ListBuckets",
            AT,
            eventSource="s3.amazonaws.com",
            userIdentity=root(accessKeyId="AKIAIOSFODNN7EXAMPLE"),
            userAgent="aws-cli/2.32.0",
            sourceIPAddress="198.51.100.7",
            awsRegion="eu-central-1",
            **changes,
        )
    )


def pinned(notice: Notice) -> Notice:
    """The notice with an incident id that no change of the core's hashing alters."""
    before, after = notice.incident.id, f"{notice.incident.id.rpartition('-')[0]}-0123456789ab"
    page = notice.page
    return msgspec.structs.replace(
        notice,
        incident=msgspec.structs.replace(notice.incident, id=after),
        page=msgspec.structs.replace(page, dedup_key=page.dedup_key.replace(before, after)) if page else None,
        resolves=tuple(key.replace(before, after) for key in notice.resolves),
        acknowledges=tuple(key.replace(before, after) for key in notice.acknowledges),
    )


_MAKERS: dict[str, Callable[[], Notice]] = {
    "sign-in-without-mfa": lambda: first(sign_in_body(AT, mfa="No")),
    "sign-in-mfa-unknown": lambda: first(sign_in_body(AT, mfa=None)),
    "sign-in-restless-night": lambda: first(sign_in_body(AT, mfa="No"), seen=remembered()),
    "sign-in-from-office": lambda: first(sign_in_body(AT, sourceIPAddress="198.51.100.7"), seen=remembered()),
    "sign-in-with-mfa": lambda: first(sign_in_body(AT, mfa="Yes")),
    "access-key-made": lambda: first(console("CreateAccessKey")),
    "long-term-key-used": access_key_call,
    "denied-call": lambda: first(
        console("DeleteTrail", eventSource="cloudtrail.amazonaws.com", errorCode="AccessDenied")
    ),
    "unreadable": unreadable,
    "without-time-and-address": timeless,
    "recovery-requested": lambda: first(
        body("PasswordRecoveryRequested", AT, eventSource="signin.amazonaws.com", eventType="AwsConsoleSignIn")
    ),
    "failed-sign-in": lambda: first(sign_in_body(AT, mfa="No", ok=False)),
    "management-account": management,
    "account-name-unknown": lambda: first(sign_in_body(AT, mfa="No"), account=UNNAMED),
    "heard-late": lambda: first(sign_in_body(AT, mfa="No"), later(12)),
    "read-in-a-log-file": lambda: msgspec.structs.replace(
        first(sign_in_body(AT, mfa="No"), later(6)), from_log_file=True
    ),
    "escalated": lambda: first(console("CreateAccessKey", later(4)), before=after_sign_in()),
    "escalated-second-network": second_network,
    "digest": lambda: due(busy()),
    "closed": closed,
    "guessing": guessing,
    "guessing-digest": guessing_digest,
    "privileged-task": lambda: privileged(
        "DeleteBucketPolicy", "S3UnlockBucketPolicy", eventSource="s3.amazonaws.com", awsRegion="eu-central-1"
    ),
    "privileged-task-audit": lambda: privileged("ListAccessKeys", "IAMAuditRootUserCredentials", readOnly=True),
    "corrected": corrected,
    "corrected-in-part": corrected_in_part,
    "corrected-as-planned": corrected_as_planned,
    "planned": planned,
    "breakthrough": breakthrough,
    "acknowledged": acknowledged,
    "declared-too-late": lambda: acknowledged(all_of_it=False),
    "duplicates-possible": lambda: msgspec.structs.replace(first(sign_in_body(AT, mfa="No")), duplicates_possible=True),
}

CASES: dict[str, Callable[[], Notice]] = {
    name: (lambda make=make: pinned(make()))
    for name, make in {
        **_MAKERS,
        **watch_samples.MAKERS,
        **desk_samples.MAKERS,
        **path_samples.MAKERS,
        **coverage_samples.MAKERS,
        **deployment_samples.MAKERS,
        **posture_samples.MAKERS,
        **storm_samples.MAKERS,
    }.items()
}
