"""``make chaos``: the simulator at full size, several seeds, over real sockets; a table and build/chaos.json.

``python -m tests.chaos.run --records 10000 --seed 1 --seeds 5``
"""

import argparse
import json
import os
import platform
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from docs._generators.reliability import rows
from tests.chaos.judge import judge
from tests.chaos.load import load
from tests.chaos.outside import Seeded
from tests.chaos.simulator import START, Conditions, simulated
from tests.chaos.stories import Stories
from tests.chaos.wire import SLACK_ALONE, TRANSIENT

OUT: Final = Path("build/chaos.json")
CHANNEL_FAULTS: Final = 0.2
CRASHES: Final = 0.02
HANGS: Final = 0.001  # of all calls: until the function's timeout ends its process
SKEW: Final = 300.0
_LONGEST: Final = 60 * 86_400.0  # seconds of the simulation
_SHOWN: Final = 10
_AWS_FAULTS: Final = {"TransactWriteItems": (0.01, ("conflict",)), "Organizations": (0.1, ("throttled", "lost answer"))}


def one(
    seed: int, records: int, *, faults: float, crashes: float, hangs: float = 0.0, skew: float, real: bool
) -> dict[str, Any]:
    """One run: what was put in, what went wrong, what the judge found."""
    began = time.monotonic()
    stories = Stories(seed, records, START)
    trouble = Seeded(
        random.Random(f"trouble {seed}"),
        crashes=crashes,
        hangs=hangs,
        channels=faults,
        kinds=(*TRANSIENT, *SLACK_ALONE),
    )
    trouble.aws = dict(_AWS_FAULTS) if faults else {}
    conditions = Conditions(
        seed=seed, skew=skew, twice=0.05 if faults else 0.0, real=real, people_resolve=0.1 if faults else 0.0
    )
    with simulated(trouble, conditions) as world:
        world.tags = stories.tags
        world.tell(stories.stories)
        world.run(world.ends)
        quiet = world.run_until_quiet(_LONGEST)
        found = judge(stories.stories, world.received)
        put = {one.body["eventID"] for story in stories.stories for one in story.records}
        books = put <= world.dispositions.keys()
    broken = [*found.broken(), *([] if quiet else ["all is settled in the end"])]
    broken += [] if books else ["every record has its disposition in the table"]
    broken += ["no send fails for good"] if world.functions.metrics["SendsFailed"] else []
    return {
        "seed": seed,
        **found.as_dict(),
        "steps": world.border.steps,
        "processes_ended": world.border.ended,
        "timed_out": world.border.timed_out,
        "messages": len(world.received.messages),
        "simulated_hours": round((world.loop.now - START) / 3600, 1),
        "seconds": round(time.monotonic() - began, 1),
        "broken": broken,
        "notes": found.notes[:_SHOWN],
    }


def _runs(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The flood, a run without any fault, and one for each seed; as many at once as there are processors."""
    calm = {"faults": 0, "crashes": 0, "skew": 0, "real": True}
    chaos = {"faults": CHANNEL_FAULTS, "crashes": CRASHES, "hangs": HANGS, "skew": SKEW, "real": True}
    seeds = range(arguments.seed, arguments.seed + arguments.seeds)
    with ProcessPoolExecutor(arguments.processes) as pool:
        asked = [pool.submit(load, arguments.records, max(1, arguments.records // 20))]  # first: memory is its own then
        asked.append(pool.submit(one, arguments.seed, arguments.records, **calm))
        asked += [pool.submit(one, seed, arguments.records, **chaos) for seed in seeds]
        for answer in asked:
            yield answer.result()


def main() -> int:
    """Runs, prints, writes. 1 if a bar is broken."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--records", type=int, default=10_000, help="records of each run")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=5, help="how many of them")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 1)), help="runs at once")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    console = Console(width=160)
    console.print(
        f"{arguments.records} records, {arguments.seeds} seeds from {arguments.seed}; one run without any fault first"
    )
    answers = _runs(arguments)
    flood, calm = next(answers), next(answers)
    console.print(f"load: {flood}", highlight=False)
    console.print(f"without any fault: {_said(calm)}")
    runs = []
    for run in answers:
        console.print(f"seed {run['seed']}: {_said(run)}")
        runs.append(run)
    console.print(_table([calm, *runs]))
    for run in (calm, *runs):
        for note in run["notes"]:
            console.print(f"seed {run['seed']}: {note}", style="red", highlight=False)
    report = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "records": arguments.records,
        "conditions": {
            "channel_faults": CHANNEL_FAULTS,
            "crashes_of_all_steps": CRASHES,
            "hangs_of_all_calls": HANGS,
            "clocks_minutes": SKEW / 60,
        },
        "load": flood,
        "calm": calm,
        "runs": runs,
    }
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if any(run["broken"] for run in (flood, calm, *runs)) else 0


def _said(run: dict[str, Any]) -> str:
    return f"{run['seconds']} s, {run['broken'] or 'all bars hold'}"


def _table(runs: list[dict[str, Any]]) -> Table:
    table = Table("", "no fault", *(f"seed {run['seed']}" for run in runs[1:]))
    for row in rows(runs):
        table.add_row(*row)
    return table


if __name__ == "__main__":
    sys.exit(main())
