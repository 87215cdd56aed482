"""A function starts hardly more slowly than what it can't do without: boto3 with two clients, in the same run."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

from stacks.asset import ROOT, Asset

MOST = 1.5
ROUNDS = 3
BARE = "import boto3; boto3.client('dynamodb'); boto3.client('sns')"
HANDLERS = sorted(
    path.stem
    for path in (ROOT / "lambda/rootwatch/handlers").glob("*.py")
    if "\ndef handler(" in path.read_text("utf-8")
)


def processor_seconds(code: str, task: Path) -> float:
    """Of a fresh process in the asset: time on the processor, which a busy machine does not stretch as the clock's."""
    measured = f"import time; began = time.process_time(); {code}; print(time.process_time() - began)"
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "any",
        "POWERTOOLS_METRICS_NAMESPACE": "rootwatch",
    }
    command = [sys.executable, "-c", measured]
    done = subprocess.run(command, cwd=task, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_importing_each_handler_takes_at_most_one_and_a_half_times_what_bare_boto3_takes(local_asset: Asset) -> None:
    assert len(HANDLERS) >= 6
    codes = {"": BARE, **{name: f"import rootwatch.handlers.{name}" for name in HANDLERS}}
    took: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(ROUNDS):
        for name, code in codes.items():
            took[name].append(processor_seconds(code, local_asset.path))
    bare = statistics.median(took.pop(""))
    ratios = {name: statistics.median(seconds) / bare for name, seconds in took.items()}
    assert {name: ratio for name, ratio in ratios.items() if ratio > MOST} == {}
