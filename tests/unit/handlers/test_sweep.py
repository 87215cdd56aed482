"""What the sweep measures: how old the oldest send is that nobody tried, and how long one has been tried in vain."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from rootwatch.core.ports import Due, Outcome, StoreDownError
from rootwatch.edge.pace import no_pace
from rootwatch.edge.storms import Storms
from rootwatch.handlers import sweep, wiring
from tests.support.memory_paths import MemoryPaths
from tests.support.monitor import Monitor
from tests.support.records import record, sign_in_body

RETRY = Outcome(state="retry", reason="HTTP 503")


class Context:
    """Of a function that has its whole time left."""

    function_name = "rootwatch-sweep"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rootwatch-sweep"
    aws_request_id = "11111111-2222-4333-8444-555555555555"

    def get_remaining_time_in_millis(self) -> int:
        return 90_000


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Monitor:
    """A sign-in was told on all channels but Slack, which did not answer."""
    made = Monitor()
    paths = MemoryPaths(made.store)
    made.channels["slack"].script = [RETRY]
    made.take(record(sign_in_body()))
    monkeypatch.setattr(wiring, "store", lambda: made.store)
    monkeypatch.setattr(wiring, "fast_paths", lambda: paths)
    monkeypatch.setattr(wiring, "directory", lambda: made.directory)
    monkeypatch.setattr(wiring, "settings", lambda: made.settings)
    monkeypatch.setattr(wiring, "channel", made.channels.__getitem__)
    monkeypatch.setattr(wiring, "now", lambda: made.now)
    monkeypatch.setattr(wiring, "pace", lambda: no_pace)
    monkeypatch.setattr(sweep.metrics, "namespace", "rootwatch", raising=False)

    def sleep(seconds: float) -> None:
        made.now += timedelta(seconds=seconds)

    monkeypatch.setattr(sweep.time, "sleep", sleep)
    return made


@pytest.fixture
def swept(monitor: Monitor, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, list[float]]]:
    """Sweeps so much later, and returns the metrics in CloudWatch's embedded format, by name."""

    def at(**later: float) -> dict[str, list[float]]:
        monitor.now += timedelta(**later)
        capsys.readouterr()
        sweep.metrics.clear_metrics()  # Powertools keeps one set for all of a process
        sweep.handler({}, Context())  # type: ignore[arg-type] # as much of a context as the sweep asks for
        blobs = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
        return {
            metric["Name"]: blob[metric["Name"]]
            for blob in blobs
            for metric in blob["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        }

    return at


def test_a_send_that_nobody_tried_is_as_old_as_it_has_been_due(swept: Callable[..., dict[str, list[float]]]) -> None:
    first, *later = swept(minutes=20)["OldestDueSeconds"]
    assert 1190 <= first <= 1200  # it was due a few seconds after the first try
    assert later == [0.0]


def test_nothing_due_is_no_age(swept: Callable[..., dict[str, list[float]]]) -> None:
    swept(minutes=1)
    assert swept(seconds=1)["OldestDueSeconds"] == [0.0]


def test_a_send_that_is_tried_in_vain_is_as_old_as_its_first_try(
    monitor: Monitor, swept: Callable[..., dict[str, list[float]]]
) -> None:
    monitor.channels["slack"].script = [RETRY] * 2
    assert swept(minutes=20)["UnsentSeconds"] == [1200.0]
    assert 2400 <= swept(minutes=20)["UnsentSeconds"][0] <= 2460  # the sweep before stayed for its minute


def test_a_send_that_got_out_is_not_unsent(swept: Callable[..., dict[str, list[float]]]) -> None:
    metrics = swept(minutes=5)
    assert metrics["SendsSent"] == [1.0]
    assert "UnsentSeconds" not in metrics


def test_a_storm_that_a_crash_hid_is_seen_by_the_next_sweep(
    monitor: Monitor, swept: Callable[..., dict[str, list[float]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(Storms, "look", lambda self: None)
        for number in range(25):
            monitor.take(record(sign_in_body(monitor.now, account=f"2{number:011d}")))
    swept(seconds=30)
    [page] = [notice for notice in monitor.watched("pagerduty") if notice.incident.is_storm]
    assert (page.type, len(page.listed)) == ("opened", 25 + 1)


def test_a_send_that_failed_for_good_is_counted_by_the_next_sweep_and_once(
    monitor: Monitor, swept: Callable[..., dict[str, list[float]]]
) -> None:
    monitor.channels["slack"].script = [Outcome(state="failed", reason="Slack: invalid_blocks")]
    swept(minutes=5)
    assert swept(minutes=1)["SendsFailed"] == [1.0]
    assert "SendsFailed" not in swept(minutes=1)


def test_what_is_counted_is_written_before_it_is_noted_as_counted(
    monitor: Monitor, swept: Callable[..., dict[str, list[float]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor.channels["slack"].script = [Outcome(state="failed", reason="Slack: invalid_blocks")]
    swept(minutes=5)

    class GoneError(BaseException):
        """The process ends."""

    def ends(due: Due) -> None:
        raise GoneError

    with monkeypatch.context() as crash:
        crash.setattr(monitor.store, "counted", ends)
        with pytest.raises(GoneError):
            swept(minutes=1)
    assert swept(minutes=1)["SendsFailed"] == [1.0], "nobody noted it: it is counted again"


def test_failed_sends_that_cannot_be_counted_hold_up_nothing(
    monitor: Monitor, swept: Callable[..., dict[str, list[float]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(limit: int) -> list[Due]:
        raise StoreDownError("DynamoDB answered AccessDeniedException")

    monkeypatch.setattr(monitor.store, "uncounted", down)
    assert swept(minutes=5)["SendsSent"] == [1.0]


def test_very_many_failed_sends_are_counted_over_several_sweeps(
    monitor: Monitor, swept: Callable[..., dict[str, list[float]]]
) -> None:
    monitor.store._uncounted = [Due(incident=f"111122223333-{number:012x}", channel="slack") for number in range(150)]
    assert [swept(minutes=1)["SendsFailed"] for _ in range(2)] == [[100.0], [50.0]]
