"""`rootwatch scan` of a bucket on the embedded AWS, as a process of its own; and what the hub deployed for Athena."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rootwatch_local.world import HUB, HUB_REGION, ORGANISATION, World
from tests.support import ninety_days

pytestmark = pytest.mark.embedded

BUCKET = "example-history"


@pytest.fixture
def bucket(world: World, tmp_path: Path) -> str:
    client = world.aws.client("s3", HUB.id, HUB_REGION)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": HUB_REGION})
    for key, content in ninety_days.log_files(ninety_days.records()):
        client.put_object(Bucket=BUCKET, Key=key, Body=content)
        client.put_object(Bucket=BUCKET, Key=key.replace("/CloudTrail/", "/CloudTrail-Digest/"), Body=b"{}")
    return BUCKET


def scan(world: World, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from rootwatch_cli.main import main; main()", "scan", "--format", "jsonl", *arguments],
        env=world.aws.environment(HUB.id, HUB_REGION),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_a_bucket_gives_the_same_answer_as_its_copy_in_a_folder(world: World, bucket: str, tmp_path: Path) -> None:
    folder = ninety_days.write(tmp_path / "copy")
    narrowed = ("--account", ninety_days.STAGING, "--since", "2026-10-01", "--until", "2026-10-31")
    for selection in ((), narrowed):
        remote = scan(world, f"s3://{bucket}", "--jobs", "2", *selection)
        assert remote.returncode == 0, remote.stderr
        local = scan(world, str(folder / "AWSLogs"), *selection)
        assert remote.stdout.replace(f"s3://{bucket}", str(folder)) == local.stdout
        assert len(remote.stdout.splitlines()) > 5


def test_the_hub_holds_the_table_and_the_workgroup_that_athena_is_asked_with(world: World) -> None:
    table = world.aws.client("glue", HUB.id, HUB_REGION).get_table(DatabaseName="rootwatch", Name="cloudtrail")["Table"]
    location = f"s3://rootwatch-trail-{HUB.id}-{HUB_REGION}/AWSLogs/{ORGANISATION.id}/"
    assert table["StorageDescriptor"]["Location"] == location
    athena = world.aws.client("athena", HUB.id, HUB_REGION)
    assert athena.get_work_group(WorkGroup="rootwatch")["WorkGroup"]["Name"] == "rootwatch"
    assert json.dumps(table["Parameters"]).count("projection.") == 9
