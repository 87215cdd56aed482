"""A role in another account, taken under conditions: what its session may do, and the record that it leaves."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import ALL_EVENTS, AWAY, HOME, HUB, MEMBER

pytestmark = pytest.mark.embedded

COVERAGE = "rootwatch-coverage"
CANARY = f"arn:aws:iam::{MEMBER}:role/rootwatch/rootwatch-canary"
RULE = "rootwatch-root-use"


def session(aws: EmbeddedAws, credentials: dict[str, str], service: str, region: str) -> Any:
    """A client that acts in a session."""
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        endpoint_url=aws.url,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


@pytest.fixture
def coverage(org: EmbeddedAws) -> dict[str, str]:
    """Credentials of the hub's role, which may take the member's role in the organisation alone."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"}}
    visit = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": "arn:aws:iam::*:role/rootwatch/rootwatch-canary",
        "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-exampleorgid"}},
    }
    iam = org.client("iam", HUB, HOME)
    for name in (COVERAGE, "rootwatch-other"):
        iam.create_role(RoleName=name, Path="/rootwatch/", AssumeRolePolicyDocument=document(trust))
        iam.put_role_policy(RoleName=name, PolicyName="visit", PolicyDocument=document(visit))
    condition = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{HUB}:role/rootwatch/{COVERAGE}"}}
    org.client("iam", MEMBER, HOME).create_role(
        RoleName="rootwatch-canary",
        Path="/rootwatch/",
        AssumeRolePolicyDocument=document({**trust, "Condition": condition}),
    )
    return taken(org, COVERAGE)


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def taken(aws: EmbeddedAws, name: str) -> dict[str, str]:
    sts = aws.client("sts", HUB, HOME)
    arn = f"arn:aws:iam::{HUB}:role/rootwatch/{name}"
    given: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
    return given


def canary(aws: EmbeddedAws, credentials: dict[str, str], name: str = "nonce") -> dict[str, str]:
    sts = session(aws, credentials, "sts", HOME)
    given: dict[str, str] = sts.assume_role(RoleArn=CANARY, RoleSessionName=name)["Credentials"]
    return given


def test_the_role_that_the_condition_names_may_take_it_and_another_of_the_account_may_not(
    org: EmbeddedAws, coverage: dict[str, str]
) -> None:
    assert canary(org, coverage)["SessionToken"]
    other = taken(org, "rootwatch-other")
    with pytest.raises(ClientError, match="AccessDenied"):
        canary(org, other)


def test_an_account_outside_of_the_organisation_is_not_visited(org: EmbeddedAws, coverage: dict[str, str]) -> None:
    org.client("organizations", "123456789012", HOME).remove_account_from_organization(AccountId=MEMBER)
    with pytest.raises(ClientError, match="AccessDenied"):
        canary(org, coverage)


def test_who_am_i_in_a_session_leaves_its_record_in_the_session_s_account_and_the_call_s_region(
    org: EmbeddedAws, coverage: dict[str, str]
) -> None:
    queue = heard(org, MEMBER, AWAY)
    session(org, canary(org, coverage), "sts", AWAY).get_caller_identity()
    [record] = records(org, queue)
    identity = record["userIdentity"]
    assert (record["eventName"], record["awsRegion"], record["recipientAccountId"]) == (
        "GetCallerIdentity",
        AWAY,
        MEMBER,
    )
    assert record["readOnly"] is True
    assert identity["arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/rootwatch-canary/nonce"
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == CANARY


def test_an_account_s_own_key_leaves_none(org: EmbeddedAws) -> None:
    queue = heard(org, MEMBER, AWAY)
    org.client("sts", MEMBER, AWAY).get_caller_identity()
    assert records(org, queue) == []


def test_a_role_that_reads_our_rules_reads_no_others(org: EmbeddedAws, coverage: dict[str, str]) -> None:
    events = org.client("events", MEMBER, AWAY)
    for name in (RULE, "nightly-report"):
        events.put_rule(Name=name, EventPattern='{"source": ["aws.iam"]}', State="ENABLED")
    allowed = {
        "Effect": "Allow",
        "Action": ["events:DescribeRule", "events:ListTargetsByRule"],
        "Resource": f"arn:aws:events:*:{MEMBER}:rule/rootwatch-*",
    }
    iam = org.client("iam", MEMBER, HOME)
    iam.put_role_policy(RoleName="rootwatch-canary", PolicyName="read", PolicyDocument=document(allowed))
    reader = session(org, canary(org, coverage), "events", AWAY)
    assert reader.describe_rule(Name=RULE)["State"] == "ENABLED"
    assert reader.list_targets_by_rule(Rule=RULE)["Targets"] == []
    for call in (lambda: reader.describe_rule(Name="nightly-report"), lambda: reader.delete_rule(Name=RULE)):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()


def heard(aws: EmbeddedAws, account: str, region: str) -> str:
    """A queue that hears every call of STS in a place."""
    sqs, events = aws.client("sqs", account, region), aws.client("events", account, region)
    url: str = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = f"arn:aws:sqs:{region}:{account}:heard"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(statement)})
    events.put_rule(Name="all", EventPattern='{"source": ["aws.sts"]}', State=ALL_EVENTS)
    events.put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": arn}])
    return url


def records(aws: EmbeddedAws, queue: str) -> list[dict[str, Any]]:
    found = aws.client("sqs", MEMBER, AWAY).receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"])["detail"] for message in found.get("Messages", [])]
