"""Every numbered step of three small stories: the process ends there, and nothing is lost, doubled or left unpaged.

Crossed here with a fault of each nature on each channel: not taken, taken without an answer, refused for good.
``make chaos`` crosses every step with every fault.
"""

import pytest

from tests.chaos.exhaustive import FAULTS, STORIES, Case, cases, play, short
from tests.chaos.wire import PERMANENT

_NATURES = ("503", "hung, but taken")


def broken(stories, tried):
    """What breaks a bar: (case, bars, notes)."""
    outcomes = (play(stories, case) for case in tried)
    return [(one.case, one.broken, one.verdict.notes) for one in outcomes if one.broken]


@pytest.mark.parametrize("name", STORIES)
def test_a_process_that_ends_at_any_step_loses_and_doubles_nothing(name):
    stories = short(name)
    clean = play(stories, Case(0))
    assert clean.broken == (), clean.verdict.notes
    assert clean.steps > 100
    assert broken(stories, cases(clean.steps, "")) == []


@pytest.mark.parametrize("channel", FAULTS)
def test_a_process_that_ends_at_any_step_of_a_bad_day_for_a_channel_loses_and_doubles_nothing(channel):
    stories = short("an intrusion")
    natures = (*_NATURES, PERMANENT[channel])
    tried = [case for case in cases(play(stories, Case(0)).steps, channel) if case.fault in natures]
    assert len(tried) > 300
    assert broken(stories, tried) == []


@pytest.mark.parametrize(("channel", "fault"), [(channel, fault) for channel in FAULTS for fault in FAULTS[channel]])
def test_each_fault_by_itself_is_overcome_or_told(channel, fault):
    outcome = play(short("an intrusion"), Case(0, channel, fault))
    assert outcome.broken == (), outcome.verdict.notes
