"""The hub's parts as AWS describes them: what differs is said, and what can't be read is no all-clear."""

import json
from contextlib import ExitStack

import boto3
import pytest
from botocore.stub import Stubber

from rootwatch.core import hub_parts
from rootwatch.core.hub_parts import HubPart
from rootwatch.edge.hub_parts import HubParts

PATTERN = {"source": [{"prefix": "aws."}]}
ARN = "arn:aws:sqs:eu-central-1:123456789012:rootwatch-records"
URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/rootwatch-records"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:rootwatch-sweep"
NAME = "rootwatch-hub-IncidentsTable-EXAMPLE"
MOUNTED = f"arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-{'0' * 17}"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:rootwatch-hub-AlertsTopic-EXAMPLE"
INDEX = {
    "IndexName": "due",
    "KeySchema": [{"AttributeName": "due_shard", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}
SCHEDULED = {
    "Name": "rootwatch-sweep",
    "ScheduleExpression": "rate(1 minute)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": FUNCTION, "RoleArn": "arn:aws:iam::123456789012:role/rootwatch/named-by-cloudformation"},
}


def configuration(name, **changes):
    """As Lambda answers for a function of ours."""
    variables = {"TABLE_NAME": NAME, "TOPIC_ARN": TOPIC, "LOG_LEVEL": "INFO"}
    return {
        "FunctionName": f"rootwatch-{name}",
        "CodeSha256": "the same",
        "Handler": f"rootwatch.handlers.{name}.handler",
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Timeout": 30,
        "MemorySize": 512,
        "Environment": {"Variables": variables},
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""},
        "LastUpdateStatus": "Successful",
        **changes,
    }


def function(name):
    """As the manifest has it."""
    variables = {"TABLE_NAME": "{table}", "TOPIC_ARN": "{topic}", "LOG_LEVEL": "INFO"}
    told = configuration(name, CodeSha256="{code}", Environment={"Variables": variables})
    return HubPart(kind="function", name=f"rootwatch-{name}", settings=hub_parts.function(told))


def configuration_call(name, **changes):
    asked = {"FunctionName": f"rootwatch-{name}"}
    return "lambda", "get_function_configuration", configuration(name, **changes), asked


WANTED = (
    function("monitor"),
    function("sweep"),
    HubPart(
        kind="hub rule",
        name="rootwatch-records",
        bus="rootwatch",
        settings=hub_parts.rule({"EventPattern": PATTERN}, [{"Arn": ARN, "Id": "records"}]),
    ),
    HubPart(kind="queue", name="rootwatch-records", settings=hub_parts.queue({"SqsManagedSseEnabled": True})),
    HubPart(kind="schedule", name="rootwatch-sweep", settings=hub_parts.schedule(SCHEDULED)),
    HubPart(
        kind="table",
        name="{table}",
        settings=hub_parts.table(
            billing="PAY_PER_REQUEST",
            indexes=[INDEX],
            is_protected=True,
            is_recoverable=True,
            is_under_kms=True,
            expires="expires",
            is_copied=False,
            throughput={},
        ),
    ),
)
RULE_CALLS = [
    (
        "events",
        "describe_rule",
        {"Name": "rootwatch-records", "EventPattern": json.dumps(PATTERN), "State": "ENABLED"},
        {"Name": "rootwatch-records", "EventBusName": "rootwatch"},
    ),
    ("events", "list_targets_by_rule", {"Targets": [{"Arn": ARN, "Id": "records"}]}, None),
]
QUEUE_CALLS = [
    ("sqs", "get_queue_url", {"QueueUrl": URL}, {"QueueName": "rootwatch-records"}),
    ("sqs", "get_queue_attributes", {"Attributes": {"SqsManagedSseEnabled": "true"}}, None),
]
TABLE_CALLS = [
    (
        "dynamodb",
        "describe_table",
        {
            "Table": {
                "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
                "GlobalSecondaryIndexes": [{**INDEX, "IndexStatus": "ACTIVE"}],
                "DeletionProtectionEnabled": True,
                "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS"},
            }
        },
        {"TableName": NAME},
    ),
    (
        "dynamodb",
        "describe_continuous_backups",
        {
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"},
            }
        },
        {"TableName": NAME},
    ),
    (
        "dynamodb",
        "describe_time_to_live",
        {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}},
        {"TableName": NAME},
    ),
]


def looked(what, *calls):
    """What is found of this part when AWS answers these calls so; a text is an error's code."""
    return looked_at([what], *calls)[what]


