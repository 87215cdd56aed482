"""What the real CDK command line deploys runs: a record travels from one account's region to another's function."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded import cdk
from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import AWAY, HOME, HUB, MEMBER, ORGANISATION, eventually, sign_in

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def deployed(running: EmbeddedAws, assembly: Path) -> EmbeddedAws:
    """The embedded AWS with both stacks, bootstrapped and deployed by the command line."""
    running.found(ORGANISATION)

    def deploy(stack: str, account: str, region: str) -> None:
        cdk.bootstrap(running, account, region)
        cdk.deploy(running, assembly, [stack], account, region)

    with ThreadPoolExecutor() as pool:
        list(pool.map(deploy, ("Hub", "Member"), (HUB, MEMBER), (HOME, AWAY)))
    return running


def result(aws: EmbeddedAws, event: str) -> dict[str, Any]:
    """What the function told of a record, waiting for it. What was delivered twice on a busy machine is told twice."""
    while (told := message(aws, "results"))["event"] != event:
        pass
    return told


def message(aws: EmbeddedAws, queue: str) -> dict[str, Any]:
    """The next message of a queue, waiting for it."""
    sqs = aws.client("sqs", HUB, HOME)
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    (received,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=received["ReceiptHandle"])
    body: dict[str, Any] = json.loads(received["Body"])
    return body


def test_a_record_of_another_account_and_region_reaches_the_function_once(deployed: EmbeddedAws) -> None:
    event = sign_in()["eventID"]
    deployed.emit(MEMBER, AWAY, sign_in())
    assert result(deployed, event) == {"event": event, "outcome": "new", "account": MEMBER, "region": AWAY}
    # The second time, the transaction's first condition fails and its second operation is not done.
    deployed.emit(MEMBER, AWAY, sign_in())
    assert result(deployed, event)["outcome"] == ["ConditionalCheckFailed", "None"]
    count = deployed.client("dynamodb", HUB, HOME).get_item(TableName="marks", Key={"PK": {"S": "COUNT"}})
    assert count["Item"]["seen"] == {"N": "1"}
    assert deployed.dropped() == []


def test_a_batchs_bad_message_goes_to_the_dead_letters_and_the_good_one_does_not(deployed: EmbeddedAws) -> None:
    deployed.emit(MEMBER, AWAY, sign_in(eventID="bad", poison=True))
    deployed.emit(MEMBER, AWAY, sign_in(eventID="good"))
    assert result(deployed, "good")["outcome"] == "new"
    assert message(deployed, "dead")["detail"]["eventID"] == "bad"


def test_what_the_function_says_can_be_read(deployed: EmbeddedAws) -> None:
    deployed.emit(MEMBER, AWAY, sign_in(eventID="loud"))
    result(deployed, "loud")
    assert eventually(lambda: any("handled loud" in line for line in deployed.function_logs(HUB, HOME, "monitor")))
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        deployed.function_logs(HUB, HOME, "absent")


def test_all_that_run_the_same_code_share_one_copy_of_it(deployed: EmbeddedAws) -> None:
    deployed.emit(MEMBER, AWAY, sign_in(eventID="shared"))
    result(deployed, "shared")
    codes = list((deployed.folder / "tmp").glob("ministack-lambda-monitor-*/code"))
    assert codes
    assert all(code.is_symlink() for code in codes)
    assert len({code.resolve() for code in codes}) == 1
