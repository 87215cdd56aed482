"""Nothing is counted that nobody looks at, and nothing is looked at that nobody counts."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from rootwatch.core.words import Disposition
from stacks import alarms, dashboard
from stacks.alarm import FAST_PATH_MISSED, LOG_FILES_DAMAGED, LOG_FILES_REFUSED, NAMESPACE

SERVICES = {"monitor": None, "backstop": None, "sweep": 1, "tags": 15, "coverage": 5, "posture": 15, "heartbeat": 1}
LAMBDA = Path(alarms.__file__).parents[1] / "lambda/rootwatch"
NAME = re.compile(r"(?:[A-Z][a-z]+){2,}|Duplicates|Swept")


def texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and NAME.fullmatch(part.value):
            yield part.value


def of_call(call: ast.Call, module: ast.Module) -> Iterator[str]:
    """The names that one call may count by: in its own words, else any that its module has words for."""
    name = call.args[0]
    if isinstance(name, ast.JoinedStr):
        prefix = name.values[0]
        assert isinstance(prefix, ast.Constant)
        assert prefix.value == "Records", "a name that is put together: say here of what"
        yield from (f"Records{one.capitalize()}" for one in get_args(Disposition))
        return
    own = list(texts(name))
    yield from own or texts(module)


def counted() -> set[str]:
    found: set[str] = set()
    for path in LAMBDA.rglob("*.py"):
        module = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_metric":
                names = set(of_call(node, module))
                assert names, f"{path.name}:{node.lineno} counts by a name that stands nowhere"
                found |= names
    return found


def shown() -> set[str]:
    body = dashboard.body(region="eu-central-1", alarm_arns=[], functions=list(SERVICES), queues=[])
    series = [one for widget in json.loads(body)["widgets"] for one in widget["properties"].get("metrics", ())]
    return {one[1] for one in series if one[0] == NAMESPACE}


def alarmed() -> set[str]:
    found = alarms.of_hub(SERVICES, records="rootwatch-records", log_files="rootwatch-log-files")
    return {alarm.metric for alarm in found if alarm.namespace == NAMESPACE}


def test_every_metric_of_our_own_is_on_the_dashboard_or_has_an_alarm() -> None:
    assert counted() - shown() - alarmed() == set()


def test_everything_that_is_shown_or_waited_for_is_counted() -> None:
    assert (shown() | alarmed()) - counted() == set()


@pytest.mark.parametrize("metric", [LOG_FILES_REFUSED, LOG_FILES_DAMAGED, FAST_PATH_MISSED])
def test_what_the_backstop_finds_wrong_has_an_alarm_where_there_is_a_backstop(metric: str) -> None:
    assert metric in alarmed()
    without = alarms.of_hub({"monitor": None, "sweep": 1}, records="rootwatch-records", log_files=None)
    assert metric not in {alarm.metric for alarm in without}


def test_a_hub_without_a_backstop_has_no_graph_of_log_files() -> None:
    body = dashboard.body(region="eu-central-1", alarm_arns=[], functions=["monitor", "sweep"], queues=[])
    assert "LogFile" not in body
    assert "Heartbeats" not in body
