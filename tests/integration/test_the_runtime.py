"""Every function under AWS's own runtime client and the real Runtime API: a real event in, the answer out."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rootwatch_local.world import HUB, HUB_REGION, PAYMENTS, World
from tests.support.lambda_runtime import Runtime
from tests.support.live import call_now
from tests.support.log_files import object_created

pytest.importorskip("awslambdaric", reason="AWS's runtime client is for Linux")
pytestmark = pytest.mark.embedded

Start = Callable[..., Runtime]
NOTHING: Mapping[str, str] = {}


@pytest.fixture(scope="module")
def asset(world: World) -> Path:
    """The asset that was deployed."""
    [code] = [path for path in (world.aws.folder / "cdk.out").glob("asset.*") if (path / "rootwatch").is_dir()]
    return code


@pytest.fixture
def start(world: World, asset: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts a function of the asset with the environment that is deployed; its settings changed as told."""
    with ExitStack() as stack:

        def one(name: str, *, like: str = "", environment: Mapping[str, str] = NOTHING, **changes: Any) -> Runtime:
            task = tmp_path / name
            task.mkdir()
            for part in asset.iterdir():
                (task / part.name).symlink_to(part)
            if changes:
                settings = json.loads((task / "settings.json").read_bytes()) | changes
                (task / "settings.json").unlink()
                (task / "settings.json").write_text(json.dumps(settings))
            deployed = world.aws.client("lambda", HUB.id, HUB_REGION).get_function_configuration(
                FunctionName=f"rootwatch-{like or name}"
            )
            assert like or deployed["Handler"] == f"rootwatch.handlers.{name}.handler"
            variables = {**deployed["Environment"]["Variables"], **environment}
            credentials = world.aws.environment(HUB.id, HUB_REGION)
            return stack.enter_context(
                Runtime(task, f"rootwatch.handlers.{name}.handler", {**credentials, **variables})
            )

        yield one


def message(body: str, message_id: str = "0a11ab1e-0000-4000-8000-000000000001") -> dict[str, Any]:
    """A message as Lambda hands it over.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    return {
        "messageId": message_id,
        "receiptHandle": "AQEBEXAMPLE",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1790000000000",
            "SenderId": "AIDAIOSFODNN7EXAMPLE",
            "ApproximateFirstReceiveTimestamp": "1790000000001",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{HUB_REGION}:{HUB.id}:rootwatch-records",
        "awsRegion": HUB_REGION,
    }


def from_eventbridge(record: dict[str, Any]) -> str:
    """A record as it lies in the queue."""
    envelope = {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "AWS API Call via CloudTrail",
        "source": f"aws.{record['eventSource'].partition('.')[0]}",
        "account": record["recipientAccountId"],
        "time": record["eventTime"],
        "region": record["awsRegion"],
        "resources": [],
        "detail": record,
    }
    return json.dumps(envelope)


def test_the_monitor_takes_a_batch_warm_and_cold_and_answers_for_each_message(world: World, start: Start) -> None:
    monitor = start("monitor")
    first, second = (call_now("ListUsers", PAYMENTS.id, "us-east-1", readOnly=True) for _ in range(2))
    for number, record in enumerate((first, second)):
        answer = monitor.invoke({"Records": [message(from_eventbridge(record), f"m{number}"), message("no JSON", "x")]})
        assert (answer.failed, answer.value) == (False, {"batchItemFailures": []})
        assert world.disposition(record["eventID"]) in ("opened", "folded")


def test_without_its_table_the_monitor_tells_all_the_same_and_names_the_messages_that_must_come_again(
    world: World, start: Start
) -> None:
    monitor = start("monitor", environment={"TABLE_NAME": "nowhere"}, slack=None, pagerduty=None)
    record = call_now("CreateUser", PAYMENTS.id, "us-east-1", requestParameters={"userName": "nobody-knows"})
    answer = monitor.invoke({"Records": [message(from_eventbridge(record), "m1"), message("no JSON", "m2")]})
    assert (answer.failed, {one["itemIdentifier"] for one in answer.value["batchItemFailures"]}) == (
        False,
        {"m1", "m2"},
    )
    world.receivers.wait_for(
        lambda now: any("Duplicates possible" in mail.message for mail in now.mailbox.mails), timeout=90
    )


def test_the_backstop_reads_a_log_file(world: World, start: Start) -> None:
    record = call_now("ListUsers", PAYMENTS.id, "us-west-2", readOnly=True)
    key = world.write_log_file(PAYMENTS.id, "us-west-2", [record])
    bucket = f"rootwatch-trail-{HUB.id}-{HUB_REGION}"
    there, lost = object_created(key, bucket=bucket), object_created(key.replace("_CloudTrail_", "_x_"), bucket=bucket)
    answer = start("backstop").invoke({"Records": [message(there, "there"), message(lost, "lost")]})
    assert answer.value == {"batchItemFailures": [{"itemIdentifier": "lost"}]}
    assert world.wait_until_taken(record["eventID"]) in ("opened", "folded")


# What a schedule starts, with the seconds that it is given here: posture has no time to begin an account's.
SCHEDULED = {"sweep": 90, "tags": 90, "coverage": 90, "posture": 60}


@pytest.mark.parametrize("name", SCHEDULED)
def test_what_a_schedule_starts_answers_in_figures(name: str, start: Start) -> None:
    answer = start(name).invoke({}, seconds=SCHEDULED[name])
    assert not answer.failed, answer.value
    assert answer.value
    assert all(isinstance(figure, int) for figure in answer.value.values())


def test_every_function_of_the_asset_is_run_here(asset: Path) -> None:
    handlers = {
        path.stem for path in (asset / "rootwatch/handlers").glob("*.py") if "\ndef handler(" in path.read_text("utf-8")
    }
    assert handlers == {"monitor", "backstop", "heartbeat", *SCHEDULED}


def test_the_heartbeat_beats_not_where_it_cannot_see_that_all_is_well(start: Start) -> None:
    heartbeat = start("heartbeat", like="sweep", heartbeat={"secret": "rootwatch/heartbeat"})
    assert heartbeat.invoke({}).value == {"beat": False}
    assert heartbeat.writes("no heartbeat")


def test_a_function_that_cannot_start_says_why(start: Start) -> None:
    nobody = start("nobody", like="sweep")
    assert nobody.ended() == 1
    assert nobody.init_error["errorType"] == "Runtime.ImportModuleError"
