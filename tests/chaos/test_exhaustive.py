"""Every numbered step of three small stories: the process ends there, and nothing is lost, doubled or left unpaged.

Each step is crossed here with one fault of one channel, by turns, and each fault is met in each story at many steps;
``make chaos`` crosses every step with every fault of every channel.
"""

import pytest

from tests.chaos.exhaustive import FAULTS, STORIES, Case, cases, hangs, play, sample, short


def broken(stories, tried):
    """What breaks a bar: (case, bars, notes)."""
    outcomes = (play(stories, case) for case in tried)
    return [(one.case, one.broken, one.verdict.notes) for one in outcomes if one.broken]


@pytest.mark.parametrize("name", STORIES)
def test_a_process_that_ends_at_any_step_loses_and_doubles_nothing(name):
    stories = short(name)
    clean = play(stories, Case())
    assert clean.broken == (), clean.verdict.notes
    assert clean.steps > 100
    assert broken(stories, cases(clean.steps, "")) == []


@pytest.mark.parametrize("name", STORIES)
def test_a_process_that_ends_at_any_step_of_a_bad_day_for_a_channel_loses_and_doubles_nothing(name):
    stories = short(name)
    tried = list(sample(play(stories, Case()).steps))
    assert {(one.channel, one.fault) for one in tried} == {
        (channel, fault) for channel, faults in FAULTS.items() for fault in faults
    }
    assert broken(stories, tried) == []


def test_a_call_that_never_ends_loses_and_doubles_nothing():
    stories = short("an intrusion")
    tried = list(hangs(play(stories, Case()).steps))
    assert len(tried) > 200
    assert broken(stories, tried) == []


@pytest.mark.parametrize(("channel", "fault"), [(channel, fault) for channel in FAULTS for fault in FAULTS[channel]])
def test_each_fault_by_itself_is_overcome_or_told(channel, fault):
    outcome = play(short("an intrusion"), Case(0, channel, fault))
    assert outcome.broken == (), outcome.verdict.notes
