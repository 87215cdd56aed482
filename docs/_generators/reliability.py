"""What the last published run of chaos found, as a table."""

import json
from pathlib import Path
from typing import Any, Final

MEASURED: Final = Path(__file__).resolve().parents[2] / "tests" / "chaos" / "measured.json"
_ROWS: Final = {
    "records": "records put in",
    "incidents": "incidents",
    "lost": "lost",
    "unplanned_not_paged": "unplanned, not paged",
    "planned_paged": "planned, paged",
    "extra_pages": "extra pages",
    "unresolved": "explained, not resolved",
    "counts_exact": "counts exact",
    "dropped_by_event_bridge": "records that EventBridge dropped",
    "drops_untold": "of these accounts, untold",
    "paths_doubted": "accounts told of a drop that was none: our queue stood still",
    "processes_ended": "processes ended at a step",
    "timed_out": "processes ended by their timeout",
    "messages": "messages received",
    "late_incidents": "incidents more, of records that came late",
    "latency_p50": "seconds to a page, p50",
    "latency_p99": "seconds to a page, p99",
    "simulated_hours": "hours simulated",
}
_LOAD: Final = {
    "records": "records within a minute",
    "accounts": "accounts",
    "lost": "lost",
    "incidents": "incidents",
    "pages": "pages",
    "messages": "messages on all channels",
    "seconds_until_taken_in": "seconds until the last is taken in",
    "seconds_until_the_storm": "seconds until the storm's page",
    "seconds_until_the_last_page": "seconds until the last page",
    "memory_megabytes": "memory of the whole simulation, MB",
    "processor_seconds": "seconds of one processor, the receivers included",
}


def rows(runs: list[dict[str, Any]]) -> list[list[str]]:
    """The table's rows, a column a run."""
    known = {name: title for name, title in _ROWS.items() if all(name in run for run in runs)}  # as they were measured
    found = [[title, *(_cell(run[name]) for run in runs)] for name, title in known.items()]
    for channel in ("slack", "sns", "pagerduty"):
        cells = (f"{run['duplicates'][channel]} of {run['ambiguous_sends'][channel]}" for run in runs)
        found.insert(8, [f"duplicates, of ambiguous sends: {channel}", *cells])
    return found


def setting() -> str:
    """Where and how it was measured."""
    report = _report()
    return (
        f"Measured on {report['measured'][:10]}: {report['machine']}; {report['records']:,} records a run, "
        f"{len(report['runs'])} seeds, each run over real sockets."
    )


def figures() -> str:
    """A column a run: one without any fault, then the seeds."""
    report = _report()
    heads = ["", "no fault", *(f"seed {run['seed']}" for run in report["runs"])]
    return _markdown(heads, rows([report["calm"], *report["runs"]]))


def load() -> str:
    """The flood."""
    found = _report()["load"]
    return _markdown(["", ""], [[title, _cell(found[name])] for name, title in _LOAD.items() if name in found])


def _report() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(MEASURED.read_bytes())
    return report


def _markdown(heads: list[str], body: list[list[str]]) -> str:
    lines = [heads, ["---", *("---:" for _ in heads[1:])], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value:,}"
