"""Whoever has the root user of the management account: the most dangerous one there is."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from rootwatch_local.world import DATA, HUB_REGION, MANAGEMENT, SANDBOX, World
from tests.attacks.acts import of_root, session_key, tagged, until
from tests.attacks.attempts import Attempt
from tests.attacks.conftest import Watched
from tests.support.live import call_now, sign_in_now
from tests.support.records import assume_root

pytestmark = pytest.mark.embedded

ATTACKER = "the management account's root"
STACK_SET = {"stackSetName": "rootwatch-members"}

Begin = Callable[..., Attempt]


def test_its_sign_in_pages(attempt: Begin) -> None:
    tries = attempt("silence", "signs in to an account that no StackSet reaches")
    record = sign_in_now(MANAGEMENT.id)
    tries.emits(record)
    tries.pages("the sign-in", "ROOT sign-in with MFA", account=MANAGEMENT.id, of=record)


@pytest.mark.parametrize(
    ("tried", "does", "call", "source", "parameters"),
    [
        ("silence", "takes the rules from all members", "DeleteStackInstances", "cloudformation", STACK_SET),
        ("silence", "takes the members out of the organisation", "RemoveAccountFromOrganization", "organizations",
         {"accountId": DATA.id}),
        ("silence", "takes trusted access from CloudTrail", "DisableAWSServiceAccess", "organizations",
         {"servicePrincipal": "cloudtrail.amazonaws.com"}),
        ("hide as a deployment", "updates the members' StackSet to a template of its own", "UpdateStackSet",
         "cloudformation", STACK_SET),
    ],
)  # fmt: skip
def test_what_takes_the_watch_away_pages_before_it_is_gone(
    tried: str, does: str, call: str, source: str, parameters: object, attempt: Begin
) -> None:
    tries = attempt(tried, does)
    record = call_now(call, MANAGEMENT.id, "us-east-1", source=source, requestParameters=parameters)
    tries.emits(record)
    tries.pages("the call", "ROOT", account=MANAGEMENT.id, of=record)


def test_a_trail_that_stands_still_is_told_though_its_record_is_lost(watched: Watched, attempt: Begin) -> None:
    trails = watched.world.aws.client("cloudtrail", MANAGEMENT.id, HUB_REGION)
    [trail] = trails.describe_trails()["trailList"]
    tries = attempt("silence", "stops the organisation's trail; the record of it is lost")
    trails.stop_logging(Name=trail["TrailARN"])
    watched.later(minutes=5)
    tries.later("the trail is stopped, critical", "is stopped", account=MANAGEMENT.id, by="trail status", minutes=5)
    trails.start_logging(Name=trail["TrailARN"])
    watched.later(minutes=5)


def test_a_window_that_root_declares_is_none(world: World, attempt: Begin) -> None:
    tries = attempt("lower", "declares a window for a member, then uses that member's root")
    root = of_root(MANAGEMENT.id, session_key())
    declared = tagged(SANDBOX.id, f"until={until(2)} ticket=SEC-142", identity=root)
    tries.emits(declared)
    world.wait_until_taken(declared["eventID"])
    record = sign_in_now(SANDBOX.id)
    tries.emits(record)
    tries.pages("the sign-in, unplanned", "ROOT sign-in with MFA", account=SANDBOX.id, of=record)


def test_a_colleagues_task_covers_what_its_policy_allows_and_nothing_else(world: World, attempt: Begin) -> None:
    tries = attempt("hide as a colleague", "has an audit's AssumeRoot made, and makes a key of root with its session")
    key = session_key()
    made = assume_root(datetime.now(UTC), target=DATA.id, caller=MANAGEMENT.id, key=key).body
    tries.emits(made)
    world.wait_until_taken(made["eventID"])
    record = call_now("CreateAccessKey", DATA.id, "us-east-1", userIdentity=of_root(DATA.id, key))
    tries.emits(record)
    tries.pages("the key, critical", "long-term access key", account=DATA.id, of=record)
