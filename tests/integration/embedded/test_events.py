"""Events cross accounts and regions by AWS's rules, and are dropped with a reason where AWS would drop them."""

import json
import urllib.error
import urllib.request

import pytest

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import (
    ALL_EVENTS,
    AWAY,
    BUS_ARN,
    HOME,
    HUB,
    MEMBER,
    ORGANISATION,
    deploy,
    deployed,
    failure,
    hub_resources,
    member_resources,
    messages,
    policy,
    queue,
    reasons,
    role,
    rule,
    sign_in,
)

pytestmark = pytest.mark.embedded


def test_a_record_crosses_accounts_and_regions_and_keeps_its_origin(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy()))
    deployed(org, MEMBER, AWAY, "member", member_resources())
    event_id = org.emit(MEMBER, AWAY, sign_in())
    (event,) = messages(org)
    assert event == {
        "version": "0",
        "id": event_id,
        "detail-type": "AWS Console Sign In via CloudTrail",
        "source": "aws.signin",
        "account": MEMBER,
        "region": AWAY,
        "time": "2026-11-24T10:00:00Z",
        "resources": [],
        "detail": sign_in(),
    }
    assert org.dropped() == []


def test_a_record_crosses_regions_of_one_account_by_its_role_alone(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources())
    deployed(org, HUB, AWAY, "member", member_resources())
    org.emit(HUB, AWAY, sign_in(HUB))
    assert len(messages(org)) == 1


@pytest.mark.parametrize(
    ("state", "read_only", "detail_type", "heard"),
    [
        ("ENABLED", True, "AWS API Call via CloudTrail", 0),
        ("ENABLED", True, "AWS Console Sign In via CloudTrail", 0),
        ("ENABLED", False, "AWS API Call via CloudTrail", 1),
        ("ENABLED", True, "Something Else", 1),
        (ALL_EVENTS, True, "AWS API Call via CloudTrail", 1),
        ("DISABLED", False, "AWS API Call via CloudTrail", 0),
    ],
)
def test_only_the_state_for_all_management_events_hears_a_read_only_call(
    aws: EmbeddedAws, state: str, read_only: bool, detail_type: str, heard: int
) -> None:
    listening = rule({"Fn::GetAtt": ["Queue", "Arn"]}, state=state)
    deployed(aws, HUB, HOME, "rule", {**queue(), "Rule": listening})
    aws.emit(HUB, HOME, sign_in(HUB, readOnly=read_only), detail_type=detail_type)
    assert len(messages(aws)) == heard


