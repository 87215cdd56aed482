"""Each thing that can stand in the way of a deployment is found, said in a sentence, and comes with what to do."""

import json

import msgspec
import pytest

from rootwatch_cli.doctoring.facts import Member, Organization, Secret
from rootwatch_cli.doctoring.finding import Finding, Unknown, exit_code
from rootwatch_cli.doctoring.preflight import preflight
from tests.unit.cli.doctoring.an_organisation import (
    HUB,
    MANAGEMENT,
    PAYMENTS,
    REGIONS,
    ROOT,
    SANDBOX,
    SECURITY,
    TRAIL_ARN,
    WORKLOADS,
    facts,
    policy,
    settings,
    trail,
    with_accounts,
)

DENIED = Unknown("ListRoots answered AccessDeniedException")


def found(changed=None, **written) -> list[Finding]:
    """What is not ok."""
    return [one for one in preflight(facts(**(changed or {})), settings(**written)) if one.state != "ok"]


def only(changed=None, **written) -> Finding:
    [one] = found(changed, **written)
    return one


def test_nothing_stands_in_the_way_of_a_healthy_organisation():
    assert found() == []
    assert exit_code(preflight(facts(), settings())) == 0


@pytest.mark.parametrize("name", ["organization", "trusted", "delegated", "trails", "tree", "policies"])
def test_what_aws_refuses_to_say_is_never_taken_for_fine(name):
    before = [one.says for one in preflight(facts(), settings()) if one.state == "ok"]
    after = preflight(facts(**{name: DENIED}), settings())
    assert any(one.state == "unknown" and DENIED.why in one.says and one.do for one in after)
    assert len([one for one in after if one.state == "ok"]) < len(before)


def test_credentials_of_another_account_are_told_first():
    caller = msgspec.structs.replace(facts().caller, account=PAYMENTS)
    first = preflight(facts(caller=caller), settings())[0]
    assert first.state == "fail"
    assert PAYMENTS in first.says
    assert "--profile" in first.run


@pytest.mark.parametrize(
    ("organization", "said"),
    [
        (Organization("o-otherexample1", MANAGEMENT, "ALL"), "organization_id"),
        (Organization("o-exampleorgid", PAYMENTS, "ALL"), "management_account"),
        (Organization("o-exampleorgid", MANAGEMENT, "CONSOLIDATED_BILLING"), "enable-all-features"),
    ],
)
def test_another_organisation_or_one_without_all_features_fails(organization, said):
    one = only({"organization": organization})
    assert one.state == "fail"
    assert said in one.run


@pytest.mark.parametrize(
    ("service", "state", "command"),
    [
        ("member.org.stacksets.cloudformation.amazonaws.com", "fail", "activate-organizations-access"),
        ("account.amazonaws.com", "warn", "enable-aws-service-access --service-principal account.amazonaws.com"),
        ("iam.amazonaws.com", "warn", "enable-organizations-root-sessions"),
    ],
)
def test_a_service_without_trusted_access_is_named_with_its_command(service, state, command):
    one = only({"trusted": facts().trusted - {service}})
    assert (one.state, service in one.says, command in one.run) == (state, True, True)


def test_an_organisation_trail_proves_that_cloudtrail_has_its_access():
    without = {"trusted": facts().trusted - {"cloudtrail.amazonaws.com"}}
    assert found(without) == []
    assert any("cloudtrail.amazonaws.com" in one.run for one in found({**without, "trails": ()}))


def test_a_hub_that_organizations_would_not_answer_fails():
    one = only({"delegated": {}})
    assert one.state == "fail"
    assert f"--account-id {HUB}" in one.run
    in_management = preflight(facts(delegated={}), settings(hub_account=MANAGEMENT))
    assert not any("delegated administrator of no service" in one.says for one in in_management)


def test_root_access_administrators_must_be_those_whom_iam_knows():
    delegated = {HUB: ("iam.amazonaws.com",), SANDBOX: ("iam.amazonaws.com",)}
    one = only({"delegated": delegated}, root_access_administrators=[HUB])
    assert one.state == "fail"
    assert json.loads("{" + one.run + "}") == {"root_access_administrators": [SANDBOX, HUB]}
    gone = only({"delegated": {HUB: ("iam.amazonaws.com",)}}, root_access_administrators=[HUB, SANDBOX])
    assert (gone.state, SANDBOX in gone.says) == ("warn", True)


