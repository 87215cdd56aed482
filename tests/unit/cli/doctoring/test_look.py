"""What is looked up of the deployed rootwatch: refusals are unknown, and no secret comes along."""

from datetime import UTC, datetime

import msgspec
import pytest

from rootwatch_cli.aws import Deployed
from rootwatch_cli.doctoring.finding import Unknown
from rootwatch_cli.doctoring.look import look, subscriptions
from tests.support.canned import Canned
from tests.support.records import NOON
from tests.unit.cli.doctoring.a_hub import SETTINGS, TOPIC

HUB = Deployed(
    bus_arn="arn:aws:events:eu-central-1:444455556666:event-bus/rootwatch",
    queue_url="https://sqs.eu-central-1.amazonaws.com/444455556666/rootwatch-records",
    dead_letter_queue_url="https://sqs.eu-central-1.amazonaws.com/444455556666/rootwatch-records-dead",
    table_name="rootwatch",
    topic_arn=TOPIC,
    operations_topic_arn=f"{TOPIC}-operations",
    log_files_queue_url="https://sqs.eu-central-1.amazonaws.com/444455556666/rootwatch-log-files",
    log_files_dead_letter_queue_url="https://sqs.eu-central-1.amazonaws.com/444455556666/rootwatch-log-files-dead",
)
ANSWERS = {
    "Query": {"Items": []},
    "BatchGetItem": {"Responses": {"rootwatch": []}, "UnprocessedKeys": {}},
    "DescribeRule": {"State": "ENABLED"},
    "ListEventSourceMappings": {"EventSourceMappings": [{"State": "Enabled"}]},
    "ListSchedules": {"Schedules": [{"Name": "rootwatch-sweep", "State": "ENABLED"}]},
    "GetQueueAttributes": {"Attributes": {"ApproximateNumberOfMessages": "3"}},
    "GetMetricStatistics": {
        "Datapoints": [
            {"Timestamp": datetime(2026, 11, 24, 11, 58, tzinfo=UTC), "Maximum": 700.0},
            {"Timestamp": datetime(2026, 11, 24, 11, 57, tzinfo=UTC), "Maximum": 640.0},
        ]
    },
    "DescribeAlarms": {"MetricAlarms": [{"AlarmName": "rootwatch-records-old"}]},
    "ListSubscriptionsByTopic": {
        "Subscriptions": [
            {"SubscriptionArn": f"{TOPIC}:1", "Protocol": "email", "Endpoint": "security@example.com"},
            {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "ana@example.com"},
            {
                "SubscriptionArn": f"{TOPIC}:2",
                "Protocol": "https",
                "Endpoint": "https://events.example.com/integration/0123456789abcdef0123456789abcdef/enqueue",
            },
        ]
    },
    "GetSubscriptionAttributes": {"Attributes": {"ConfirmationWasAuthenticated": "true"}},
    "GetSecretValue": {"SecretString": "{}"},
}


def looked(aws, hub=HUB):
    return look(aws, None, hub, SETTINGS, NOON, lambda _: None)


def test_every_part_is_looked_up():
    state = looked(Canned(**ANSWERS))
    assert (state.places, state.health, state.rule) == ((), None, "ENABLED")
    assert state.readers == {"rootwatch-monitor": "Enabled", "rootwatch-backstop": "Enabled"}
    assert set(state.queues) == {"rootwatch-records", "rootwatch-log-files"}
    assert (state.queues["rootwatch-records"].waiting, state.queues["rootwatch-records"].age) == (3, 700.0)
    assert state.alarms == ("rootwatch-records-old",)
    assert [one.confirmed for one in state.subscriptions] == [True, False, True]
    assert state.trails is None


def test_a_hub_without_log_files_has_one_reader_and_one_queue():
    hub = msgspec.structs.replace(HUB, log_files_queue_url="", log_files_dead_letter_queue_url="")
    state = looked(Canned(**ANSWERS), hub)
    assert (set(state.readers), set(state.queues)) == ({"rootwatch-monitor"}, {"rootwatch-records"})


def test_the_key_in_a_web_hook_s_address_is_not_shown():
    hook = subscriptions(Canned(**ANSWERS).client("sns"), TOPIC)[2]
    assert hook.endpoint == "events.example.com"


@pytest.mark.parametrize("operation", sorted(set(ANSWERS) - {"GetMetricStatistics"}))
def test_a_refusal_of_any_call_is_unknown_and_leaves_the_rest(operation):
    aws = Canned(**{name: answer for name, answer in ANSWERS.items() if name != operation})
    assert any(isinstance(one, Unknown) for one in _parts(looked(aws)))
    assert any(not isinstance(one, Unknown) for one in _parts(looked(aws)))


def test_an_event_source_mapping_that_is_gone_is_said_to_be_gone():
    aws = Canned(**{**ANSWERS, "ListEventSourceMappings": {"EventSourceMappings": []}})
    assert looked(aws).readers["rootwatch-monitor"] == "gone"


def _parts(state):
    yield from (state.places, state.health, state.unsent, state.last_sends, state.lost, state.rule, state.schedules)
    yield from (state.alarms, state.subscriptions, *state.readers.values(), *state.queues.values())
    yield from (secret.fault for secret in state.secrets)
    if not isinstance(state.subscriptions, Unknown):
        yield from (one.guarded for one in state.subscriptions)
