"""What should be and what AWS says are brought into one form: what means the same is equal, all else is said."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core import hub_parts
from rootwatch.core.hub_parts import HubPart, differing

ARN = "arn:aws:sqs:eu-central-1:123456789012:rootwatch-records"
DEAD = f"{ARN}-dead"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Resource": ARN,
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Sid": "FromTheRule", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
         "Action": "sqs:SendMessage", "Resource": ARN},
    ],
}  # fmt: skip
TEMPLATE = {
    "Policy": POLICY,
    "RedrivePolicy": {"deadLetterTargetArn": DEAD, "maxReceiveCount": 480},
    "SqsManagedSseEnabled": True,
    "MessageRetentionPeriod": 1209600,
    "VisibilityTimeout": 180,
}
# As SQS answers: all of it texts, with what nobody set.
ANSWERED = {
    "QueueArn": ARN,
    "ApproximateNumberOfMessages": "7",
    "Policy": json.dumps(POLICY),
    "RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 480}),
    "SqsManagedSseEnabled": "true",
    "MessageRetentionPeriod": "1209600",
    "VisibilityTimeout": "180",
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
}
QUEUE = HubPart(kind="queue", name="rootwatch-records", settings=hub_parts.queue(TEMPLATE))


def said(part, found):
    return [words.removeprefix(f"the {part.kind} {part.name} has another ") for words in differing(part, found)]


def test_a_queue_as_sqs_answers_is_as_its_template_says():
    assert differing(QUEUE, hub_parts.queue(ANSWERED)) == ()


def test_what_is_gone_is_said_so():
    assert differing(QUEUE, None) == ("the queue rootwatch-records is gone",)


OPEN = {**POLICY, "Statement": [*POLICY["Statement"], {"Effect": "Allow", "Principal": "*", "Action": "sqs:*"}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Policy": json.dumps(OPEN)}, "policy"),
        ({"Policy": "{"}, "policy"),
        ({"RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 1})}, "redrive policy"),
        ({"RedrivePolicy": json.dumps({"deadLetterTargetArn": ARN, "maxReceiveCount": 480})}, "redrive policy"),
        ({"RedrivePolicy": "null"}, "redrive policy"),
        ({"SqsManagedSseEnabled": "false"}, "encryption"),
        ({"SqsManagedSseEnabled": "false", "KmsMasterKeyId": "alias/mine"}, "encryption"),
        ({"MessageRetentionPeriod": "60"}, "retention period"),
        ({"VisibilityTimeout": "0"}, "visibility timeout"),
        ({"DelaySeconds": "900"}, "delay"),
        ({"MaximumMessageSize": "1024"}, "largest message"),
    ],
)
def test_each_setting_of_a_queue_that_differs_is_named(change, words):
    assert said(QUEUE, hub_parts.queue({**ANSWERED, **change})) == [words]


@pytest.mark.parametrize("missing", ["Policy", "RedrivePolicy", "SqsManagedSseEnabled"])
def test_a_setting_that_was_taken_away_is_named(missing):
    assert len(said(QUEUE, hub_parts.queue({key: value for key, value in ANSWERED.items() if key != missing}))) == 1


@given(st.data())
def test_however_a_policy_is_spelt_and_ordered_it_is_the_same(data):
    def spelt(value):
        if isinstance(value, str) and data.draw(st.booleans()):
            return [value]
        return value

    statements = [
        {
            key: ({name: spelt(one) for name, one in value.items()} if key == "Principal" else spelt(value))
            if key != "Condition" and key not in ("Sid", "Effect")
            else value
            for key, value in statement.items()
        }
        for statement in POLICY["Statement"]
    ]
    policy = {**POLICY, "Statement": data.draw(st.permutations(statements))}
    assert said(QUEUE, hub_parts.queue({**ANSWERED, "Policy": json.dumps(policy)})) == []


def test_anybody_is_anybody_in_either_spelling():
    text = json.dumps(POLICY).replace('{"AWS": "*"}', '"*"')
    assert said(QUEUE, hub_parts.queue({**ANSWERED, "Policy": text})) == []


PATTERN = {"source": [{"prefix": "aws."}]}
TARGET = {"Arn": ARN, "Id": "records", "DeadLetterConfig": {"Arn": DEAD}}
RULE = HubPart(
    kind="hub rule",
    name="rootwatch-records",
    bus="rootwatch",
    settings=hub_parts.rule({"EventPattern": PATTERN, "State": "ENABLED"}, [TARGET]),
)


def test_a_rule_as_eventbridge_answers_is_as_its_template_says():
    described = {
        "Name": RULE.name,
        "EventPattern": json.dumps(PATTERN),
        "State": "ENABLED",
        "EventBusName": "rootwatch",
    }
    assert said(RULE, hub_parts.rule(described, [{**TARGET, "Id": "another"}])) == []


@pytest.mark.parametrize(
    ("change", "targets", "words"),
    [
        ({"State": "DISABLED"}, [TARGET], ["state"]),
        ({"EventPattern": '{"source": ["aws.none"]}'}, [TARGET], ["pattern"]),
        ({"EventPattern": None}, [TARGET], ["pattern"]),
        ({}, [], ["target"]),
        ({}, [TARGET, {"Arn": "arn:aws:sqs:eu-central-1:123456789012:theirs", "Id": "x"}], ["target"]),
        ({}, [{**TARGET, "InputPath": "$.detail.none"}], ["target"]),
        ({}, [{"Arn": ARN, "Id": "records"}], ["target"]),
    ],
)
def test_each_setting_of_a_rule_that_differs_is_named(change, targets, words):
    described = {"EventPattern": json.dumps(PATTERN), "State": "ENABLED", **change}
    assert said(RULE, hub_parts.rule(described, targets)) == words


FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:rootwatch-sweep"
RETRIES = {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
SCHEDULED = {
    "ScheduleExpression": "rate(1 minute)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": FUNCTION, "RetryPolicy": RETRIES},
}
SCHEDULE = HubPart(kind="schedule", name="rootwatch-sweep", settings=hub_parts.schedule(SCHEDULED))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"State": "ENABLED", "ScheduleExpressionTimezone": "UTC"}, []),
        ({"State": "DISABLED"}, ["state"]),
        ({"ScheduleExpression": "rate(1 day)"}, ["rate"]),
        ({"KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/mine"}, ["key"]),
        ({"EndDate": "2026-11-27T00:00:00Z"}, ["beginning or end"]),
        ({"StartDate": "2027-11-27T00:00:00Z"}, ["beginning or end"]),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1440}}, ["window"]),
        ({"Target": {"Arn": f"{FUNCTION}-2", "RetryPolicy": RETRIES}}, ["target"]),
        ({"Target": {"Arn": FUNCTION}}, ["retry policy"]),
    ],
)
def test_each_setting_of_a_schedule_that_differs_is_named(change, words):
    assert said(SCHEDULE, hub_parts.schedule({**SCHEDULED, **change})) == words


INDEX = {"IndexName": "due", "KeySchema": [{"AttributeName": "due_shard", "KeyType": "HASH"}],
         "Projection": {"ProjectionType": "KEYS_ONLY"}}  # fmt: skip
WELL = {
    "billing": "PAY_PER_REQUEST",
    "indexes": [INDEX],
    "is_protected": True,
    "is_recoverable": True,
    "is_under_kms": True,
    "expires": "expires",
    "is_copied": False,
    "throughput": {},
}
TABLE = HubPart(kind="table", name="{table}", settings=hub_parts.table(**WELL))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"indexes": [{**INDEX, "IndexStatus": "ACTIVE", "ItemCount": 3}]}, []),
        ({"indexes": []}, ["index"]),
        ({"billing": "PROVISIONED"}, ["billing mode"]),
        ({"is_protected": False}, ["deletion protection"]),
        ({"is_recoverable": False}, ["point-in-time recovery"]),
        ({"is_under_kms": False}, ["encryption"]),
        ({"expires": "PK"}, ["time to live"]),
        ({"expires": None}, ["time to live"]),
        ({"is_copied": True}, ["stream or replica"]),
        ({"throughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}}, []),
        ({"throughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 1}}, ["throughput limit"]),
        ({"indexes": [{**INDEX, "OnDemandThroughput": {"MaxWriteRequestUnits": 1}}]}, ["throughput limit"]),
    ],
)
def test_each_setting_of_the_table_that_differs_is_named(change, words):
    assert said(TABLE, hub_parts.table(**{**WELL, **change})) == words
