"""Whoever has the root user of a member account."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from rootwatch.edge import items
from rootwatch_local.world import DATA, HUB_REGION, PAYMENTS, SANDBOX, World
from tests.attacks.acts import CLOUDFORMATION, of_root, session_key, switched_off, tagged, until
from tests.attacks.attempts import Attempt
from tests.support.live import call_now, sign_in_now
from tests.support.records import assume_root

pytestmark = pytest.mark.embedded

ATTACKER = "a member's root"
FAR = "ap-southeast-2"
ROOT_USE = "rootwatch-root-use"

Begin = Callable[..., Attempt]


def test_root_that_switches_off_the_rule_for_root_is_told_by_another_rule(world: World, attempt: Begin) -> None:
    tries = attempt("silence", "switches off the rule for root")
    with switched_off(world, DATA.id, FAR, ROOT_USE):
        record = call_now("DisableRule", DATA.id, FAR, source="events", requestParameters={"name": ROOT_USE})
        tries.emits(record)
        tries.pages("critical", "ROOT", account=DATA.id, of=record)


def test_a_trail_that_a_member_may_not_stop_is_told_with_the_refusal(attempt: Begin) -> None:
    tries = attempt("silence", "tries to stop the organisation's trail, which AWS refuses to a member")
    parameters = {"name": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/rootwatch"}
    record = call_now(
        "StopLogging",
        PAYMENTS.id,
        FAR,
        source="cloudtrail",
        requestParameters=parameters,
        errorCode="InsufficientServiceLinkedRolePermissionException",
        errorMessage="Access denied",
    )
    tries.emits(record)
    tries.pages("what was tried", "ROOT", "tried to", account=PAYMENTS.id, of=record)


def test_a_window_of_ones_own_account_is_none(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "declares a window for its own account in a record of its own, then signs in")
    root = of_root(SANDBOX.id, session_key())
    declared = tagged(SANDBOX.id, f"until={until(2)} ticket=SEC-142", caller=SANDBOX.id, identity=root)
    tries.emits(declared)
    world.wait_until_taken(declared["eventID"])
    record = sign_in_now(SANDBOX.id)
    tries.emits(record)
    tries.pages("the sign-in, unplanned", "ROOT now also: sign-in with MFA", account=SANDBOX.id, of=record)


def test_an_audit_without_an_assume_root_pages_when_its_time_is_over(world: World, attempt: Begin) -> None:
    tries = attempt("hide as a colleague", "looks at root's credentials as a colleague's audit would")
    identity = of_root(DATA.id, session_key())
    record = call_now("ListAccessKeys", DATA.id, "us-east-1", userIdentity=identity, readOnly=True)
    tries.emits(record)
    tries.tells("at once, that no AssumeRoot is known", "ROOT", "prod-data", of=record)
    assert tries.new_pages() == []
    held = _due_pages(world)
    assert len(held) == 1
    due_at = datetime.strptime(held[0]["due_at"]["S"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert 0 < (due_at - datetime.now(UTC)).total_seconds() <= 90
    _become_due(world, held[0])
    world.sweep()
    tries.later("the call, after 90 seconds", "ROOT", account=DATA.id, by="sweep", minutes=2)


def test_an_assume_root_of_the_members_own_explains_nothing(world: World, attempt: Begin) -> None:
    tries = attempt("hide as a colleague", "has an AssumeRoot of its own account logged for the key that it then uses")
    key = session_key()
    own = assume_root(
        datetime.now(UTC), "IAMDeleteRootUserCredentials", target=PAYMENTS.id, caller=PAYMENTS.id, key=key
    )
    tries.emits(own.body)
    record = call_now("CreateAccessKey", PAYMENTS.id, "us-east-1", userIdentity=of_root(PAYMENTS.id, key))
    tries.emits(record)
    tries.pages("the call, critical", "ROOT made a long-term access key", account=PAYMENTS.id, of=record)


@pytest.mark.parametrize(
    ("does", "call"),
    [("makes an administrator by a stack", "CreateUser"), ("deletes a rule of rootwatch by a stack", "DeleteRule")],
)
def test_what_a_service_does_for_root_is_told_as_root(does: str, call: str, attempt: Begin) -> None:
    tries = attempt("hide through a service", does)
    identity = {**of_root(SANDBOX.id, session_key()), "invokedBy": CLOUDFORMATION}
    source, parameters = ("iam", {"userName": "backdoor"}) if call == "CreateUser" else ("events", {"name": ROOT_USE})
    record = call_now(
        call,
        SANDBOX.id,
        FAR,
        source=source,
        userIdentity=identity,
        sourceIPAddress=CLOUDFORMATION,
        requestParameters=parameters,
    )
    tries.emits(record)
    tries.pages(
        "the call, and through what", "ROOT", "through cloudformation.amazonaws.com", account=SANDBOX.id, of=record
    )


def test_a_call_too_large_for_eventbridge_is_told_by_the_log_files(world: World, attempt: Begin) -> None:
    tries = attempt("silence", "makes a call of more than 256 KB, which EventBridge does not carry")
    parameters = {"userName": "backdoor", "policyDocument": "x" * 270_000}
    record = call_now("PutUserPolicy", DATA.id, FAR, requestParameters=parameters)
    tries.is_logged(record)
    tries.pages("the call", "ROOT", account=DATA.id, of=record)


def test_a_flood_of_calls_hides_no_key_that_is_made_in_it(world: World, attempt: Begin) -> None:
    tries = attempt("flood", "makes 24 harmless calls, six at a time, and a key of root after them")
    calls = [call_now("ListUsers", PAYMENTS.id, "us-east-1", readOnly=True) for _ in range(24)]
    tries.floods(calls, at_once=6)
    made = call_now("CreateAccessKey", PAYMENTS.id, "us-east-1")
    tries.emits(made)
    tries.pages("the key, critical", "now also", "made a long-term access key", account=PAYMENTS.id, of=made)
    assert len(tries.new_pages(PAYMENTS.id)) <= 2, "the first call, and the key"


def _due_pages(world: World) -> list[dict[str, Any]]:
    pages = _table(world).get_paginator("scan").paginate(TableName=world.table)
    every = [item for page in pages for item in page["Items"]]
    return [one for one in every if one["SK"]["S"].startswith("SEND#pagerduty#") and one["state"]["S"] == "due"]


def _become_due(world: World, item: dict[str, Any]) -> None:
    _table(world).update_item(
        TableName=world.table,
        Key={"PK": item["PK"], "SK": item["SK"]},
        UpdateExpression="SET due_at = :now",
        ExpressionAttributeValues={":now": items.s(items.stamp(datetime.now(UTC)))},
    )


def _table(world: World) -> Any:
    return world.aws.client("dynamodb", world.hub, HUB_REGION)
