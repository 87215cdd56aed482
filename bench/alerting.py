"""From a record to three channels, warm."""

import sys
from collections.abc import Callable
from statistics import median

import msgspec

from bench.machine import cores
from bench.report import Side
from bench.whole_process import run


class _Seconds(msgspec.Struct):
    kept: list[float]
    new: list[float]


def alerting(say: Callable[[str], None]) -> list[Side]:
    """One event after the other, with kept connections and with new ones. Raises Failed."""
    _, output = run([(sys.executable, "-m", "bench.contenders.alerting")], on=cores())
    seconds = msgspec.json.decode(output, type=_Seconds)
    say(f"alert: {median(seconds.kept) * 1e3:.1f} ms, with a new session {median(seconds.new) * 1e3:.1f} ms")
    what = "from a record to Slack, PagerDuty and SNS over TLS on this machine"
    return [
        Side(f"{what}, connections kept", _milliseconds(seconds.kept), f"median of {len(seconds.kept)} events"),
        Side("the same with a new session for each event", _milliseconds(seconds.new), f"of {len(seconds.new)}"),
    ]


def _milliseconds(seconds: list[float]) -> str:
    return f"{median(seconds) * 1e3:.1f} ms ({min(seconds) * 1e3:.1f} to {max(seconds) * 1e3:.1f})"
