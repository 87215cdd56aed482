"""The notices of coverage of which golden samples are kept: silences by cause, and what is not as it was deployed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from rootwatch.core.comparison import ROOT_USE_RULE
from rootwatch.core.deviations import weigh
from rootwatch.core.fact import Fact
from rootwatch.core.membership import missing
from rootwatch.core.notice import Notice
from rootwatch.core.observe import observed, over
from rootwatch.core.ports import Account, Known
from rootwatch.core.roll import Roll
from rootwatch.core.silence_causes import EVERYTHING, MANY, REGION
from rootwatch.core.silence_facts import heard_again, silent
from rootwatch.core.silences import Over, Silence
from rootwatch.core.trail_status import Trouble, trouble_fact
from tests.support.records import ACCOUNT, OTHER, THIRD, settings

AT = datetime.fromisoformat("2026-11-24T03:12:07Z")
NOW = AT + timedelta(minutes=31)
SETTINGS = settings()
NAMED = Account(id=ACCOUNT, name="prod-payments", path="Root/Workloads/Prod", owner="payments@example.com")
HUB = Account(id=SETTINGS.hub_account, name="security", path="Root/Security", owner="security@example.com")
PAYER = Account(id=SETTINGS.management_account, name="org-management", path="Root", owner="platform@example.com")
GONE = f"the rule {ROOT_USE_RULE} is gone"


def first(fact: Fact, named: Account | None = NAMED) -> Notice:
    [notice] = observed(fact, Known(account=named), SETTINGS, NOW).notices
    return notice


def ended(began: Fact, ending: Fact, named: Account | None = NAMED) -> Notice:
    told = observed(began, Known(account=named), SETTINGS, NOW).incident
    assert told
    plan = over(ending, Known(incidents={told.scope: told}, account=named), SETTINGS, NOW + timedelta(hours=1))
    assert plan
    return plan.notices[0]


def silence(cause: str, *accounts: str, state: str = "blind", regions: tuple[str, ...] = ("us-east-1",)) -> Fact:
    places = tuple((account, region) for account in accounts for region in regions)
    reasons = [GONE] if cause.isdigit() and state == "blind" else []
    return silent(Silence(cause=cause, state=state, since=AT, places=places), reasons, SETTINGS, NOW)


def again() -> Notice:
    ending = Over(cause=ACCOUNT, since=AT, heard_at=AT + timedelta(minutes=71), falls=1)
    return ended(silence(ACCOUNT, ACCOUNT), heard_again(ending, NOW))


def deviates(*words: str) -> Notice:
    roll = Roll(account=ACCOUNT, since=AT).covering(("us-east-1", "eu-central-1"), AT)
    place = msgspec.structs.replace(roll.places["us-east-1"], state="fast", compared_at=NOW, differs=words)
    roll = msgspec.structs.replace(roll, places={**roll.places, "us-east-1": place})
    [fact] = weigh([roll], SETTINGS, NOW).began
    return first(fact)


def account_missing() -> Notice:
    fact = missing(Roll(account=ACCOUNT, since=AT, gone=AT), None, NOW)
    assert fact
    return first(fact)


def trail(*troubles: Trouble) -> Fact:
    return trouble_fact(troubles, AT, SETTINGS, NOW)


STOPPED = Trouble("the trail main is stopped")

MAKERS: dict[str, Callable[[], Notice]] = {
    "watch-silent-region": lambda: first(silence(ACCOUNT, ACCOUNT)),
    "watch-silent-account": lambda: first(silence(ACCOUNT, ACCOUNT, regions=SETTINGS.regions)),
    "watch-silent-hub-account": lambda: first(silence(HUB.id, HUB.id, regions=SETTINGS.regions), HUB),
    "watch-silent-one-region-everywhere": lambda: first(silence(f"{REGION}us-east-1", ACCOUNT, OTHER, THIRD), None),
    "watch-silent-many": lambda: first(silence(MANY, ACCOUNT, OTHER, THIRD), None),
    "watch-silent-everywhere": lambda: first(silence(EVERYTHING, ACCOUNT, OTHER, HUB.id), None),
    "watch-silent-bus": lambda: first(silence(EVERYTHING, ACCOUNT, OTHER, THIRD), None),
    "watch-slow": lambda: first(silence(ACCOUNT, ACCOUNT, state="backstop-only")),
    "watch-heard-again": again,
    "watch-rule-deviates": lambda: deviates(
        f"the rule {ROOT_USE_RULE} lets other events through than the deployed one"
    ),
    "watch-rule-not-read-only": lambda: deviates(
        "the rule rootwatch-tampering does not see read-only calls any more (its state is ENABLED)"
    ),
    "watch-account-missing": account_missing,
    "watch-trail-trouble": lambda: first(trail(STOPPED), PAYER),
    "watch-trail-well-again": lambda: ended(trail(STOPPED), trail(), PAYER),
}
