"""What differs between deployed rules and those that should be, and when that is told."""

from datetime import timedelta

import msgspec
import pytest

from rootwatch.core.comparison import Manifest, Rule, Target, concerns_root, differences, from_json
from rootwatch.core.deviations import weigh
from rootwatch.core.roll import Roll
from tests.support.records import ACCOUNT, NOON, settings

SETTINGS = settings()
BUS = "arn:aws:events:eu-central-1:123456789012:event-bus/rootwatch"
ROLE = "arn:aws:iam::{account}:role/rootwatch/rootwatch-forwarding"
ROOT = Rule(
    name="rootwatch-root-use",
    pattern={"source": [{"prefix": "aws."}]},
    state="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    targets=(Target(arn=BUS, role_arn=ROLE),),
)
TAMPERING = msgspec.structs.replace(ROOT, name="rootwatch-tampering")
MANIFEST = Manifest(rules=(TAMPERING, ROOT))
REGIONS = ("us-east-1", "eu-central-1")


def deployed(rule, **changes):
    """A rule as an account's own EventBridge shows it."""
    role = ROLE.replace("{account}", ACCOUNT)
    return msgspec.structs.replace(rule, **{"targets": (Target(arn=BUS, role_arn=role),), **changes})


def found(**changes):
    return {rule.name: deployed(rule, **(changes if rule is ROOT else {})) for rule in MANIFEST.rules}


def test_what_was_deployed_does_not_differ():
    assert differences(MANIFEST, found(), ACCOUNT) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pattern": {"source": ["aws.none"]}}, "lets other events through than the deployed one"),
        ({"state": "ENABLED"}, "does not see read-only calls any more (its state is ENABLED)"),
        ({"state": "DISABLED"}, "is in the state DISABLED"),
        ({"targets": ()}, "does not send to the hub any more"),
        ({"targets": (Target(arn=BUS, role_arn="arn:aws:iam::111122223333:role/other"),)}, "by another role"),
        ({"targets": (Target(arn=BUS, role_arn=ROLE.replace("{account}", "444455556666")),)}, "by another role"),
    ],
)
def test_each_difference_is_said(changes, words):
    [said] = differences(MANIFEST, found(**changes), ACCOUNT)
    assert said.startswith("the rule rootwatch-root-use ")
    assert words in said
    assert concerns_root([said])


def test_a_rule_that_is_gone_is_said_and_that_for_root_comes_first():
    said = differences(MANIFEST, {}, ACCOUNT)
    assert said == ("the rule rootwatch-root-use is gone", "the rule rootwatch-tampering is gone")


def test_another_target_beside_ours_does_no_harm():
    more = (*deployed(ROOT).targets, Target(arn="arn:aws:sqs:us-east-1:111122223333:own"))
    assert differences(MANIFEST, found(targets=more), ACCOUNT) == ()


def test_a_manifest_is_read_back_equal_and_its_digest_changes_with_any_rule():
    assert from_json(MANIFEST.to_json()) == MANIFEST
    other = Manifest(rules=(TAMPERING, msgspec.structs.replace(ROOT, state="ENABLED")))
    assert other.digest != MANIFEST.digest == from_json(MANIFEST.to_json()).digest


def rolls(*accounts, words=("the rule rootwatch-root-use is gone",), region="us-east-1"):
    return [_roll(account, region, words) for account in accounts]


def _roll(account, region, words):
    roll = Roll(account=account, since=NOON).covering(REGIONS, NOON)
    place = msgspec.structs.replace(roll.places[region], differs=tuple(words), compared_at=NOON)
    return msgspec.structs.replace(roll, places={**roll.places, region: place})


def noted(before, weighed):
    after = {roll.account: roll for roll in weighed.rolls}
    return [after.get(roll.account, roll) for roll in before]


def test_a_deviation_is_told_once_and_once_more_when_it_is_over():
    first = weigh(rolls(ACCOUNT), SETTINGS, NOON)
    [fact] = first.began
    assert (fact.account, fact.severity, fact.region) == (ACCOUNT, "critical", "us-east-1")
    standing = noted(rolls(ACCOUNT), first)
    assert weigh(standing, SETTINGS, NOON + timedelta(hours=1)).began == ()
    mended = [
        msgspec.structs.replace(
            roll, places={r: msgspec.structs.replace(p, differs=()) for r, p in roll.places.items()}
        )
        for roll in standing
    ]
    last = weigh(mended, SETTINGS, NOON + timedelta(hours=2))
    [over] = last.over
    assert (over.account, over.cause, over.event_time) == (fact.account, fact.cause, NOON)
    assert weigh(noted(mended, last), SETTINGS, NOON + timedelta(hours=3)).over == ()


def test_what_is_not_about_root_is_high_and_critical_in_the_accounts_that_can_silence_us():
    words = ("the rule rootwatch-tampering is gone",)
    [fact] = weigh(rolls(ACCOUNT, words=words), SETTINGS, NOON).began
    assert fact.severity == "high"
    [fact] = weigh(rolls(SETTINGS.hub_account, words=words), SETTINGS, NOON).began
    assert fact.severity == "critical"


def test_many_accounts_that_deviate_at_once_are_one_notice():
    accounts = [f"{number:012d}" for number in range(1, 31)]
    began = weigh(rolls(*accounts), SETTINGS, NOON).began
    assert [fact.account for fact in began] == [None]
    assert "in 30 accounts" in began[0].says


def test_another_difference_in_the_same_account_folds_into_what_stands():
    first = weigh(rolls(ACCOUNT, words=("the rule rootwatch-tampering is gone",)), SETTINGS, NOON)
    [roll] = noted(rolls(ACCOUNT, words=("the rule rootwatch-tampering is gone",)), first)
    worse = ("the rule rootwatch-root-use is gone", "the rule rootwatch-tampering is gone")
    place = msgspec.structs.replace(roll.places["us-east-1"], differs=worse, compared_at=NOON + timedelta(hours=1))
    again = weigh(
        [msgspec.structs.replace(roll, places={**roll.places, "us-east-1": place})], SETTINGS, NOON + timedelta(hours=1)
    )
    [fact] = again.began
    assert (fact.cause, fact.severity) == (first.began[0].cause, "critical")
