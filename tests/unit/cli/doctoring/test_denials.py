"""Service control policies that would stop StackSets or rootwatch are found, and what is suggested frees them."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch_cli.doctoring.denials import denials
from rootwatch_cli.doctoring.finding import Finding
from rootwatch_cli.doctoring.policies import Call, denies, exempting, statements
from tests.unit.cli.doctoring.an_organisation import (
    HUB,
    MANAGEMENT,
    PAYMENTS,
    ROOT,
    SETTINGS,
    TREE,
    WORKLOADS,
    facts,
    policy,
    settings,
)

# As AWS's own example has it: but for global services, only in two Regions, some roles exempt.
REGION_DENY: dict[str, Any] = {
    "Sid": "DenyOutsideEurope",
    "Effect": "Deny",
    "NotAction": ["iam:*", "organizations:*", "route53:*", "sts:*", "support:*"],
    "Resource": "*",
    "Condition": {
        "StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]},
        "ArnNotLike": {"aws:PrincipalARN": ["arn:aws:iam::*:role/OrganizationAdmin"]},
    },
}
STACK_SETS = f"arn:aws:iam::{PAYMENTS}:role/stacksets-exec-0123456789abcdef0123456789abcdef"
PUT_RULE = Call("events:PutRule", STACK_SETS, "us-east-1")


def found(*some: dict[str, Any], on: str = ROOT) -> list[Finding]:
    everything = denials(facts(policies=(policy("Guardrails", list(some), on),)), settings())
    return [one for one in everything if one.state != "ok"]


def test_policies_that_are_not_enabled_fail_for_the_quarantine_could_not_be_attached():
    tree = msgspec.structs.replace(TREE, without_policies=(ROOT,))
    [one] = [one for one in denials(facts(tree=tree), settings()) if one.state != "ok"]
    assert one.state == "fail"
    assert one.run == f"aws organizations enable-policy-type --root-id {ROOT} --policy-type SERVICE_CONTROL_POLICY"


def test_a_region_deny_names_its_regions_and_what_it_stops():
    [one] = found(REGION_DENY)
    assert one.state == "fail"
    assert "DenyOutsideEurope" in one.says
    assert "us-east-1, us-east-2, us-west-2" in one.says
    assert "events:PutRule" in one.says
    assert "eu-central-1" not in one.says


@pytest.mark.parametrize(
    ("regions", "elsewhere"),
    [
        (["us-gov-west-1", "us-gov-east-1"], "us-gov-west-1"),
        (["cn-north-1", "cn-northwest-1"], "cn-north-1"),
        (["eusc-de-east-1"], "eusc-de-east-1"),
    ],
)
def test_global_services_of_another_partition_are_asked_in_its_own_regions(regions, elsewhere):
    written = {"hub_region": regions[0], "regions": regions, "trail": None}

    def of(allowed: list[str]) -> list[Finding]:
        deny = {"Effect": "Deny", "Action": "iam:*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": allowed}}}
        all_of_it = {"Effect": "Deny", "Action": "organizations:*", "Condition": deny["Condition"]}
        some = facts(policies=(policy("Guardrails", [deny, all_of_it], ROOT),))
        return [one for one in denials(some, settings(**written)) if one.state != "ok"]

    assert of(regions) == []
    iam = of([region for region in regions if region != elsewhere])[0]
    assert (iam.state, "iam:CreateRole, iam:PutRolePolicy" in iam.says, elsewhere in iam.says) == ("fail", True, True)


def test_the_condition_that_is_suggested_keeps_all_of_the_policy_and_frees_us():
    [one] = found(REGION_DENY)
    mended = {**REGION_DENY, **json.loads(one.run)}
    assert mended["Condition"]["StringNotEquals"] == REGION_DENY["Condition"]["StringNotEquals"]
    assert mended["Condition"]["ArnNotLike"]["aws:PrincipalARN"][0] == "arn:aws:iam::*:role/OrganizationAdmin"
    assert found(mended) == []
    ana = Call("ec2:RunInstances", f"arn:aws:iam::{PAYMENTS}:role/Developer", "us-east-1")
    assert denies(mended, ana) == "yes"


@pytest.mark.parametrize(
    ("statement", "means"),
    [
        ({"Effect": "Deny", "Action": "events:*", "Resource": "*"}, "forward records"),
        ({"Effect": "Deny", "Action": ["iam:Create*"], "Resource": "*"}, "make the roles"),
        ({"Effect": "Deny", "Action": "CloudFormation:createstack", "Resource": "*"}, "bring the rules"),
        ({"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*"}, "take records in"),
        ({"Effect": "Deny", "NotAction": ["s3:*"], "Resource": ["*"]}, "bring the rules"),
    ],
)
def test_other_denials_that_stop_something_are_found_too(statement, means):
    assert any(one.state == "fail" and means in one.says for one in found(statement))


def test_what_depends_on_something_unknown_is_a_warning_that_names_it():
    tagged = {"StringNotEquals": {"aws:PrincipalTag/team": "platform"}}
    [one, *_] = found({"Effect": "Deny", "Action": "events:PutRule", "Resource": "*", "Condition": tagged})
    assert (one.state, "aws:PrincipalTag/team" in one.says) == ("warn", True)
    [one, *_] = found({"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:other"})
    assert (one.state, "the resource" in one.says) == ("warn", True)


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:*", ["iam:PutRolePolicy", "iam:CreateRole"]])
@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:iam::*:role/platform/*",
        ["arn:aws:iam::*:role/OrganizationAdmin", "arn:aws:iam::444455556666:role/rootwatch/*"],
        "arn:aws:iam::*:role/rootwatch",
        "arn:aws:iam::*:user/*",
    ],
)
def test_a_denial_of_roles_that_are_not_ours_is_none_of_ours(action, resource):
    assert found({"Effect": "Deny", "Action": action, "Resource": resource}, on=PAYMENTS) == []


@pytest.mark.parametrize(
    "resource",
    [
        {"Resource": "arn:aws:iam::*:role/*"},
        {"Resource": ["arn:aws:iam::*:role/platform/*", "arn:aws:iam::*:role/rootwatch/*"]},
        {"Resource": f"arn:aws:iam::{PAYMENTS}:role/rootwatch/rootwatch-posture-reader"},
        {"NotResource": "arn:aws:iam::*:role/platform/*"},
    ],
)
def test_a_denial_of_one_of_our_roles_stops_the_stack_sets(resource):
    [one] = found({"Effect": "Deny", "Action": "iam:CreateRole", **resource}, on=PAYMENTS)
    assert (one.state, "StackSets can't make the roles" in one.says) == ("fail", True)


@pytest.mark.parametrize(
    "resource", [{"NotResource": "arn:aws:iam::*:role/rootwatch/*"}, {"NotResource": ["*"]}, {"Resource": []}]
)
def test_a_denial_that_spares_our_roles_stops_nothing(resource):
    assert found({"Effect": "Deny", "Action": "iam:*Role*", **resource}, on=PAYMENTS) == []


def test_a_role_that_a_policy_names_by_a_variable_may_be_ours():
    named = "arn:aws:iam::*:role/${aws:PrincipalTag/team}/*"
    [one] = found({"Effect": "Deny", "Action": "iam:CreateRole", "Resource": named}, on=PAYMENTS)
    assert one.state == "warn"


def test_an_allow_by_region_is_not_judged_and_not_passed_over():
    allow = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-central-1"]}},
    }
    [one] = found(allow)
    assert one.state == "warn"


def test_the_account_of_the_trail_s_bucket_is_judged_for_the_bucket():
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    written = settings(trail={**SETTINGS["trail"], "bucket_account": PAYMENTS})
    [one] = [f for f in denials(facts(policies=(policy("NoS3", [deny], PAYMENTS),)), written) if f.state != "ok"]
    assert "the log files can't be read" in one.says


def test_policies_that_reach_no_account_under_watch_are_left_alone():
    assert found(REGION_DENY, on="ou-a1b2-nothere01") == []
    assert found(REGION_DENY, on=MANAGEMENT) == []


def test_a_policy_on_the_hub_alone_is_judged_for_the_hub():
    deny = {"Effect": "Deny", "Action": "sns:Publish", "Resource": "*"}
    assert found(deny, on=HUB) != []
    assert found(deny, on=WORKLOADS) == []


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, "yes"),
        ({"StringEqualsIgnoreCase": {"AWS:requestedregion": "US-EAST-1"}}, "yes"),
        ({"StringNotLike": {"aws:RequestedRegion": "eu-*"}}, "yes"),
        ({"StringNotEqualsIfExists": {"aws:RequestedRegion": ["us-east-1"]}}, "no"),
        ({"ForAllValues:StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}, "yes"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/stacksets-exec-*"}}, "yes"),
        ({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/stacksets-exec-*"}}, "no"),
        ({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, "no"),
        ({"Null": {"aws:PrincipalArn": "true"}}, "no"),
        ({"Null": {"aws:PrincipalArn": False}}, "yes"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "perhaps"),
        ({"StringEquals": {"aws:PrincipalArn": "${aws:PrincipalArn}"}}, "perhaps"),
        ({"NumericLessThan": {"aws:RequestedRegion": "1"}}, "perhaps"),
        ({"StringEquals": "odd"}, "perhaps"),
        ("odd", "perhaps"),
    ],
)
def test_conditions_mean_what_they_mean_to_iam(condition, answer):
    statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    assert denies(statement, PUT_RULE) == answer


_words = st.sampled_from(["us-east-1", "eu-*", "arn:aws:iam::*:role/*", "*", "?", "[a]", "Developer", ""])
_keys = st.sampled_from(
    ["aws:RequestedRegion", "aws:PrincipalArn", "AWS:principalarn", "aws:PrincipalTag/x", "aws:PrincipalAccount"]
)
_operators = st.sampled_from(
    ["StringEquals", "StringNotEquals", "StringLike", "ArnNotLike", "ArnLike", "ForAnyValue:StringLike", "Null", "Bool"]
)
_values = st.one_of(_words, st.lists(_words, max_size=3))
_statements = st.fixed_dictionaries(
    {"Effect": st.just("Deny"), "Resource": st.sampled_from(["*", ["*"], "arn:aws:sqs:*:*:q"])},
    optional={
        "Action": st.sampled_from(["*", "events:*", ["iam:*", "events:PutRule"]]),
        "NotAction": st.sampled_from(["s3:*", ["events:*"]]),
        "Condition": st.dictionaries(_operators, st.dictionaries(_keys, _values, max_size=2), max_size=3),
    },
)


@given(_statements)
def test_whatever_the_statement_an_exempt_role_is_denied_nothing_by_it(statement):
    mended = {**statement, "Condition": exempting(statement, ["arn:aws:iam::*:role/stacksets-exec-*"])}
    assert denies(mended, PUT_RULE) == "no"


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Effect", "Deny", "Action", "Condition", "Statement", "StringEquals"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
def test_no_policy_however_odd_breaks_the_doctor(value):
    try:
        some = statements(json.dumps(value))
    except ValueError:
        return
    for statement in some:
        assert denies(statement, PUT_RULE) in ("yes", "no", "perhaps")
        exempting(statement, ["arn:aws:iam::*:role/x"])
