"""A trail that is there already: a role that reads, a rule that tells, and nothing changed of what is not ours."""

import json
from collections.abc import Mapping
from typing import Any

Templates = Mapping[str, dict[str, Any]]
HUB = "444455556666"
ARCHIVE = "777788889999"


def arn(rest: str) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, rest]]}


def of_kind(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


VIA_S3 = {"StringEquals": {"kms:ViaService": {"Fn::Join": ["", ["s3.eu-central-1.", {"Ref": "AWS::URLSuffix"}]]}}}


def test_its_own_stack_stands_beside_the_bucket_and_holds_roles_and_a_rule_alone(foreign: Templates) -> None:
    assert list(foreign) == ["rootwatch-hub", "rootwatch-log-archive", "rootwatch-management"]
    kinds = {resource["Type"] for resource in foreign["rootwatch-log-archive"]["Resources"].values()}
    assert kinds == {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::Events::Rule"}
    assert not of_kind(foreign["rootwatch-management"], "AWS::CloudTrail::Trail")
    assert not of_kind(foreign["rootwatch-hub"], "AWS::S3::Bucket")


def test_the_reader_role_trusts_the_hubs_backstop_alone(foreign: Templates) -> None:
    roles = {role["RoleName"]: role for role in of_kind(foreign["rootwatch-log-archive"], "AWS::IAM::Role").values()}
    reader = roles["rootwatch-log-reader"]
    assert reader["Path"] == "/rootwatch/"
    assert reader["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": arn(f":iam::{HUB}:root")},
                "Condition": {"ArnEquals": {"aws:PrincipalArn": arn(f":iam::{HUB}:role/rootwatch/rootwatch-backstop")}},
            }
        ],
    }
    (backstop,) = [
        role
        for role in of_kind(foreign["rootwatch-hub"], "AWS::IAM::Role").values()
        if role.get("RoleName") == "rootwatch-backstop"
    ]
    assert backstop["Path"] == "/rootwatch/"


def test_the_reader_role_reads_log_files_and_decrypts_them_through_s3(foreign: Templates) -> None:
    policies = of_kind(foreign["rootwatch-log-archive"], "AWS::IAM::Policy")
    (reads,) = [policy for name, policy in policies.items() if name.startswith("LogReader")]
    assert reads["PolicyDocument"]["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": arn(":s3:::example-logs/o-exampleorgid/AWSLogs/*"),
        },
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": "arn:aws:kms:eu-central-1:123456789012:key/11112222-3333-4444-5555-666677778888",
            "Condition": VIA_S3,
        },
    ]


def test_new_log_files_are_told_to_the_hubs_bus_and_go_from_there_into_the_queue(foreign: Templates) -> None:
    (here,) = of_kind(foreign["rootwatch-log-archive"], "AWS::Events::Rule").values()
    hub_rules = of_kind(foreign["rootwatch-hub"], "AWS::Events::Rule")
    there = next(rule for rule in hub_rules.values() if rule["Name"] == "rootwatch-log-files")
    assert "EventBusName" not in here
    assert there["EventBusName"]["Ref"].startswith("IntakeBus")
    assert here["EventPattern"] == there["EventPattern"]
    assert here["EventPattern"]["account"] == [ARCHIVE]
    assert here["EventPattern"]["detail"]["object"]["key"] == [{"wildcard": "o-exampleorgid/AWSLogs/*/CloudTrail/*"}]
    (target,) = here["Targets"]
    assert target["Arn"] == arn(f":events:us-east-1:{HUB}:event-bus/rootwatch")
    role = foreign["rootwatch-log-archive"]["Resources"][target["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    # The hub's bus admits roles below this path alone.
    assert (role["Path"], role["RoleName"]) == ("/rootwatch/", "rootwatch-log-forwarding")


def test_what_the_key_of_another_account_must_say_is_an_output(foreign: Templates) -> None:
    value = foreign["rootwatch-log-archive"]["Outputs"]["KeyPolicyStatement"]["Value"]
    text = "".join(
        part if isinstance(part, str) else {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}[part["Ref"]]
        for part in value["Fn::Join"][1]
    )
    assert json.loads(text) == {
        "Sid": "RootwatchReadsLogFiles",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ARCHIVE}:role/rootwatch/rootwatch-log-reader"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
    }


def test_the_backstop_is_told_the_role_and_no_other_function_is(foreign: Templates, delegated: Templates) -> None:
    for templates, expected in ((foreign, ["rootwatch-backstop"]), (delegated, [])):
        functions = of_kind(templates["rootwatch-hub"], "AWS::Lambda::Function").values()
        told = [f["FunctionName"] for f in functions if "LOG_READER_ROLE_ARN" in f["Environment"]["Variables"]]
        assert told == expected