@pytest.mark.parametrize(
    ("changes", "says", "command"),
    [
        ({"status": {"IsLogging": False}}, "stopped", "start-logging"),
        ({"IsMultiRegionTrail": False}, "every Region", "--is-multi-region-trail"),
        ({"IncludeGlobalServiceEvents": False}, "global services", "--include-global-service-events"),
        ({"status": {"IsLogging": True, "LatestDeliveryError": "AccessDenied"}}, "AccessDenied", ""),
        ({"selectors": {"EventSelectors": []}}, "all management events", "put-event-selectors"),
        (
            {"selectors": {"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]}},
            "all management events",
            "put-event-selectors",
        ),
    ],
)
def test_a_trail_that_would_not_hear_all_is_told_with_what_mends_it(changes, says, command):
    one = only({"trails": (trail(**changes),)})
    assert one.state == "fail"
    assert says in one.says
    assert command in one.run


def test_a_trail_that_leaves_out_one_service_is_a_warning():
    selectors = {
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["kms.amazonaws.com"],
            }
        ]
    }
    one = only({"trails": (trail(selectors=selectors),)})
    assert (one.state, "kms.amazonaws.com" in one.says) == ("warn", True)


@pytest.mark.parametrize("part", ["status", "selectors"])
def test_a_trail_of_which_a_part_is_refused_is_unknown(part):
    one = only({"trails": (trail(**{part: Unknown("GetTrail answered AccessDenied")}),)})
    assert (one.state, "GetTrail" in one.says) == ("unknown", True)


def test_without_a_trail_setting_the_one_that_is_there_is_suggested_as_the_setting_to_write():
    one = only(trail=None)
    section = json.loads("{" + one.run + "}")["trail"]
    assert section["bucket"] == "example-organisation-trail"
    assert section["trail_arn"] == TRAIL_ARN
    assert only({"trails": ()}, trail=None).run == '"trail": {"create": true}'


def test_a_second_trail_costs_and_six_in_a_region_are_too_many():
    assert "$2" in only(trail={"create": True}).says
    assert found({"trails": ()}, trail={"create": True}) == []
    crowd = tuple(trail(Name=f"t{n}", IsOrganizationTrail=False) for n in range(5))
    assert only({"trails": crowd}, trail={"create": True}).state == "fail"


def test_a_trail_of_our_own_is_no_second_one():
    assert found({"trails": (trail(Name="rootwatch"),)}, trail={"create": True}) == []


def test_a_trail_setting_that_names_none_or_another_bucket_fails():
    assert only({"trails": (trail(TrailARN=f"{TRAIL_ARN}-2"),)}).state == "fail"
    one = only({"trails": (trail(S3BucketName="example-other-bucket"),)})
    assert "another bucket" in one.says
    assert "example-other-bucket" in one.run


def test_regions_that_are_enabled_and_not_in_the_settings_fail_with_the_list_to_write():
    regions = {**facts().regions, SANDBOX: (*REGIONS, "ap-southeast-2"), PAYMENTS: (*REGIONS, "ap-southeast-2")}
    one = only({"regions": regions})
    assert one.state == "fail"
    assert "ap-southeast-2 in 2 accounts" in one.says
    assert json.loads("{" + one.run + "}")["regions"] == [*REGIONS, "ap-southeast-2"]


def test_a_region_that_an_account_has_not_opted_into_is_a_warning():
    more = (*REGIONS, "af-south-1")
    one = only({"regions": {**facts().regions, MANAGEMENT: more, PAYMENTS: more}}, regions=list(more))
    assert (one.state, "af-south-1" in one.says, "2 accounts" in one.says) == ("warn", True, True)


