"""The notices of deployments of which golden samples are kept: how one begins, that it is not confirmed, its end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.deployment_check import touched
from rootwatch.core.deployment_notices import ended, overdue
from rootwatch.core.fact import Fact
from rootwatch.core.incident import Incident
from rootwatch.core.notice import Notice
from rootwatch.core.ports import Account, Known
from rootwatch.core.progress import Progress
from rootwatch.core.record import Record
from tests.support.deployments import MANIFEST, execute_change_set, put_rule, put_targets, update_function
from tests.support.records import ACCOUNT, HUB, OTHER, settings

AT = datetime.fromisoformat("2026-11-24T09:12:07Z")
SETTINGS = settings()
STORY = (
    execute_change_set(AT),
    update_function(AT + timedelta(seconds=40)),
    *(put_rule(AT + timedelta(minutes=4), account) for account in (ACCOUNT, OTHER)),
    *(put_targets(AT + timedelta(minutes=4), account) for account in (ACCOUNT, OTHER)),
)
DIFFERS = f"in {ACCOUNT} us-east-1 the rule rootwatch-root-use lets other events through than the deployed one"


def told(*records: Record) -> tuple[list[Notice], Incident, list[Fact]]:
    notices: list[Notice] = []
    facts: list[Fact] = []
    incidents: dict[str, Incident] = {}
    for number, record in enumerate(records):
        one = msgspec.structs.replace(
            record, key=f"key-{number}", event_id=f"3f6f0b0e-1c2d-4e5f-8a9b-{number:012d}", user_agent="aws-cli/2.32.0"
        )
        known = Known(incidents=incidents, account=Account(id=HUB, name="security"), manifest=MANIFEST)
        plan = decide(one, known, SETTINGS, load(), (one.time or AT) + timedelta(seconds=3))
        assert plan.incident
        assert plan.fact
        incidents = {plan.incident.scope: plan.incident}
        notices += plan.notices
        facts.append(plan.fact)
    return notices, incidents[plan.incident.scope], facts


def begun(*records: Record) -> Notice:
    return told(*records)[0][0]


def over() -> Notice:
    _, incident, facts = told(*STORY)
    changed = touched(facts, incident.processed_at, [rule.name for rule in MANIFEST.rules])
    return ended(incident, changed, (), SETTINGS, AT + timedelta(minutes=20)).notices[0]


def not_confirmed(*wrong: str, records: tuple[Record, ...] = STORY) -> Notice:
    _, incident, _ = told(*records)
    progress = (incident.progress or Progress()).looked(AT + timedelta(minutes=5), AT, wrong, ())
    if wrong:
        incident = msgspec.structs.replace(incident, progress=progress)
    moved = overdue(incident, SETTINGS, AT + timedelta(minutes=16))
    assert moved
    return moved[1][0]


MAKERS: dict[str, Callable[[], Notice]] = {
    "watch-deployment": lambda: begun(*STORY),
    "watch-deployment-by-nobody-known": lambda: begun(put_rule(AT)),
    "watch-deployment-over": over,
    "watch-deployment-not-confirmed": lambda: not_confirmed(
        DIFFERS, f"in {HUB} eu-central-1 there is nothing to compare it with: UpdateSchedule on rootwatch-sweep"
    ),
    "watch-deployment-not-compared": lambda: not_confirmed(records=(put_rule(AT),)),
    "watch-deployment-narrows": lambda: begun(put_rule(AT, change={"state": "ENABLED"})),
}
