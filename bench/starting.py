"""A Lambda's start: importing the monitor, beside what every handler with two AWS clients pays."""

import sys
from collections.abc import Callable
from statistics import median
from typing import Final

from bench.machine import cores
from bench.report import Side
from bench.whole_process import run

_OURS: Final = "import rootwatch.handlers.monitor"
_BARE: Final = "import boto3; boto3.client('dynamodb'); boto3.client('sns')"
_ENVIRONMENT: Final = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}


def starting(repeat: int, say: Callable[[str], None]) -> list[Side]:
    """Both as fresh processes in turn, after one that warms up. Raises Failed."""
    seconds: dict[str, list[float]] = {_OURS: [], _BARE: []}
    for number in range(2 * repeat + 1):
        for script, runs in seconds.items():
            took, _ = run([(sys.executable, "-c", script)], on=cores()[-1:], env=_ENVIRONMENT)
            if number:
                runs.append(took.seconds)
    ours, bare = (median(runs) for runs in seconds.values())
    say(f"start: {ours * 1e3:.0f} ms, boto3 with two clients {bare * 1e3:.0f} ms")
    of = f"median of {2 * repeat} fresh processes, Python's own start included"
    return [
        Side("importing the monitor's handler", f"{ours * 1e3:.0f} ms", of),
        Side("importing boto3 and making two clients", f"{bare * 1e3:.0f} ms", of),
        Side("the handler, as a multiple of that", f"{ours / bare:.2f}", "these medians"),
    ]