def test_a_region_that_the_management_account_has_not_opted_into_fails_for_stack_sets_reach_nobody_there():
    more = (*REGIONS, "af-south-1")
    one = only({"regions": {**facts().regions, HUB: more, PAYMENTS: more, SANDBOX: more}}, regions=list(more))
    assert (one.state, "af-south-1" in one.says, MANAGEMENT in one.says) == ("fail", True, True)
    assert one.run == "aws account enable-region --region-name af-south-1"
    by_log_files = {"coverage": {"backstop_only": ["af-south-1"]}}
    assert only({"regions": facts().regions | {HUB: more}}, regions=list(more), **by_log_files).state == "warn"


def test_a_region_that_nobody_has_opted_into_is_told_once():
    one = only(regions=[*REGIONS, "af-south-1"])
    assert (one.state, "af-south-1" in one.says, "4 accounts" in one.says) == ("warn", True, True)


def test_the_regions_of_root_sign_ins_must_be_in():
    one = only({"regions": {MANAGEMENT: ("us-east-1", "eu-central-1")}}, regions=["us-east-1", "eu-central-1"])
    assert "us-east-2" in one.says
    assert "us-west-2" in one.says


def test_accounts_whose_regions_are_refused_are_unknown_together():
    refused = Unknown("ListRegions answered AccessDeniedException")
    one = only({"regions": {MANAGEMENT: REGIONS, HUB: refused, PAYMENTS: refused, SANDBOX: refused}})
    assert (one.state, "3 accounts" in one.says) == ("unknown", True)


def test_units_that_do_not_exist_and_accounts_outside_of_them_are_told():
    states = [one.state for one in found(organizational_units=["ou-a1b2-elsewhere"])]
    assert states.count("fail") >= 2
    one = only(organizational_units=[SECURITY])
    assert (one.state, PAYMENTS in one.says, SANDBOX in one.says) == ("warn", True, True)


def test_a_hub_outside_of_the_units_fails_unless_the_settings_bring_the_rules_to_it():
    one = only(organizational_units=[WORKLOADS])
    assert one.state == "fail"
    assert json.loads("{" + one.run + "}") == {"hub_unit": SECURITY}
    assert found(organizational_units=[WORKLOADS], hub_unit=SECURITY) == []


def test_closed_accounts_are_counted_and_not_asked_for():
    tree = with_accounts(Member("123456789012", "old", ROOT, active=False))
    [line] = [one for one in preflight(facts(tree=tree), settings()) if "come under watch" in one.says]
    assert line.says == "4 of 4 active accounts come under watch; 1 more are suspended or closed."


def test_more_stacks_than_a_stack_set_can_have_fail():
    tree = with_accounts(*(Member(f"{n:012d}", "", WORKLOADS, active=True) for n in range(30_000)))
    assert any("100000" in one.says for one in found({"tree": tree}))


def test_a_secret_that_is_missing_or_odd_is_told_without_its_value():
    secrets = (Secret("slack", "rootwatch/slack", "there is no such secret"),)
    one = only({"secrets": secrets})
    assert (one.state, "create-secret" in one.run) == ("fail", True)
    secrets = (Secret("pagerduty", "rootwatch/pagerduty", "it should hold something else"),)
    assert "put-secret-value" in only({"secrets": secrets}).run
    one = only({"secrets": (Secret("slack", "rootwatch/slack", Unknown("no credentials")),)})
    assert (one.state, "--hub-profile" in one.do) == ("unknown", True)


def test_settings_that_tell_nobody_fail_and_few_functions_at_once_are_a_warning():
    assert [one.state for one in found(slack=None, pagerduty=None)] == ["fail", "warn"]
    assert "L-B99A9384" in only({"concurrency": 10}).run


def test_a_policy_that_is_no_json_or_is_refused_is_unknown():
    broken = msgspec.structs.replace(policy("Odd", [], ROOT), content="{")
    assert only({"policies": (broken,)}).state == "unknown"
    refused = msgspec.structs.replace(broken, content=DENIED)
    assert only({"policies": (refused,)}).state == "unknown"


def test_five_thousand_accounts_are_judged_in_a_moment():
    tree = with_accounts(*(Member(f"{n:012d}", f"account {n}", WORKLOADS, active=True) for n in range(5_000)))
    denying = [policy(f"P{n}", [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}], WORKLOADS) for n in range(5)]
    assert found({"tree": tree, "policies": tuple(denying)}) == []
