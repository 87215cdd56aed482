"""Somebody with every right in a member account, but for its root."""

import json
from collections.abc import Callable

import pytest

from rootwatch_local.world import DATA, PAYMENTS, SANDBOX, World
from tests.attacks.acts import by_admin, switched_off, through_a_stack
from tests.attacks.attempts import Attempt
from tests.attacks.conftest import Watched
from tests.support.live import call_now
from tests.support.loudspeaker import loudspeaker

pytestmark = pytest.mark.embedded

ATTACKER = "a member's administrator"
FAR = "ap-southeast-2"
ROOT_USE, WATCH, TAMPERING = "rootwatch-root-use", "rootwatch-watch-events", "rootwatch-tampering"

Begin = Callable[..., Attempt]


def test_switching_off_the_rule_for_root_pages_and_the_log_files_tell_of_root(world: World, attempt: Begin) -> None:
    tries = attempt("silence", "switches off the rule for root, then has root make a user")
    with switched_off(world, SANDBOX.id, FAR, ROOT_USE):
        disabled = by_admin("DisableRule", SANDBOX.id, FAR, source="events", parameters={"name": ROOT_USE})
        tries.emits(disabled)
        tries.pages("who switched it off", "switched off the rule", account=SANDBOX.id, of=disabled)
        used = call_now("CreateUser", SANDBOX.id, FAR, requestParameters={"userName": "backdoor"})
        tries.emits(used)
        world.wait_until_drained()
        assert world.disposition(used["eventID"]) is None
        tries.is_logged(used)
        tries.pages("root's call", "ROOT", account=SANDBOX.id, of=used)


def test_switching_off_every_rule_is_told_by_the_log_files_and_by_the_canary(watched: Watched, attempt: Begin) -> None:
    world = watched.world
    tries = attempt("silence", "switches off all three rules of a Region, the one that would tell of it first")
    with switched_off(world, DATA.id, FAR, TAMPERING, WATCH, ROOT_USE):
        disabled = by_admin("DisableRule", DATA.id, FAR, source="events", parameters={"name": ROOT_USE})
        tries.emits(disabled)
        world.wait_until_drained()
        assert world.disposition(disabled["eventID"]) is None
        tries.is_logged(disabled)
        tries.pages("who switched them off", "switched off the rule", account=DATA.id, of=disabled)
        watched.two_intervals()
        tries.later("the Region is blind", f"rootwatch is blind in {FAR}", account=DATA.id, by="canary", minutes=96)
    watched.heard_again()


def test_a_pattern_without_root_is_found_by_comparison_where_no_record_told_of_it(
    watched: Watched, attempt: Begin
) -> None:
    events = watched.world.aws.client("events", SANDBOX.id, FAR)
    rule = events.describe_rule(Name=ROOT_USE)
    tries = attempt("lower", "cuts root out of a rule's pattern and leaves the canary in; its record is lost")
    pattern = json.loads(rule["EventPattern"])
    [canary] = [branch for branch in pattern["$or"] if "GetCallerIdentity" in json.dumps(branch)]
    pattern["$or"] = [canary, {"detail": {"userIdentity": {"type": ["Nobody"]}}}]
    events.put_rule(Name=ROOT_USE, EventPattern=json.dumps(pattern), State=rule["State"])
    watched.later(hours=24)
    words = "lets other events through than the deployed one"
    tries.later("what differs, critical", words, account=SANDBOX.id, by="comparison", minutes=24 * 60)
    events.put_rule(Name=ROOT_USE, EventPattern=rule["EventPattern"], State=rule["State"])
    watched.heard_again()


@pytest.mark.parametrize(
    ("does", "call", "parameters", "words"),
    [
        (
            "narrows the rule for root by a stack of their own",
            "PutRule",
            {"name": ROOT_USE, "eventPattern": '{"source":["aws.none"]}', "state": "ENABLED"},
            "changed the rule",
        ),
        (
            "has the rule for root send to a bus of their own, by a stack",
            "PutTargets",
            {"rule": ROOT_USE, "targets": [{"id": "hub", "arn": f"arn:aws:events:{FAR}:{PAYMENTS.id}:event-bus/own"}]},
            ROOT_USE,
        ),
    ],
)
def test_what_narrows_the_watch_pages_though_it_looks_like_a_deployment(
    does: str, call: str, parameters: object, words: str, attempt: Begin
) -> None:
    tries = attempt("hide as a deployment", does)
    record = through_a_stack(call, PAYMENTS.id, FAR, source="events", parameters=parameters)
    tries.emits(record)
    tries.pages("at once, critical", words, account=PAYMENTS.id, of=record)


def test_a_flood_of_forged_records_of_others_is_one_page_about_the_sender(world: World, attempt: Begin) -> None:
    tries = attempt("forge", "forwards 10 records of another account's root by a rule and a role of their own")
    forged = [call_now("DeleteTrail", DATA.id, FAR, source="cloudtrail") for _ in range(10)]
    with loudspeaker(world, SANDBOX.id, FAR):
        tries.acts()
        for record in forged:
            world.emit(SANDBOX.id, FAR, record)
        world.receivers.wait_for(lambda _: tries.new_pages(SANDBOX.id), 60)
        world.wait_until_drained()
    [alert] = tries.new_pages(SANDBOX.id)
    assert "forged record of the account" in alert.summary
    assert tries.new_pages() == [alert]
    assert [world.disposition(record["eventID"]) for record in forged] == [None] * 10
    tries.notes("pages: about the sender alone, once", "EventBridge")


def test_a_canary_of_their_own_keeps_no_watch_alive(world: World, attempt: Begin) -> None:
    tries = attempt("forge", "takes the canary's role to make a cut place look heard")
    session = f"arn:aws:sts::{PAYMENTS.id}:assumed-role/rootwatch-canary/rootwatch-made-up"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{PAYMENTS.id}:role/rootwatch/rootwatch-canary"}
    identity = {
        "type": "AssumedRole",
        "arn": session,
        "accountId": PAYMENTS.id,
        "sessionContext": {"sessionIssuer": issuer},
    }
    record = call_now("GetCallerIdentity", PAYMENTS.id, FAR, source="sts", readOnly=True, userIdentity=identity)
    tries.emits(record)
    tries.pages("the role is used by somebody else", "used by somebody else", account=PAYMENTS.id, of=record)
