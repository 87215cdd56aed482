"""One embedded AWS for each module of tests, emptied before each test, so that no test sees another's."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rootwatch_local.embedded.aws import EmbeddedAws
from tests.integration.embedded.scenes import ORGANISATION

# Puts each record's mark and its count in one transaction, and tells the test what came of it.
MONITOR = """
import json, os, boto3
table, queue = boto3.client("dynamodb"), boto3.client("sqs")

def handler(event, context):
    failures = []
    for message in event["Records"]:
        record = json.loads(message["body"])
        if record["detail"].get("poison"):
            failures.append({"itemIdentifier": message["messageId"]})
            continue
        mark = {"PK": {"S": "EVT#" + record["detail"]["eventID"]}}
        count = {"TableName": os.environ["TABLE"], "Key": {"PK": {"S": "COUNT"}},
                 "UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
        try:
            table.transact_write_items(TransactItems=[
                {"Put": {"TableName": os.environ["TABLE"], "Item": mark,
                         "ConditionExpression": "attribute_not_exists(PK)"}},
                {"Update": count}])
            outcome = "new"
        except table.exceptions.TransactionCanceledException as error:
            outcome = [reason["Code"] for reason in error.response["CancellationReasons"]]
        told = {"event": record["detail"]["eventID"], "outcome": outcome,
                "account": record["account"], "region": record["region"]}
        print("handled", record["detail"]["eventID"])
        queue.send_message(QueueUrl=os.environ["RESULTS"], MessageBody=json.dumps(told))
    return {"batchItemFailures": failures}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[EmbeddedAws]:
    """The embedded AWS, with whatever the last test left in it."""
    with EmbeddedAws() as aws:
        yield aws


@pytest.fixture
def aws(running: EmbeddedAws) -> EmbeddedAws:
    """An empty embedded AWS, without an organisation."""
    running.reset()
    return running


@pytest.fixture
def org(aws: EmbeddedAws) -> EmbeddedAws:
    """An embedded AWS with the organisation of the scenes."""
    aws.found(ORGANISATION)
    return aws


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly of our small app."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "code").mkdir()
    (folder / "code" / "monitor.py").write_text(MONITOR)
    root = Path(__file__).resolve().parents[3]
    subprocess.run(
        [sys.executable, "-m", "tests.integration.embedded.cdk_app", str(folder / "cdk.out"), str(folder / "code")],
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'local'}", "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"},
        cwd=root,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "cdk.out"