def looked_at(touched, *calls):
    """What is found of these parts."""
    keys = {"region_name": "eu-central-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
    clients = {
        service: boto3.client(service, **keys) for service in ("lambda", "events", "sqs", "scheduler", "dynamodb")
    }
    with ExitStack() as stack:
        stubs = {service: stack.enter_context(Stubber(client)) for service, client in clients.items()}
        for service, operation, answer, expected in calls:
            if isinstance(answer, str):
                stubs[service].add_client_error(operation, answer)
            else:
                stubs[service].add_response(operation, answer, expected)
        lambda_ = clients.pop("lambda")
        found = HubParts(lambda_=lambda_, **clients, wanted=WANTED, table=NAME, topic=TOPIC).look(touched)
        for stub in stubs.values():
            stub.assert_no_pending_responses()
    return found


@pytest.mark.parametrize(
    ("what", "calls"),
    [
        ("hub rule:rootwatch-records", RULE_CALLS),
        ("queue:rootwatch-records", QUEUE_CALLS),
        ("schedule:rootwatch-sweep", [("scheduler", "get_schedule", SCHEDULED, {"Name": "rootwatch-sweep"})]),
        (f"table:{NAME}", TABLE_CALLS),
    ],
)
def test_what_is_as_it_should_be_is_said_nothing_of(what, calls):
    assert looked(what, *calls) == ()


def test_a_table_without_recovery_and_time_to_live_is_said_so_by_its_name():
    described, _, _ = TABLE_CALLS
    off = {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED"}}
    never = {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED", "AttributeName": "expires"}}
    calls = [
        described,
        ("dynamodb", "describe_continuous_backups", off, None),
        ("dynamodb", "describe_time_to_live", never, None),
    ]
    assert looked(f"table:{NAME}", *calls) == (
        f"the table {NAME} has another point-in-time recovery",
        f"the table {NAME} has another time to live",
    )


def test_a_table_with_nothing_to_it_is_read_all_the_same():
    calls = [
        ("dynamodb", "describe_table", {"Table": {}}, None),
        ("dynamodb", "describe_continuous_backups",
         {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "DISABLED"}}, None),
        ("dynamodb", "describe_time_to_live", {"TimeToLiveDescription": {}}, None),
    ]  # fmt: skip
    assert len(looked(f"table:{NAME}", *calls)) == 6


def test_a_queue_that_is_gone_is_said_so():
    gone = ("sqs", "get_queue_url", "AWS.SimpleQueueService.NonExistentQueue", None)
    assert looked("queue:rootwatch-records", gone) == ("the queue rootwatch-records is gone",)


def test_a_schedule_that_may_not_be_read_is_no_all_clear():
    refused = ("scheduler", "get_schedule", "AccessDeniedException", None)
    assert looked("schedule:rootwatch-sweep", refused) == (
        "the schedule rootwatch-sweep could not be compared (AccessDeniedException)",
    )


@pytest.mark.parametrize(
    "what",
    ["function:rootwatch-none", "queue:rootwatch-another", "table:rootwatch-of-theirs", "hub rule:rootwatch-x", "odd"],
)
def test_what_the_manifest_does_not_know_is_no_all_clear(what):
    [words] = looked(what)
    assert words.startswith("there is nothing to compare the ")


SWEEP, OWN = configuration_call("sweep"), configuration_call("coverage")


def of_monitor(**changes):
    """What is found of the monitor, changed so, while the sweep is as it should be."""
    calls = configuration_call("monitor", **changes), OWN, SWEEP, OWN
    found = looked_at(["function:rootwatch-monitor"], *calls)
    assert found["function:rootwatch-sweep"] == ()
    return [
        words.removeprefix("the function rootwatch-monitor has another ")
        for words in found["function:rootwatch-monitor"]
    ]


def variables(**changes):
    return {"Environment": {"Variables": {**configuration("monitor")["Environment"]["Variables"], **changes}}}


def test_where_nothing_was_touched_nothing_is_read():
    assert looked_at([]) == {}


def test_a_function_of_the_same_asset_is_as_it_should_be():
    assert of_monitor() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"CodeSha256": "other"}, ["code package"]),
        ({"Handler": "rootwatch.handlers.sweep.handler"}, ["handler"]),
        ({"Runtime": "python3.12"}, ["runtime"]),
        ({"Architectures": ["x86_64"]}, ["architecture"]),
        ({"Timeout": 1}, ["timeout"]),
        ({"MemorySize": 128}, ["memory size"]),
        ({"Layers": [{"Arn": "arn:aws:lambda:eu-central-1:111122223333:layer:mine:1"}]}, ["layer"]),
        ({"VpcConfig": {"SubnetIds": ["subnet-0abcd1234example"]}}, ["network"]),
        ({"FileSystemConfigs": [{"Arn": MOUNTED, "LocalMountPath": "/mnt/x"}]}, ["file system"]),
        (variables(TABLE_NAME="another"), ["variable TABLE_NAME"]),
        (variables(TOPIC_ARN="another"), ["variable TOPIC_ARN"]),
        (variables(AWS_ENDPOINT_URL="https://example.com"), ["set of variables"]),
        (variables(AWS_LAMBDA_EXEC_WRAPPER="/opt/x"), ["set of variables"]),
        ({"Environment": {}}, ["set of variables", "variable TABLE_NAME", "variable TOPIC_ARN", "variable LOG_LEVEL"]),
        ({"LastUpdateStatus": "InProgress"}, ["update status"]),
    ],
)  # fmt: skip
def test_each_difference_of_a_function_is_said(change, said):
    assert of_monitor(**change) == said


@pytest.mark.parametrize("error", ["AccessDeniedException", "TooManyRequestsException"])
def test_a_function_that_cannot_be_read_is_no_all_clear(error):
    refused = "lambda", "get_function_configuration", error, None
    found = looked_at(["function:rootwatch-monitor"], refused, SWEEP, OWN)
    assert found["function:rootwatch-monitor"] == (f"the function rootwatch-monitor could not be compared ({error})",)
    found = looked_at(["function:rootwatch-monitor"], configuration_call("monitor"), refused, SWEEP, refused)
    assert found == {
        f"function:{name}": (f"the function {name} could not be compared ({error})",)
        for name in ("rootwatch-monitor", "rootwatch-sweep")
    }


def test_a_function_that_is_gone_and_one_that_was_left_behind_are_said():
    gone = "lambda", "get_function_configuration", "ResourceNotFoundException", None
    older = configuration_call("sweep", CodeSha256="older")
    found = looked_at(["function:rootwatch-monitor"], gone, older, OWN)
    assert found == {
        "function:rootwatch-monitor": ("the function rootwatch-monitor is gone",),
        "function:rootwatch-sweep": ("the function rootwatch-sweep has another code package",),
    }
