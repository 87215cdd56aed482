"""Every numbered step of a small story, with every fault of every channel: the process ended there, the fault met, and
then the queue and the sweep until all is quiet; and every call that never ends. What the judge demands must hold each
time.

``python -m tests.chaos.exhaustive`` counts the cases and runs them all.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tests.chaos.judge import judge
from tests.chaos.outside import HANGS, Hang, Scripted
from tests.chaos.simulator import START, Conditions, Simulator, simulated
from tests.chaos.stories import Stories, Story
from tests.chaos.verdict import Verdict
from tests.chaos.wire import PERMANENT, SLACK_ALONE, TRANSIENT

STORIES: Final = {"an intrusion": "intrusion", "planned use": "planned", "a task explained late": "task, late"}
FAULTS: Final = {
    "pagerduty": (*TRANSIENT, PERMANENT["pagerduty"]),
    "slack": (*TRANSIENT, *SLACK_ALONE, PERMANENT["slack"]),
    "sns": (*TRANSIENT, PERMANENT["sns"]),
}
_LONGEST: Final = 36 * 3600.0
_AHEAD: Final = 200.0
_LATE: Final = 190.0  # seconds: what comes later comes late on purpose
_SHOWN: Final = 10
_TOGETHER: Final = 5.0  # the records come within so many seconds


@dataclass(frozen=True, slots=True)
class Case:
    """Where the process ends (0: nowhere), and which fault the first message to which channel meets; or which call
    hangs until the function's timeout."""

    step: int = 0
    channel: str = ""
    fault: str = ""
    call: int = 0
    hang: Hang | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case ended: ``broken`` names the bars that do not hold."""

    case: Case
    verdict: Verdict
    broken: tuple[str, ...]
    steps: int  # until nothing was left to be sent
    names: tuple[str, ...]


@lru_cache
def short(name: str) -> Stories:
    """Somebody gets in and does one thing more; or the like."""
    for seed in range(1_000):
        stories = Stories(
            seed, 1, START, kinds={STORIES[name]: 1}, calls=1, ahead=_AHEAD if name == "planned use" else 0
        )
        [one] = stories.stories
        pairs = {record.pair for record in one.records if record.severity == "critical"}
        if name != "an intrusion" or len(pairs) > 1:
            _draw_together(one)
            return stories
    raise AssertionError(name)


def _draw_together(story: Story) -> None:
    for one in story.records:
        if 0 <= one.at - story.begins < _LATE:
            one.at = story.begins + (one.at - story.begins) * _TOGETHER / _LATE


def play(stories: Stories, case: Case) -> Outcome:
    """One case, from its first record until all is quiet."""
    trouble = Scripted(
        step=case.step, channel=case.channel, fault=case.fault or None, call=case.call or None, hang=case.hang
    )
    with simulated(trouble, Conditions(gap_minutes=5, keeps_names=True)) as world:
        world.tags = stories.tags
        world.tell(stories.stories, log_files=False)
        world.run(stories.ends)
        while world.sends_left or world.records.messages:
            world.run(world.loop.now + 60)
            if world.loop.now > START + _LONGEST:
                break
        steps = world.border.steps
        quiet = world.run_until_quiet(_LONGEST, at_once=60)
        verdict = judge(stories.stories, world.received)
        broken = [*_broken(verdict, case, world), *([] if quiet else ["all is settled in the end"])]
    return Outcome(case, verdict, tuple(broken), steps, tuple(world.border.names or ()))


def _broken(verdict: Verdict, case: Case, world: Simulator) -> Iterator[str]:
    """The bars that do not hold. What a channel refuses for good must be told by the others, and by the alarm."""
    failed = sum(item["state"]["S"] == "failed" for item in world.table.all("INC#") if "lane" in item)
    if world.functions.metrics["SendsFailed"] < failed:
        yield "what failed is counted for the alarm"
    if case.fault == PERMANENT.get(case.channel) and failed:
        lost = {"pagerduty": {"unplanned not paged 0"}, "sns": {"lost 0", "counts exact"}}.get(case.channel, set())
        yield from (bar for bar in verdict.broken() if bar not in lost)
        if not any("did not take" in str(one.body) for one in world.received.messages if one.channel != case.channel):
            yield "what failed is told by the other channels"
    else:
        yield from verdict.broken()
        if failed:
            yield "no send fails for good"


def cases(steps: int, channel: str) -> Iterator[Case]:
    """All of them for one channel; "" for those without a fault."""
    for step in range(steps + 1):
        if channel:
            yield from (Case(step, channel, fault) for fault in FAULTS[channel])
        else:
            yield Case(step)


def hangs(steps: int) -> Iterator[Case]:
    """Each call never ends, without effect or after it. A call has a step before it and one after."""
    for call in range(1, steps // 2 + 1):
        yield from (Case(call=call, hang=hang) for hang in HANGS)


def sample(steps: int) -> Iterator[Case]:
    """Of the crossing of steps and faults, for each step one channel and one fault of it, by turns."""
    for step in range(1, steps + 1):
        channel = list(FAULTS)[step % len(FAULTS)]
        faults = FAULTS[channel]
        yield Case(step, channel, faults[step // len(FAULTS) % len(faults)])


def _played(name: str, case: Case) -> str | None:
    """What is wrong in the end, if anything is."""
    outcome = play(short(name), case)
    return f"{name}: {case}: {outcome.broken} {outcome.verdict.notes}" if outcome.broken else None


def main() -> int:
    """All cases of all stories. 1 if any breaks a bar."""
    failures = count = 0
    with ProcessPoolExecutor() as pool:
        for name in STORIES:
            clean = play(short(name), Case(0))
            tried = [case for channel in ("", *FAULTS) for case in cases(clean.steps, channel)]
            tried += hangs(clean.steps)
            wrong = [one for one in pool.map(_played, [name] * len(tried), tried, chunksize=50) if one]
            count, failures = count + len(tried), failures + len(wrong)
            print(*wrong[:_SHOWN], f"{name}: {clean.steps} steps, {len(tried)} cases, {len(wrong)} broken", sep="\n")
    print(f"{count} cases, {failures} broken")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
