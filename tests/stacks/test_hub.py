"""The hub takes forwarded records alone, keeps them for a day and more, and runs two functions on them."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk.assertions import Capture, Match, Template

Templates = Mapping[str, dict[str, Any]]


def resources(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == kind]


def test_the_bus_takes_only_what_eventbridge_forwards_for_our_roles_in_the_organisation(hub: Template) -> None:
    hub.resource_count_is("AWS::Events::EventBusPolicy", 1)
    hub.has_resource_properties(
        "AWS::Events::EventBusPolicy",
        {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "events:PutEvents",
                "Resource": {"Fn::GetAtt": [Match.string_like_regexp("^IntakeBus"), "Arn"]},
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"},
                    "Bool": {"events:eventBusInvocation": "true"},
                    "ArnLike": {
                        "aws:PrincipalArn": {
                            "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::*:role/rootwatch/*"]]
                        }
                    },
                },
            }
        },
    )


def test_the_rule_on_the_bus_hands_on_read_only_records_too(hub: Template) -> None:
    hub.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventBusName": {"Ref": Match.string_like_regexp("^IntakeBus")},
            "EventPattern": {"source": [{"prefix": "aws."}], "detail-type": [{"anything-but": ["Object Created"]}]},
            "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
            "Targets": [
                Match.object_like(
                    {
                        "Arn": {"Fn::GetAtt": [Match.string_like_regexp("^IntakeRecords"), "Arn"]},
                        "DeadLetterConfig": {
                            "Arn": {"Fn::GetAtt": [Match.string_like_regexp("^IntakeDeadLetters"), "Arn"]}
                        },
                    }
                )
            ],
        },
    )


def test_a_record_is_tried_for_a_day_before_it_is_a_dead_letter(delegated: Templates) -> None:
    queues = {queue["QueueName"]: queue for queue in resources(delegated["rootwatch-hub"], "AWS::SQS::Queue")}
    records = queues["rootwatch-records"]
    assert records["VisibilityTimeout"] * records["RedrivePolicy"]["maxReceiveCount"] == 24 * 60 * 60
    assert {queue["MessageRetentionPeriod"] for queue in queues.values()} == {14 * 24 * 60 * 60}


def test_the_queue_waits_six_times_as_long_as_the_monitor_may_run(delegated: Templates) -> None:
    hub = delegated["rootwatch-hub"]
    monitor = next(f for f in resources(hub, "AWS::Lambda::Function") if f["FunctionName"] == "rootwatch-monitor")
    records = next(q for q in resources(hub, "AWS::SQS::Queue") if q["QueueName"] == "rootwatch-records")
    assert records["VisibilityTimeout"] >= 6 * monitor["Timeout"]


def test_the_queues_admit_the_rule_alone_over_tls_and_are_encrypted(delegated: Templates) -> None:
    hub = delegated["rootwatch-hub"]
    assert all(queue["SqsManagedSseEnabled"] for queue in resources(hub, "AWS::SQS::Queue"))
    policies = resources(hub, "AWS::SQS::QueuePolicy")
    assert len(policies) == 4
    admitted = []
    for policy in policies:
        deny, allow = policy["PolicyDocument"]["Statement"]
        assert (deny["Effect"], deny["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
        assert allow["Principal"] == {"Service": "events.amazonaws.com"}
        assert allow["Action"] == "sqs:SendMessage"
        (condition,) = allow["Condition"]["ArnEquals"].values()
        admitted.append(hub["Resources"][condition["Fn::GetAtt"][0]]["Properties"]["Name"])
    assert sorted(admitted) == ["rootwatch-log-files"] * 2 + ["rootwatch-records"] * 2


@pytest.mark.parametrize(("name", "timeout"), [("monitor", 30), ("sweep", 90), ("tags", 840), ("backstop", 120)])
def test_the_functions_run_on_arm_and_write_json_to_a_log_of_their_own(hub: Template, name: str, timeout: int) -> None:
    log = Capture()
    hub.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "FunctionName": f"rootwatch-{name}",
            "Handler": f"rootwatch.handlers.{name}.handler",
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "Timeout": timeout,
            "MemorySize": 1769 if name == "backstop" else 512,
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": {"Ref": log}},
        },
    )
    assert log.as_string().startswith(name.capitalize())
    hub.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 400})


def test_one_bad_record_does_not_return_its_batch_to_the_queue(hub: Template) -> None:
    hub.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "BatchSize": 10,
            "MaximumBatchingWindowInSeconds": 0,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 10},
        },
    )


def test_the_sweep_runs_every_minute(hub: Template) -> None:
    hub.has_resource_properties(
        "AWS::Scheduler::Schedule",
        {
            "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": Match.object_like({"Arn": {"Fn::GetAtt": [Match.string_like_regexp("^SweepFunction"), "Arn"]}}),
        },
    )


def test_the_environment_carries_only_names_of_what_was_deployed(
    delegated: Templates, in_management: Templates
) -> None:
    for templates in (delegated, in_management):
        for function in resources(templates["rootwatch-hub"], "AWS::Lambda::Function"):
            environment = dict(function["Environment"]["Variables"])
            assert environment.pop("TABLE_NAME").keys() == environment.pop("TOPIC_ARN").keys() == {"Ref"}
            bucket = environment.pop("LOG_BUCKET", None)
            assert (bucket is not None) == (function["FunctionName"] == "rootwatch-backstop")
            assert environment == {
                "POWERTOOLS_SERVICE_NAME": function["FunctionName"].removeprefix("rootwatch-"),
                "POWERTOOLS_METRICS_NAMESPACE": "rootwatch",
                "LOG_LEVEL": "INFO",
            }


def test_the_table_outlives_the_stack_and_finds_what_is_due(delegated: Templates) -> None:
    hub = delegated["rootwatch-hub"]
    (table,) = [resource for resource in hub["Resources"].values() if resource["Type"] == "AWS::DynamoDB::Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    properties = table["Properties"]
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert key(properties["KeySchema"]) == ("PK", "SK")
    (index,) = properties["GlobalSecondaryIndexes"]
    assert (index["IndexName"], key(index["KeySchema"])) == ("due", ("due_shard", "due_at"))
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def key(schema: list[dict[str, str]]) -> tuple[str, str]:
    by_type = {part["KeyType"]: part["AttributeName"] for part in schema}
    return by_type["HASH"], by_type["RANGE"]


def test_the_alerts_topic_lies_under_a_key_of_its_own_and_no_service_can_publish_to_it(delegated: Templates) -> None:
    hub = delegated["rootwatch-hub"]["Resources"]
    (topic,) = [name for name in hub if name.startswith("AlertsTopic") and hub[name]["Type"] == "AWS::SNS::Topic"]
    key = hub[topic]["Properties"]["KmsMasterKeyId"]["Fn::GetAtt"][0]
    assert hub[key]["Properties"]["EnableKeyRotation"] is True
    assert hub[key]["DeletionPolicy"] == "Delete"
    (policy,) = [r["Properties"] for r in hub.values() if r["Properties"].get("Topics") == [{"Ref": topic}]]
    for document in (hub[key]["Properties"]["KeyPolicy"], policy["PolicyDocument"]):
        assert not [statement for statement in document["Statement"] if "Service" in statement["Principal"]]


def test_the_topic_refuses_what_does_not_come_over_tls(hub: Template) -> None:
    hub.has_resource_properties(
        "AWS::SNS::TopicPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Effect": "Deny",
                                "Action": "sns:Publish",
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                            }
                        )
                    ]
                )
            }
        },
    )


def test_each_e_mail_address_of_the_settings_is_subscribed(delegated: Templates, in_management: Templates) -> None:
    subscribed = {
        (subscription["TopicArn"]["Ref"][:6], subscription["Protocol"], subscription["Endpoint"])
        for subscription in resources(delegated["rootwatch-hub"], "AWS::SNS::Subscription")
    }
    assert subscribed == {("Alerts", "email", "security@example.com"), ("Operat", "email", "platform@example.com")}
    assert resources(in_management["rootwatch-hub"], "AWS::SNS::Subscription") == []


def test_no_secret_is_made_or_read_by_the_template(delegated: Templates) -> None:
    assert resources(delegated["rootwatch-hub"], "AWS::SecretsManager::Secret") == []
    assert "{{resolve:" not in str(delegated)
