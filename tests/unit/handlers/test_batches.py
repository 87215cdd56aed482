"""A batch of messages: each answers for itself, and those that failed are named to come again."""

import json
from types import SimpleNamespace

import pytest

from rootwatch.handlers import batches


def event(*bodies):
    """A batch as Lambda hands it over."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "any",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "3", "SentTimestamp": "1795521600000"},
                "messageAttributes": {},
                "md5OfBody": "any",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:rootwatch-log-files",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)


@pytest.mark.parametrize(
    ("fails", "failed"), [((), []), (("b",), ["message-1"]), (("a", "b", "c"), ["message-0", "message-1", "message-2"])]
)
def test_those_that_failed_are_named_and_all_others_were_taken(fails, failed):
    taken = []

    def take(message):
        if message.body in fails:
            raise RuntimeError("a fault of ours")
        taken.append(message.body)

    answer = batches.process(event("a", "b", "c"), CONTEXT, take)
    assert answer == {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
    assert taken == [body for body in "abc" if body not in fails]


def test_a_message_says_how_often_it_was_received_and_since_when_it_waits():
    seen = []
    batches.process(event("a"), CONTEXT, lambda message: seen.append(message))
    [message] = seen
    assert batches.receives_of(message) == 3
    assert json.loads(message.attributes.sent_timestamp) == 1795521600000
