"""The notices of watch events of which golden samples are kept, made by the core from records."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.lifecycle import tick
from rootwatch.core.network import names_aws
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Account, Known
from rootwatch.core.record import Record
from rootwatch.core.rehearsal import Rehearsal, rehearsed
from rootwatch.core.scopes import needs
from rootwatch.core.tags import Tags, taggings_of
from tests.support.records import ACCOUNT, HUB, MANAGEMENT, OTHER, THIRD, assume_root, settings, tag
from tests.support.watch import by_stack_sets, delete_rule, done, in_organizations, service_event, stop_logging

AT = datetime.fromisoformat("2026-11-24T03:12:07Z")
SETTINGS = settings()
NAMES = {ACCOUNT: "prod-payments", MANAGEMENT: "org-management", OTHER: "prod-data", THIRD: "staging"}
WINDOW = "until=2026-11-24T06:00Z ticket=SEC-142"


def told(*records: Record) -> list[Notice]:
    """All that these records make, one after another, each heard three seconds after it happened."""
    notices: list[Notice] = []
    incidents, tags = {}, {}
    for number, record in enumerate(records):
        one = msgspec.structs.replace(
            record, key=f"key-{number}", event_id=f"3f6f0b0e-1c2d-4e5f-8a9b-{number:012d}", user_agent="aws-cli/2.32.0"
        )
        country = None if names_aws(one.address) else "NL"
        now = (one.time or AT) + timedelta(seconds=3)
        account = needs(one, SETTINGS, now).account or ""
        named = Account(id=account, name=NAMES.get(account), path="Root/Workloads", owner="owner@example.com")
        plan = decide(one, Known(incidents=incidents, tags=tags, account=named, country=country), SETTINGS, load(), now)
        for tagging in taggings_of(one, SETTINGS):
            known = tags.get(tagging.account, Tags(account=tagging.account))
            tags = {**tags, tagging.account: known.with_more(tagging)}
        assert plan.incident
        incidents = {plan.incident.scope: plan.incident}
        notices += plan.notices
    return notices


def first(*records: Record) -> Notice:
    return told(*records)[0]


def moved(minutes: float, *records: Record) -> Notice:
    """What time alone tells after these records; the last of them was folded."""
    notices: list[Notice] = []
    incident = None
    for number, record in enumerate(records):
        one = msgspec.structs.replace(record, key=f"key-{number}")
        named = Account(id=record.account or "", name=NAMES.get(record.account or ""))
        known = Known(incidents={incident.scope: incident} if incident else {}, account=named)
        incident = decide(one, known, SETTINGS, load(), one.time or AT).incident
    assert incident
    after = tick(incident, SETTINGS, AT + timedelta(minutes=minutes))
    assert after
    notices += after[1]
    return notices[0]


def forged() -> Notice:
    record = stop_logging(AT, account=THIRD)
    return first(msgspec.structs.replace(record, recipient=ACCOUNT))


def habit() -> Notice:
    days = [AT - timedelta(days=day) for day in (2, 1, 0)]
    values = [f"until={day + timedelta(hours=11):%Y-%m-%dT%H:%MZ} ticket=SEC-142" for day in days]
    return told(*(tag(value, day) for value, day in zip(values, days, strict=True)))[-1]


def rehearsal() -> Notice:
    asked = Rehearsal(
        nonce="0a1b2c3d4e5f",
        step="alert",
        asked_by=f"arn:aws:sts::{HUB}:assumed-role/SecurityEngineer/ana",
        asked_at=AT,
        channels=("pagerduty", "slack", "sns"),
    )
    hub = Account(id=HUB, name="security")
    [notice] = rehearsed(asked, Known(account=hub), SETTINGS, AT + timedelta(seconds=1)).notices
    return notice


MAKERS: dict[str, Callable[[], Notice]] = {
    "watch-trail-stopped": lambda: first(stop_logging(AT)),
    "watch-trail-stop-denied": lambda: first(stop_logging(AT, errorCode="AccessDenied")),
    "watch-rule-deleted": lambda: first(delete_rule(AT)),
    "watch-stack-sets": lambda: first(delete_rule(AT, **by_stack_sets(OTHER))),
    "watch-part-changed": lambda: first(
        done("PutRolePolicy", "iam", AT, parameters={"roleName": "rootwatch-forwarding", "policyName": "forward"})
    ),
    "watch-forged-record": forged,
    "watch-window-declared": lambda: first(tag(WINDOW, AT)),
    "watch-no-window": lambda: first(tag("until=tomorrow ticket=SEC-142", AT)),
    "watch-window-habit": habit,
    "watch-tag-removed": lambda: first(tag(None, AT)),
    "watch-ticket-approved": lambda: first(tag("SEC-142", AT, key="break-glass-approval")),
    "watch-assume-root-refused": lambda: first(assume_root(AT, errorCode="AccessDenied")),
    "watch-root-access-on": lambda: first(done("EnableOrganizationsRootSessions", "iam", AT, account=MANAGEMENT)),
    "watch-root-access-delegated": lambda: first(
        in_organizations(
            "RegisterDelegatedAdministrator",
            AT,
            parameters={"accountId": OTHER, "servicePrincipal": "iam.amazonaws.com"},
        )
    ),
    "watch-root-email-changed": lambda: first(
        done("AcceptPrimaryEmailUpdate", "account", AT, account=MANAGEMENT, parameters={"accountId": ACCOUNT})
    ),
    "watch-account-joined": lambda: first(service_event("AccountJoinedOrganization", {"accountId": THIRD}, AT)),
    "watch-account-moved": lambda: first(
        in_organizations(
            "MoveAccount", AT, parameters={"accountId": ACCOUNT, "destinationParentId": "ou-abcd-12345678"}
        )
    ),
    "watch-account-left": lambda: first(service_event("AccountDepartedOrganization", {"accountId": ACCOUNT}, AT)),
    "watch-account-removed": lambda: first(
        in_organizations("RemoveAccountFromOrganization", AT, parameters={"accountId": ACCOUNT})
    ),
    "watch-account-closed": lambda: first(in_organizations("CloseAccount", AT, parameters={"accountId": ACCOUNT})),
    "watch-organisation-deleted": lambda: first(in_organizations("DeleteOrganization", AT)),
    "watch-escalated": lambda: told(
        done("PutEventSelectors", "cloudtrail", AT, parameters={"trailName": "main"}),
        stop_logging(AT + timedelta(minutes=2)),
    )[-1],
    "watch-digest": lambda: moved(
        17, *(delete_rule(AT, **by_stack_sets(account)) for account in (OTHER, THIRD, ACCOUNT))
    ),
    "watch-closed": lambda: moved(31, stop_logging(AT)),
    "rehearsal": rehearsal,
}
