"""A deployment of ours is one quiet notice only if what it changed is what should be deployed; else it pages."""

import json
from datetime import timedelta

import msgspec
import pytest

from rootwatch.core.comparison import Manifest
from rootwatch.core.ports import StoreDownError
from tests.support.deployments import (
    ANA_IN_HUB,
    FORWARD,
    MEMBERS,
    ROOT_RULE,
    TAMPERING_RULE,
    TRUST,
    by_hub_stack,
    deployed,
    execute_change_set,
    in_account,
    put_rule,
    put_targets,
    set_rules,
    update_function,
    update_stack_set,
)
from tests.support.records import ACCOUNT, HUB, OTHER
from tests.support.watch import by, by_stack_sets, delete_rule, done

REGION = "us-east-1"


def minutes_later(one, minutes):
    """Runs coverage every five minutes, and sweeps every minute, as the schedules do."""
    end = one.now + timedelta(minutes=minutes)
    minute = 0
    while one.now < end:
        if minute % 5 == 0:
            one.run()
        one.later(minutes=1)
        minute += 1
    return one


def told(one):
    return [notice.type for notice in one.watched("slack")]


def pages(one):
    return [(notice.fact.kind, notice.page.severity) for notice in one.watched("pagerduty") if notice.page]


def whole_deployment(one):
    """Ana deploys the hub, then the members, everywhere."""
    at = one.now
    one.take(execute_change_set(at), update_function(at), update_function(at, "rootwatch-sweep"), update_stack_set(at))
    for account in MEMBERS:
        one.take(put_rule(at, account), put_targets(at, account), put_rule(at, account, TAMPERING_RULE))


def test_a_deployment_is_one_notice_with_who_began_it_and_its_end():
    one = deployed()
    whole_deployment(one)
    [notice] = one.watched("slack")
    assert (notice.type, notice.severity, notice.page) == ("opened", "medium", None)
    assert "ana began a deployment of rootwatch-hub" in notice.fact.title
    assert notice.incident.account is None
    minutes_later(one, 40)
    assert told(one) == ["opened", "closed"]
    assert pages(one) == []
    end = one.watched("slack")[-1]
    assert end.fact.title == "deployment by ana: 4 places (8 parts), all as deployed"
    assert [head.state for head in one.store.heads.values()] == ["closed"]


def test_its_records_in_any_order_are_the_same_deployment():
    one = deployed()
    at = one.now
    one.take(put_targets(at), update_function(at), put_rule(at), execute_change_set(at))
    minutes_later(one, 40)
    assert one.watched("slack")[-1].fact.title == "deployment by ana: 2 places (2 parts), all as deployed"
    assert (told(one), pages(one)) == (["opened", "escalated", "closed"], [])
    assert "ana began a deployment" in one.watched("slack")[1].fact.title


def test_who_never_comes_to_rest_does_not_swallow_everybody_s_deployments():
    one = deployed()
    for _ in range(20):
        one.take(execute_change_set(one.now, account=ACCOUNT, stack="rootwatch-of-mine"))
        minutes_later(one, 10)
    assert told(one) == ["opened", "closed", "opened"]
    assert pages(one) == []


def test_a_second_person_is_named_at_once():
    one = deployed()
    ben = ANA_IN_HUB.replace("/ana", "/ben")
    one.take(execute_change_set(one.now), execute_change_set(one.now, who=ben), execute_change_set(one.now, who=ben))
    assert [notice.fact.began_by for notice in one.watched("slack")] == ["ana", "ben"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "DISABLED"}, "the state DISABLED"),
        ({"state": "ENABLED"}, "the state ENABLED"),
        ({"state": None}, "the state ENABLED"),
        ({"eventPattern": '{"source":["aws.none"]}'}, "lets other events through"),
        ({"eventPattern": "{"}, "lets other events through"),
        ({"eventPattern": None}, "lets other events through"),
    ],
)
def test_a_stack_that_narrows_the_rule_for_root_pages_at_once(change, words):
    one = deployed().take(put_rule(deployed().now, change=change))
    assert pages(one) == [("tampering", "critical")]
    assert words in one.watched("slack")[0].fact.says


