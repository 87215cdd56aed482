"""The dashboard: what a person wants to know first, from the top.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

from rootwatch.core.words import Disposition
from stacks import alarm

_WIDE, _HALF, _HIGH = 24, 12, 6

_SENDERS: Final = frozenset({"monitor", "sweep", "backstop", "coverage"})
_LOG_FILES: Final = {
    alarm.LOG_FILES_READ: "read",
    "LogFileRecords": "records that concern us",
    "LogFilesIgnored": "ignored",
    alarm.LOG_FILES_REFUSED: "refused",
    alarm.LOG_FILES_DAMAGED: "damaged",
}
_DONE: Final = {
    "tags": {"AccountsRead": "accounts whose tag was read"},
    "posture": {"AccountsLooked": "accounts looked at"},
    "heartbeat": {
        "HeartbeatsSent": "heartbeats",
        "HeartbeatsWithheld": "heartbeats withheld",
        "HeartbeatsFailed": "heartbeats that failed",
    },
}

Series = list[Any]


def body(*, region: str, alarm_arns: Sequence[str], functions: Sequence[str], queues: Sequence[str]) -> str:
    """The dashboard's JSON. ``functions`` are named without "rootwatch-", ``queues`` in full."""
    takers = [name for name in functions if name in ("monitor", "backstop")]
    rows = [
        [{"type": "alarm", "width": _WIDE, "height": 4, "properties": {"title": "Alarms", "alarms": list(alarm_arns)}}],
        [
            _graph("Records taken in, by what became of them", _records(takers), region, stacked=True),
            _graph("Sends, by how they went", _sends(functions), region, stacked=True),
        ],
        [
            _graph("Oldest message, in seconds", _of_queues("ApproximateAgeOfOldestMessage", queues), region),
            _graph(
                "Dead letters",
                _of_queues("ApproximateNumberOfMessagesVisible", [f"{queue}-dead" for queue in queues]),
                region,
            ),
        ],
        [
            _graph("Canaries", _canaries(), region),
            _graph("Unsent, in seconds", _unsent(), region),
        ],
        *([_of_log_files(region)] if "backstop" in functions else []),
        [
            _graph("What EventBridge did not bring", _missed(), region),
            _graph("What the schedules did", _done(functions), region),
        ],
        [
            _graph("Errors of functions", _of_functions("Errors", "Sum", functions), region),
            _graph("Slowest run of a minute, in milliseconds", _of_functions("Duration", "Maximum", functions), region),
        ],
    ]
    return json.dumps({"widgets": list(_placed(rows))}, separators=(",", ":"))


def _of_log_files(region: str) -> list[dict[str, Any]]:
    late = _ours("LogFileLateness", "backstop", "age of a record when read, in seconds", "Maximum")
    size = _ours("LogFileBytes", "backstop", "bytes (right)")
    size[-1]["yAxis"] = "right"
    return [
        _graph("Log files", (_ours(name, "backstop", label) for name, label in _LOG_FILES.items()), region),
        _graph("Log files: lateness, size", [late, size], region),
    ]


def _placed(rows: Iterable[Sequence[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    y = 0
    for row in rows:
        x = 0
        for widget in row:
            yield {**widget, "x": x, "y": y}
            x += widget["width"]
        y += max(widget["height"] for widget in row)


def _graph(title: str, series: Iterable[Series], region: str, *, stacked: bool = False) -> dict[str, Any]:
    properties = {
        "title": title,
        "region": region,
        "view": "timeSeries",
        "stacked": stacked,
        "period": 60,
        "metrics": list(series),
    }
    return {"type": "metric", "width": _HALF, "height": _HIGH, "properties": properties}


def _ours(metric: str, service: str, label: str, statistic: str = "Sum") -> Series:
    return [alarm.NAMESPACE, metric, "service", service, {"label": label, "stat": statistic}]


def _records(takers: Sequence[str]) -> Iterable[Series]:
    for service in takers:
        for disposition in get_args(Disposition):
            yield _ours(f"Records{disposition.capitalize()}", service, f"{disposition} ({service})")
        yield _ours("Duplicates", service, f"duplicate ({service})")


def _sends(functions: Sequence[str]) -> Iterable[Series]:
    for service in functions:
        if service in _SENDERS:
            for state in ("Sent", "Retried", "Paced"):
                yield _ours(f"Sends{state}", service, f"{state.lower()} ({service})")
    yield _ours(alarm.SENDS_FAILED, "sweep", "failed")


def _of_queues(metric: str, queues: Sequence[str]) -> Iterable[Series]:
    return (["AWS/SQS", metric, "QueueName", queue, {"label": queue, "stat": "Maximum"}] for queue in queues)


def _canaries() -> Iterable[Series]:
    yield _ours("CanariesSent", "coverage", "sent")
    yield _ours(alarm.CANARIES_HEARD, "monitor", "heard")
    yield _ours(alarm.CANARIES_MISSING, "coverage", "missing", "Maximum")
    yield _ours("PlacesBlind", "coverage", "blind", "Maximum")


def _unsent() -> Iterable[Series]:
    yield _ours(alarm.OLDEST_DUE, "sweep", "due and not tried", "Maximum")
    yield _ours(alarm.LONGEST_UNSENT, "sweep", "tried and not taken", "Maximum")


def _missed() -> Iterable[Series]:
    yield _ours(alarm.FAST_PATH_MISSED, "sweep", "missed")
    yield _ours("FastPathGaps", "sweep", "gaps")


def _done(functions: Sequence[str]) -> Iterable[Series]:
    yield _ours("Swept", "sweep", "swept")
    for service, metrics in _DONE.items():
        if service in functions:
            for name, label in metrics.items():
                yield _ours(name, service, label)


def _of_functions(metric: str, statistic: str, functions: Sequence[str]) -> Iterable[Series]:
    for name in functions:
        yield ["AWS/Lambda", metric, "FunctionName", f"rootwatch-{name}", {"label": name, "stat": statistic}]
