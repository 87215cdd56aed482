"""The simulator, small: the bars hold at 20 % channel faults, with a crash at 2 % of all steps and clocks five minutes
wrong; the same seed is the same run. ``make chaos`` runs it at full size."""

import random
from datetime import timedelta

import msgspec
import pytest

from rootwatch.core.ports import Outcome
from rootwatch.edge.booking import Booking
from rootwatch.edge.intake import Intake
from rootwatch.edge.pagerduty import PagerDutyChannel
from rootwatch.edge.sends import Sends
from tests.chaos.dynamodb import DynamoDB
from tests.chaos.judge import judge
from tests.chaos.outside import Seeded
from tests.chaos.run import one
from tests.chaos.simulator import START, Conditions, simulated
from tests.chaos.stories import Stories
from tests.chaos.wire import TRANSIENT

CHAOS = {"faults": 0.2, "crashes": 0.02, "hangs": 0.001, "skew": 300.0, "real": False}


def test_without_any_fault_every_record_is_counted_and_every_page_is_there_within_seconds():
    run = one(1, 300, faults=0, crashes=0, skew=0, real=False)
    assert run["broken"] == [], run["notes"]
    assert run["latency_p99"] < 5
    assert run["dropped_by_event_bridge"] > 0
    assert run["paths_doubted"] == 0
    assert run["duplicates"] == {"pagerduty": 0, "slack": 0, "sns": 0}


@pytest.mark.parametrize("seed", [11, 12])
def test_the_bars_hold_under_faults_crashes_and_wrong_clocks(seed):
    run = one(seed, 250, **CHAOS)
    assert run["broken"] == [], run["notes"]
    assert run["processes_ended"] > 100
    assert run["timed_out"] > 0
    assert sum(run["ambiguous_sends"].values()) > 0


def test_the_bars_hold_over_real_sockets():
    run = one(13, 60, **{**CHAOS, "real": True})
    assert run["broken"] == [], run["notes"]


def test_the_same_seed_is_the_same_run():
    runs = [one(14, 100, **CHAOS) for _ in range(2)]
    for run in runs:
        del run["seconds"]
    assert runs[0] == runs[1]


def small(*, crashes=0.0, faults=0.2, kinds=TRANSIENT, records=150):
    """What the judge says of a small run; the clocks are right."""
    stories = Stories(21, records, START, kinds={"intrusion": 4, "planned": 2, "task, late": 3}, calls=10)
    trouble = Seeded(random.Random("trouble"), crashes=crashes, channels=faults, kinds=kinds)
    with simulated(trouble, Conditions(seed=21, twice=0.1)) as world:
        world.tags = stories.tags
        world.tell(stories.stories)
        world.run(stories.ends)
        world.run_until_quiet(6 * 3600)
        return judge(stories.stories, world.received)


def test_with_clocks_that_are_right_no_lease_is_anybody_s_excuse():
    assert small(crashes=0.01).broken() == []


def _claim_what_others_hold(monkeypatch):
    monkeypatch.setattr("rootwatch.edge.delivery.LEASE", timedelta(seconds=-60))


def _forget_the_marks(monkeypatch):
    write = DynamoDB.write
    monkeypatch.setattr(
        DynamoDB, "write", lambda self, key, after: None if key[0].startswith("EVT#") else write(self, key, after)
    )


def _page_nobody(monkeypatch):
    monkeypatch.setattr(PagerDutyChannel, "send", lambda self, notice, thread: Outcome(state="sent"))


def _never_note(monkeypatch):
    monkeypatch.setattr(Sends, "settle", lambda self, claimed, outcome, now, retry_at: None)


def _plan_nothing(monkeypatch):
    monkeypatch.setattr("rootwatch.core.verdict.declared", lambda tags: ([], []))


def _resolve_nothing(monkeypatch):
    send = PagerDutyChannel.send

    def without_resolves(self, notice, thread):
        return send(self, msgspec.structs.replace(notice, resolves=()), thread)

    monkeypatch.setattr(PagerDutyChannel, "send", without_resolves)


def _lose_some(monkeypatch):
    take = Intake.take
    monkeypatch.setattr(
        Intake, "take", lambda self, item, *rest: take(self, item, *rest) if (item.event_id or "0")[-1] != "7" else None
    )


def _miss_nothing(monkeypatch):
    monkeypatch.setattr(Booking, "look", lambda self, due: None)


@pytest.mark.parametrize(
    ("mutant", "bar"),
    [
        (_claim_what_others_hold, "duplicates on s"),
        (_forget_the_marks, "counts exact"),
        (_page_nobody, "unplanned not paged 0"),
        (_never_note, "duplicates on sns"),
        (_plan_nothing, "planned paged 0"),
        (_resolve_nothing, "what is explained is resolved"),
        (_lose_some, "lost 0"),
        (_miss_nothing, "what EventBridge drops is told"),
    ],
)
def test_the_judge_finds_what_a_broken_product_does(monkeypatch, mutant, bar):
    mutant(monkeypatch)
    slow = {"faults": 0.9, "kinds": ("slow",)}  # a send is under way while the sweep looks
    broken = small(**(slow if mutant is _claim_what_others_hold else {})).broken()
    assert any(one.startswith(bar) for one in broken), broken