@pytest.mark.parametrize("arn", ["arn:aws:sqs:us-east-1:111122223333:elsewhere", ""])
def test_a_stack_that_sends_elsewhere_pages_at_once(arn):
    one = deployed()
    one.take(put_targets(one.now, arn=arn, rule=TAMPERING_RULE))
    assert pages(one) == [("tampering", "high")]


def test_targets_that_cannot_be_read_page_at_once():
    one = deployed()
    record = done("PutTargets", "events", one.now, parameters={"rule": TAMPERING_RULE.name}, **by_stack_sets(ACCOUNT))
    assert pages(one.take(record)) == [("tampering", "high")]


def test_a_stack_set_that_narrows_the_rule_everywhere_pages_once():
    one = deployed()
    for account in MEMBERS:
        one.take(put_rule(one.now, account, change={"state": "ENABLED"}))
    assert pages(one) == [("tampering", "critical")]
    assert [head.seen for head in one.store.heads.values()] == [3]


def test_a_delete_inside_a_deployment_pages_at_once():
    one = deployed()
    whole_deployment(one)
    one.take(delete_rule(one.now, **by_stack_sets(OTHER)))
    assert pages(one) == [("tampering", "critical")]


@pytest.mark.parametrize(
    ("name", "source", "parameters"),
    [
        ("PutRolePolicy", "iam", {"roleName": "rootwatch-forwarding", "policyName": "forward"}),
        ("AttachRolePolicy", "iam", {"roleName": "rootwatch-forwarding"}),
        ("UpdateAssumeRolePolicy", "iam", {"roleName": "rootwatch-audit"}),
        ("DeleteRole", "iam", {"roleName": "rootwatch-forwarding"}),
        ("PutPermission", "events", {"eventBusName": "rootwatch"}),
        ("RemoveTargets", "events", {"rule": "rootwatch-root-use"}),
        ("SetQueueAttributes", "sqs", {"queueUrl": "https://x/rootwatch-records", "attributes": {"Policy": "{}"}}),
        ("UpdateSchedule", "scheduler", {"name": "rootwatch-sweep", "state": "DISABLED"}),
        ("UpdateEventSourceMapping20150331", "lambda", {"functionName": "rootwatch-monitor"}),
        ("PutFunctionConcurrency20171031", "lambda", {"functionName": "rootwatch-monitor"}),
    ],
)
def test_what_takes_away_or_admits_more_pages_at_once_through_cloudformation_too(name, source, parameters):
    one = deployed()
    one.take(execute_change_set(one.now), done(name, source, one.now, parameters=parameters, **by_hub_stack()))
    [(kind, _)] = pages(one)
    assert kind == "tampering"