def test_the_receiving_rule_needs_that_state_too(org: EmbeddedAws) -> None:
    deaf = rule({"Fn::GetAtt": ["Queue", "Arn"]}, bus={"Ref": "Bus"}, state="ENABLED")
    deployed(org, HUB, HOME, "hub", {**hub_resources(Policy=policy()), "Rule": deaf})
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in(readOnly=True))
    org.emit(MEMBER, AWAY, sign_in(readOnly=False))
    assert [event["detail"]["readOnly"] for event in messages(org)] == [False]


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-anotherorgid"}},
        {"Bool": {"events:eventBusInvocation": "false"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/others/*"}},
        {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/others/*"}},
        {"StringEquals": {"aws:NoSuchKey": "yes"}},
        {"NoSuchOperator": {"aws:PrincipalOrgID": ORGANISATION.id}},
    ],
)
def test_a_bus_policy_whose_conditions_do_not_hold_refuses(org: EmbeddedAws, conditions: dict[str, object]) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy(conditions)))
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in())
    assert messages(org) == []
    assert reasons(org) == [f"The policy of the event bus {BUS_ARN} does not allow it."]


def test_a_bus_without_a_policy_refuses_other_accounts(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources())
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in())
    assert messages(org) == []
    (drop,) = org.dropped()
    assert (drop.account, drop.region, drop.target) == (MEMBER, AWAY, BUS_ARN)
    assert "does not allow it" in drop.reason


def test_an_explicit_deny_on_the_bus_wins(org: EmbeddedAws) -> None:
    denial = policy({"StringEquals": {"aws:PrincipalAccount": MEMBER}})
    denial["Properties"]["StatementId"] = "denial"
    denial["Properties"]["Statement"]["Effect"] = "Deny"
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy(), Denial=denial))
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in())
    assert messages(org) == []


def test_an_account_outside_the_organisation_is_refused(org: EmbeddedAws) -> None:
    outsider = "000000000000"
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy()))
    deployed(org, outsider, HOME, "member", member_resources())
    org.emit(outsider, HOME, sign_in(outsider))
    assert messages(org) == []


@pytest.mark.parametrize(
    ("role_arguments", "complaint"),
    [
        ({"action": "sqs:SendMessage"}, "does not allow events:PutEvents"),
        ({"resource": BUS_ARN.replace("rootwatch", "another")}, "does not allow events:PutEvents"),
        ({"service": "lambda"}, "does not let events.amazonaws.com take it"),
        ({"path": "/another/"}, "The policy of the event bus"),
    ],
)
def test_a_role_that_may_not_put_events_refuses(
    org: EmbeddedAws, role_arguments: dict[str, str], complaint: str
) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy()))
    deployed(org, MEMBER, AWAY, "member", member_resources(**role_arguments))
    org.emit(MEMBER, AWAY, sign_in())
    assert messages(org) == []
    assert complaint in reasons(org)[0]


def test_a_role_that_does_not_exist_refuses(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy()))
    absent = f"arn:aws:iam::{MEMBER}:role/rootwatch/absent"
    deployed(org, MEMBER, AWAY, "member", {"Rule": rule(BUS_ARN, role=absent)})
    org.emit(MEMBER, AWAY, sign_in())
    assert reasons(org) == [f"The role {absent} does not exist in the account {MEMBER}."]


def test_a_stack_whose_target_abroad_has_no_role_fails(aws: EmbeddedAws) -> None:
    assert deploy(aws, MEMBER, AWAY, "member", {"Rule": rule(BUS_ARN)}) == "ROLLBACK_COMPLETE"
    assert "RoleArn is required" in failure(aws, MEMBER, AWAY, "member")


def test_a_stack_whose_pattern_aws_refuses_fails(aws: EmbeddedAws) -> None:
    refused = rule(f"arn:aws:sqs:{HOME}:{HUB}:records", pattern={"source": "aws.signin"})
    assert deploy(aws, HUB, HOME, "rule", {"Rule": refused}) == "ROLLBACK_COMPLETE"
    assert "Event pattern is not valid" in failure(aws, HUB, HOME, "rule")


def test_a_stack_whose_pattern_is_longer_than_the_quota_fails(aws: EmbeddedAws) -> None:
    target = f"arn:aws:sqs:{HOME}:{HUB}:records"
    longest = rule(target, pattern={"source": ["x" * (2048 - len('{"source":[""]}'))]})
    deployed(aws, HUB, HOME, "longest", {"Rule": longest})
    too_long = rule(target, pattern={"source": ["x" * 2048]})
    assert deploy(aws, HUB, HOME, "rule", {"Rule": too_long}) == "ROLLBACK_COMPLETE"
    assert "the quota is 2048" in failure(aws, HUB, HOME, "rule")


def test_a_target_bus_that_does_not_exist_drops_the_event(org: EmbeddedAws) -> None:
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in())
    assert reasons(org) == [f"The event bus {BUS_ARN} does not exist."]


def test_an_event_takes_one_hop_and_no_second(org: EmbeddedAws) -> None:
    onward = f"arn:aws:events:{AWAY}:{HUB}:event-bus/default"
    further = {
        "Role": role(resource=onward),
        "Onward": rule(onward, bus={"Ref": "Bus"}, role={"Fn::GetAtt": ["Role", "Arn"]}),
    }
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy(), **further))
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in())
    assert len(messages(org)) == 1
    assert reasons(org) == ["The event came from another event bus: EventBridge forwards an event once."]


def test_a_dropped_event_goes_to_the_targets_dead_letter_queue(org: EmbeddedAws) -> None:
    resources = {
        "Role": role(),
        **queue("dead", logical_id="Dead"),
        "Rule": rule(BUS_ARN, role={"Fn::GetAtt": ["Role", "Arn"]}, dead_letters={"Fn::GetAtt": ["Dead", "Arn"]}),
    }
    deployed(org, MEMBER, AWAY, "member", resources)
    org.emit(MEMBER, AWAY, sign_in())
    assert [event["detail"] for event in messages(org, "dead", account=MEMBER, region=AWAY)] == [sign_in()]


def test_a_queue_without_a_policy_for_eventbridge_gets_nothing(aws: EmbeddedAws) -> None:
    resources = {**queue(policy=False), **queue("dead", policy=False, logical_id="Dead")}
    arns = {name: {"Fn::GetAtt": [name, "Arn"]} for name in resources}
    resources["Rule"] = rule(arns["Queue"], dead_letters=arns["Dead"])
    deployed(aws, HUB, HOME, "rule", resources)
    aws.emit(HUB, HOME, sign_in(HUB))
    assert messages(aws) == messages(aws, "dead") == []
    assert reasons(aws) == [
        f"The policy of the queue arn:aws:sqs:{HOME}:{HUB}:records does not allow it.",
        f"The policy of the queue arn:aws:sqs:{HOME}:{HUB}:dead does not allow it.",
    ]


def test_a_queue_of_another_account_is_no_target(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources())
    deployed(org, MEMBER, HOME, "member", {"Rule": rule(f"arn:aws:sqs:{HOME}:{HUB}:records")})
    org.emit(MEMBER, HOME, sign_in())
    assert messages(org) == []
    assert len(org.dropped()) == 1


def test_a_record_of_more_than_256_kilobytes_does_not_come_through(aws: EmbeddedAws) -> None:
    deployed(
        aws,
        HUB,
        HOME,
        "rule",
        {
            **queue(),
            "Rule": rule({"Fn::GetAtt": ["Queue", "Arn"]}),
        },
    )
    aws.emit(HUB, HOME, sign_in(HUB, userAgent="x" * 300_000))
    assert messages(aws) == []
    assert reasons(aws) == ["CloudTrail sends no record of more than 256 KB to EventBridge."]


def test_nobody_puts_an_event_with_a_source_of_awss(aws: EmbeddedAws) -> None:
    entry = {
        "Source": "aws.signin",
        "DetailType": "AWS Console Sign In via CloudTrail",
        "Detail": json.dumps(sign_in()),
    }
    answer = aws.client("events", HUB, HOME).put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_nobody_puts_an_event_on_a_bus_of_another_account(org: EmbeddedAws) -> None:
    deployed(org, HUB, HOME, "hub", hub_resources(Policy=policy()))
    entry = {"Source": "mine", "DetailType": "Mine", "Detail": "{}", "EventBusName": BUS_ARN}
    answer = org.client("events", MEMBER, HOME).put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    assert messages(org) == []


@pytest.mark.parametrize("token", ["", "guess", "x" * 32])
def test_the_door_for_records_opens_for_its_token_alone(aws: EmbeddedAws, token: str) -> None:
    request = urllib.request.Request(f"{aws.url}/_rootwatch/{token}/records", data=b"{}", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request, timeout=5)


def test_put_permission_makes_the_statement_that_aws_makes(org: EmbeddedAws) -> None:
    events = org.client("events", HUB, HOME)
    deployed(org, HUB, HOME, "hub", hub_resources())
    events.put_permission(
        EventBusName="rootwatch",
        StatementId="organisation",
        Action="events:PutEvents",
        Principal="*",
        Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": ORGANISATION.id},
    )
    deployed(org, MEMBER, AWAY, "member", member_resources())
    org.emit(MEMBER, AWAY, sign_in())
    assert len(messages(org)) == 1
