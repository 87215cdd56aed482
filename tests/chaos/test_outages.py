"""Whole services that are away for minutes, hours or longer: nothing is lost, and what can be told is told in time."""

import random

import pytest

from tests.chaos.judge import judge
from tests.chaos.outside import Seeded
from tests.chaos.simulator import START, Conditions, simulated
from tests.chaos.stories import Stories

_TABLE = ("TransactWriteItems", "UpdateItem", "BatchGetItem", "Query")
MINUTE, HOUR = 60.0, 3600.0


@pytest.fixture
def stories():
    return Stories(31, 60, START, kinds={"intrusion": 3, "planned": 1}, calls=8)


@pytest.fixture
def trouble():
    return Seeded(random.Random("outages"))


@pytest.fixture
def world(stories, trouble):
    with simulated(trouble, Conditions()) as world:
        world.tags = stories.tags
        world.tell(stories.stories, log_files=False)
        yield world


def played(world, stories):
    """Until all is quiet; the verdict."""
    world.run(stories.ends)
    assert world.run_until_quiet(4 * 24 * HOUR)
    return judge(stories.stories, world.received)


def texts(world, channel):
    return [str(one.body) for one in world.received.of(channel)]


def between(world, began, ended, change, back):
    """Changes something at a time, and takes it back at another."""
    world.loop.at(began, change)
    world.loop.at(ended, back)


def test_with_the_table_down_pages_go_out_at_once_marked_and_all_is_stored_when_it_is_back(world, stories, trouble):
    first = next(story for story in stories.stories if story.kind == "intrusion")
    down = dict.fromkeys(_TABLE, (1.0, ("down",)))
    between(world, first.begins, first.begins + 20 * MINUTE, lambda: trouble.aws.update(down), trouble.aws.clear)
    verdict = played(world, stories)
    assert verdict.degraded > 0
    early = [one for one in world.received.of("pagerduty", "trigger") if "/degraded/" in one.body["dedup_key"]]
    assert early[0].at < first.begins + 5 * MINUTE
    assert len({one.body["dedup_key"] for one in early}) <= 2 * len(stories.stories), "one an account and hour"
    assert verdict.broken() == [], verdict.notes


def test_a_table_that_is_throttled_now_and_then_loses_and_doubles_nothing(world, stories, trouble):
    trouble.aws = dict.fromkeys(_TABLE[:1], (0.05, ("throttled", "lost answer", "conflict")))
    verdict = played(world, stories)
    assert (verdict.lost, verdict.counts_exact, verdict.extra_pages) == (0, True, 0), verdict.notes


def test_without_organizations_all_is_told_without_names(world, stories, trouble):
    trouble.aws = {"Organizations": (1.0, ("down", "throttled", "lost answer"))}
    assert played(world, stories).broken() == []
    assert any("team-" in text for text in texts(world, "sns")) is False


def test_a_token_that_was_rotated_is_read_again(world, stories):
    middle = stories.stories[len(stories.stories) // 2].begins

    def rotate():
        world.secrets["rootwatch/slack"] = {"bot_token": "xoxb-second"}
        world.receivers.slack.token = "xoxb-second"

    world.loop.at(middle, rotate)
    assert played(world, stories).broken() in ([], ["no message that a receiver refuses"])
    assert world.functions.metrics["SendsFailed"] == 0


def test_a_secret_that_is_missing_for_hours_delays_slack_alone_and_is_told_elsewhere(world, stories):
    secret = world.secrets.pop("rootwatch/slack")
    between(world, START, START + 6 * HOUR, lambda: None, lambda: world.secrets.update({"rootwatch/slack": secret}))
    verdict = played(world, stories)
    assert verdict.broken() == [], verdict.notes
    assert min(one.at for one in world.received.of("slack")) > START + 6 * HOUR
    assert any("Slack did not take" in text for text in texts(world, "sns"))


def test_a_channel_that_is_down_for_longer_than_a_day_has_failed_and_the_others_say_so(stories):
    class Down(Seeded):
        def of_channel(self, channel):
            return "503" if channel == "pagerduty" else None

    with simulated(Down(random.Random(0)), Conditions()) as world:
        world.tell(stories.stories, log_files=False)
        world.run(stories.ends + 30 * HOUR)
        assert world.functions.metrics["SendsFailed"] > 0
        assert world.received.of("pagerduty") == []
        for channel in ("sns", "slack"):
            assert any("PagerDuty did not take" in text for text in texts(world, channel))
        assert judge(stories.stories, world.received).lost == 0


def test_poison_is_set_aside_once_and_holds_up_nothing(world, stories):
    at = stories.stories[0].begins
    poison = ["no JSON at all", '{"detail": {"eventName": "X", "userIdentity": "Root"}, "source": "aws.x"}', "[" * 5000]
    for body in poison:
        world.records.put(body, at)
        world.records.put(body, at + 1)
    verdict = played(world, stories)
    assert (verdict.lost, verdict.unplanned_not_paged, verdict.planned_paged) == (0, 0, 0)
    assert list(world.dispositions.values()).count("unreadable") == 2
    assert not world.records.dead
    told = [one for one in world.received.of("pagerduty", "trigger") if "can't be read" in str(one.body)]
    assert len({one.body["dedup_key"] for one in told}) == 1