def test_a_person_who_changes_a_rule_without_cloudformation_pages_at_once():
    one = deployed()
    one.take(
        put_rule(
            one.now,
            identity=by(f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/eve", ACCOUNT),
            sourceIPAddress="203.0.113.5",
        )
    )
    assert pages(one) == [("tampering", "high")]


def test_a_person_s_session_called_like_cloudformation_is_no_deployment():
    one = deployed()
    one.take(update_function(one.now, account=HUB, identity=by(ANA_IN_HUB, HUB), sourceIPAddress="203.0.113.5"))
    assert pages(one) == [("tampering", "high")]


def test_a_stack_that_changes_a_rule_in_a_way_that_looks_harmless_pages_at_fifteen_minutes():
    one = deployed()
    one.take(put_rule(one.now))
    changed = in_account(ROOT_RULE, ACCOUNT, pattern={"source": ["aws.none"]})
    one.abroad.rules_there[ACCOUNT, REGION][ROOT_RULE.name] = changed
    minutes_later(one, 14)
    assert pages(one) == []
    minutes_later(one, 2)
    assert pages(one) == [("deployment", "critical")]
    page = one.watched("pagerduty")[-1]
    assert f"in {ACCOUNT} {REGION} the rule rootwatch-root-use lets other events through" in page.fact.title
    assert "by nobody we know of" in page.fact.title
    minutes_later(one, 120)
    assert pages(one) == [("deployment", "critical")]


def test_a_stack_that_replaces_a_function_s_code_pages_at_fifteen_minutes():
    one = deployed()
    one.take(update_function(one.now))
    one.hub_parts.wrong["function:rootwatch-monitor"] = ("the function rootwatch-monitor has another code package",)
    minutes_later(one, 16)
    assert pages(one) == [("deployment", "high")]
    assert "rootwatch-monitor has another code package" in one.watched("pagerduty")[-1].fact.title


def test_who_changes_the_same_again_and_again_gains_no_time():
    one = deployed()
    one.hub_parts.wrong["function:rootwatch-monitor"] = ("the function rootwatch-monitor has another code package",)
    for _ in range(4):
        one.take(update_function(one.now))
        minutes_later(one, 4)
    assert pages(one) == [("deployment", "high")]


def test_after_its_page_the_next_change_is_another_deployment_and_pages_again():
    one = deployed()
    one.hub_parts.wrong["function:rootwatch-monitor"] = ("the function rootwatch-monitor has another code package",)
    one.take(update_function(one.now))
    minutes_later(one, 16)
    one.take(update_function(one.now))
    minutes_later(one, 16)
    assert pages(one) == [("deployment", "high")] * 2


def test_what_nothing_can_be_compared_with_pages_at_fifteen_minutes():
    one = deployed()
    request = {"topicArn": "arn:aws:sns:eu-central-1:123456789012:rootwatch-alerts", "attributeName": "DisplayName"}
    one.take(
        execute_change_set(one.now), done("SetTopicAttributes", "sns", one.now, parameters=request, **by_hub_stack())
    )
    minutes_later(one, 16)
    assert pages(one) == [("deployment", "high")]
    assert (
        "there is nothing to compare it with: SetTopicAttributes on rootwatch-alerts"
        in one.watched("slack")[-1].fact.title
    )


IN_HUB = {**by_hub_stack(), "awsRegion": "eu-central-1"}
TABLE = "rootwatch-hub-IncidentsTable7D5FD327-EXAMPLE"
HUB_S = [
    ("queue:rootwatch-records", "SetQueueAttributes", "sqs",
     {"queueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/rootwatch-records",
      "attributes": {"VisibilityTimeout": "1"}}),
    ("schedule:rootwatch-sweep", "UpdateSchedule", "scheduler", {"name": "rootwatch-sweep", "groupName": "default"}),
    (f"table:{TABLE}", "UpdateTable", "dynamodb", {"tableName": TABLE, "billingMode": "PROVISIONED"}),
    (f"table:{TABLE}", "UpdateContinuousBackups", "dynamodb",
     {"tableName": f"arn:aws:dynamodb:eu-central-1:123456789012:table/{TABLE}"}),
    (f"table:{TABLE}", "UpdateTimeToLive", "dynamodb", {"tableName": TABLE}),
    ("hub rule:rootwatch-records", "PutRule", "events",
     {"name": "rootwatch-records", "eventBusName": "rootwatch", "state": "ENABLED"}),
    ("hub rule:rootwatch-records", "PutTargets", "events", {"rule": "rootwatch-records", "eventBusName": "rootwatch"}),
    ("hub rule:rootwatch-log-files", "PutRule", "events", {"name": "rootwatch-log-files", "state": "ENABLED"}),
]  # fmt: skip


@pytest.mark.parametrize(("part", "call", "service", "request_"), HUB_S)
def test_a_part_of_the_hub_that_is_as_it_should_be_ends_the_deployment_in_one_quiet_line(part, call, service, request_):
    one = deployed()
    one.take(execute_change_set(one.now), done(call, service, one.now, parameters=request_, **IN_HUB))
    minutes_later(one, 40)
    assert (told(one), pages(one)) == (["opened", "closed"], [])
    assert "1 place (1 part), all as deployed" in one.watched("slack")[-1].fact.title


@pytest.mark.parametrize(("part", "call", "service", "request_"), HUB_S)
def test_a_part_of_the_hub_that_differs_pages_at_fifteen_minutes_and_says_in_what(part, call, service, request_):
    one = deployed()
    name = part.partition(":")[2]
    one.hub_parts.wrong[part] = (f"the part {name} has another setting",)
    one.take(execute_change_set(one.now), done(call, service, one.now, parameters=request_, **IN_HUB))
    minutes_later(one, 14)
    assert pages(one) == []
    minutes_later(one, 3)
    assert pages(one) == [("deployment", "high")]
    assert f"in {HUB} eu-central-1 the part {name} has another setting" in one.watched("slack")[-1].fact.why


def test_a_part_that_is_put_right_within_fifteen_minutes_pages_nobody():
    one = deployed()
    part, call, service, request = HUB_S[0]
    one.hub_parts.wrong[part] = ("the queue rootwatch-records has another delay",)
    one.take(execute_change_set(one.now), done(call, service, one.now, parameters=request, **IN_HUB))
    minutes_later(one, 10)
    one.hub_parts.wrong.clear()
    minutes_later(one, 40)
    assert (told(one), pages(one)) == (["opened", "closed"], [])


@pytest.mark.parametrize("where", [{"account": ACCOUNT}, {"awsRegion": "us-east-1"}])
def test_a_namesake_elsewhere_is_not_confirmed_by_the_hub_s_own(where):
    one = deployed()
    _, call, service, request = HUB_S[0]
    changed = {**IN_HUB, **by_hub_stack(where.get("account", HUB)), **where}
    one.take(done(call, service, one.now, parameters=request, **changed))
    minutes_later(one, 16)
    assert pages(one) == [("deployment", "high")]
    assert "there is nothing to compare it with: the queue rootwatch-records" in one.watched("slack")[-1].fact.title


def test_a_rule_of_the_hub_that_is_switched_off_pages_at_once():
    one = deployed()
    request = {"name": "rootwatch-records", "eventBusName": "rootwatch", "state": "DISABLED"}
    one.take(done("PutRule", "events", one.now, parameters=request, **IN_HUB))
    assert [kind for kind, _ in pages(one)] == ["tampering"]


def test_while_no_part_of_the_hub_was_touched_nothing_is_asked_of_them():
    one = deployed()
    one.hub_parts = None
    one.take(execute_change_set(one.now), update_stack_set(one.now))
    for account in MEMBERS:
        one.take(put_rule(one.now, account), put_targets(one.now, account))
    minutes_later(one, 40)
    assert (told(one), pages(one)) == (["opened", "closed"], [])


def test_a_rule_of_ours_that_no_manifest_knows_is_not_confirmed_by_the_others():
    one = deployed()
    log_files = msgspec.structs.replace(ROOT_RULE, name="rootwatch-log-files", state="ENABLED")
    one.take(put_rule(one.now, rule=log_files, **by_hub_stack()))
    minutes_later(one, 16)
    assert pages(one) == [("deployment", "high")]
    assert "nothing to compare it with: the rule rootwatch-log-files" in one.watched("slack")[-1].fact.title


def test_a_rule_of_ours_in_another_account_is_not_called_the_hub_s():
    one = deployed()
    request = {"name": "rootwatch-log-files-forwarding", "state": "ENABLED"}
    changed = {**IN_HUB, **by_hub_stack(OTHER), "account": OTHER}
    one.take(done("PutRule", "events", one.now, parameters=request, **changed))
    minutes_later(one, 16)
    assert "compare it with: the rule rootwatch-log-files-forwarding" in one.watched("slack")[-1].fact.title


def test_while_nobody_compares_it_pages_at_fifteen_minutes():
    one = deployed()
    one.take(put_rule(one.now))
    one.later(minutes=14)
    assert pages(one) == []
    one.later(minutes=1)
    assert pages(one) == [("deployment", "critical")]
    assert "nobody has compared it" in one.watched("slack")[-1].fact.title


def test_half_a_deployment_pages_at_fifteen_minutes_with_what_is_missing():
    one = deployed()
    newer = Manifest(rules=(ROOT_RULE, msgspec.structs.replace(TAMPERING_RULE, pattern={"source": ["aws.iam"]})))
    one.deploy(newer)
    at = one.now
    one.take(execute_change_set(at), update_function(at), put_rule(at, ACCOUNT, newer.rules[1]))
    for region in one.settings.regions:
        set_rules(one, ACCOUNT, region, newer)
    minutes_later(one, 14)
    assert pages(one) == []
    minutes_later(one, 3)
    assert pages(one) == [("deployment", "high")]
    page = one.watched("pagerduty")[-1]
    assert any(f"in {OTHER} {REGION} the rule rootwatch-tampering" in why for why in page.fact.why)
    assert not any(ACCOUNT in why for why in page.fact.why)
    minutes_later(one, 180)
    assert len(pages(one)) == 1


def test_a_new_manifest_that_reaches_every_place_within_a_while_is_quiet():
    one = deployed()
    newer = Manifest(rules=(ROOT_RULE, msgspec.structs.replace(TAMPERING_RULE, pattern={"source": ["aws.iam"]})))
    one.deploy(newer)
    one.take(execute_change_set(one.now), update_function(one.now))
    minutes_later(one, 7)
    for account in one.accounts:
        for region in one.settings.regions:
            one.take(put_rule(one.now, account, newer.rules[1], awsRegion=region))
            set_rules(one, account, region, newer)
        minutes_later(one, 5)
    minutes_later(one, 30)
    assert (told(one), pages(one)) == (["opened", "closed"], [])


def test_a_new_account_that_stack_sets_take_in_by_themselves_is_quiet():
    one = deployed()
    for region in one.settings.regions:
        set_rules(one, "210987654321", region)
        one.take(
            put_rule(one.now, "210987654321", awsRegion=region), put_targets(one.now, "210987654321", awsRegion=region)
        )
    minutes_later(one, 40)
    assert (told(one), pages(one)) == (["opened", "closed"], [])


def test_an_account_that_lets_nobody_compare_pages():
    one = deployed()
    one.abroad.refusing = {ACCOUNT}
    one.take(put_rule(one.now))
    minutes_later(one, 16)
    assert [kind for kind, _ in pages(one)] == ["deployment"]
    assert "cannot be read by the role rootwatch-audit" in one.watched("slack")[-1].fact.title


def test_a_deployment_that_aws_refused_is_told_as_tried_and_compared_with_nothing():
    one = deployed()
    one.take(
        execute_change_set(one.now).__class__(
            **{**msgspec.structs.asdict(execute_change_set(one.now)), "error_code": "AccessDenied"}
        )
    )
    minutes_later(one, 60)
    assert pages(one) == []
    [notice] = one.watched("slack")
    assert (notice.fact.kind, notice.severity) == ("tampering", "medium")


def test_a_deployment_over_thousands_of_places_is_one_notice():
    one = deployed()
    one.take(execute_change_set(one.now))
    for number in range(2000):
        account = f"{number:012d}"
        set_rules(one, account, REGION)
        one.take(put_rule(one.now, account), put_targets(one.now, account))
    minutes_later(one, 31)
    assert (told(one), pages(one)) == (["opened", "closed"], [])
    [head] = one.store.heads.values()
    assert len(msgspec.json.encode(head)) < 8000
    assert "2000 places" in one.watched("slack")[-1].fact.title


def test_nothing_that_was_changed_is_said_so():
    one = deployed()
    one.take(execute_change_set(one.now))
    minutes_later(one, 31)
    assert one.watched("slack")[-1].fact.title == "deployment by ana: nothing of ours was changed by it"


def test_told_without_the_table_it_is_told_all_the_same():
    one = deployed()
    one.store.down = True
    with pytest.raises(Exception, match="the table is down"):
        one.take(put_rule(one.now))
    assert one.watched("slack")[0].duplicates_possible


def written(one, name, document, **parameters):
    request = {"roleName": "rootwatch-forwarding", "policyDocument": json.dumps(document), **parameters}
    return done(name, "iam", one.now, parameters=request, **by_stack_sets(ACCOUNT))


def test_a_role_s_policies_that_are_written_as_they_should_be_are_part_of_a_deployment():
    one = deployed()
    trust = json.loads(json.dumps(TRUST).replace("{account}", ACCOUNT))
    one.take(
        written(one, "PutRolePolicy", FORWARD, policyName="forward"), written(one, "UpdateAssumeRolePolicy", trust)
    )
    minutes_later(one, 31)
    assert (told(one), pages(one)) == (["opened", "closed"], [])


WIDER = {**FORWARD, "Statement": [{**FORWARD["Statement"][0], "Action": "events:*"}]}


@pytest.mark.parametrize(
    ("name", "document", "more"),
    [
        ("PutRolePolicy", WIDER, {"policyName": "forward"}),
        ("PutRolePolicy", FORWARD, {"policyName": "another"}),
        ("PutRolePolicy", FORWARD, {"policyName": "forward", "roleName": "rootwatch-other"}),
        ("UpdateAssumeRolePolicy", TRUST, {}),
        ("UpdateAssumeRolePolicy", FORWARD, {}),
    ],
)
def test_a_role_s_policy_that_is_another_pages_at_once(name, document, more):
    one = deployed()
    one.take(written(one, name, document, **more))
    assert pages(one) == [("tampering", "high")]


def test_a_place_that_was_told_to_deviate_before_is_not_paged_again_and_its_deployment_ends():
    one = deployed()
    one.abroad.rules_there[ACCOUNT, REGION][ROOT_RULE.name] = None
    one.go_on(hours=24)
    assert pages(one) == [("rule-deviation", "critical")]
    one.take(execute_change_set(one.now), put_rule(one.now))
    minutes_later(one, 31)
    assert len(pages(one)) == 1
    assert one.watched("slack")[-1].fact.title.endswith("1 place (1 part), all as deployed but for 1 told before")


def test_a_table_that_goes_down_again_and_again_makes_no_deployment_be_told_twice_or_never():
    one = deployed()
    one.take(execute_change_set(one.now), put_rule(one.now))
    one.abroad.rules_there[ACCOUNT, REGION][ROOT_RULE.name] = None
    for minute in range(30):
        one.store.down = minute % 3 == 0
        try:
            one.run()
            one.later(minutes=1)
        except StoreDownError:
            one.now += timedelta(minutes=1)
    one.store.down = False
    one.later(minutes=1)
    assert pages(one) == [("deployment", "critical")]


def test_a_page_counts_all_that_differs_though_it_names_the_first_alone():
    one = deployed()
    for number in range(40):
        one.hub_parts.wrong[f"function:rootwatch-{number:02}"] = (f"the function rootwatch-{number:02} is gone",)
    one.take(execute_change_set(one.now), update_function(one.now))
    minutes_later(one, 16)
    assert one.watched("pagerduty")[-1].fact.title.endswith("the function rootwatch-00 is gone, and 39 more")


def test_a_function_that_a_deployment_left_behind_pages_at_fifteen_minutes():
    one = deployed()
    one.hub_parts.wrong["function:rootwatch-tags"] = ("the function rootwatch-tags has another code package",)
    one.take(execute_change_set(one.now), update_function(one.now))
    minutes_later(one, 16)
    assert pages(one) == [("deployment", "high")]
    assert "rootwatch-tags has another code package" in one.watched("slack")[-1].fact.title
