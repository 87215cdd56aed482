"""A replay tells what production would have told: at the same times, once, whatever the order of the files."""

import random
from datetime import timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from rootwatch.core.ports import Account
from rootwatch.core.reading import read
from rootwatch.core.record import Envelope, from_body
from rootwatch.core.tags import Tagging
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.replaying.accounts import AccountsFile
from rootwatch_cli.replaying.arrivals import Arrival
from rootwatch_cli.replaying.player import Player
from tests.support import ninety_days
from tests.support.fixtures import cases
from tests.support.monitor import Monitor
from tests.support.records import (
    ACCOUNT,
    MANAGEMENT,
    NOON,
    OTHER,
    THIRD,
    after,
    assume_root,
    call,
    failed_sign_in,
    sign_in,
    sign_in_body,
    tag,
    task_call,
)
from tests.support.records import settings as our_settings
from tests.support.replayed import replayed, stories

WINDOW = "until=2026-11-24T18:00Z ticket=SEC-142"


def as_told(replay):
    """All that a replay says, as data."""
    return [msgspec.to_builtins(story) for story in replay.book]


def history():
    return [item for one in ninety_days.records() for item in read(one)]


def test_a_digest_and_a_close_come_at_their_own_times_between_the_records():
    [first, second] = stories(sign_in(), call("ListUsers", after(5), readOnly=True), sign_in(after(60)))
    assert [(told.notice.type, told.notice.created_at) for told in first.told] == [
        ("opened", NOON),
        ("digest", after(20)),
        ("closed", after(35)),
    ]
    assert first.incident.state == "closed"
    assert second.incident.opened_at == after(60)


def test_what_no_record_follows_is_closed_all_the_same():
    [story] = stories(sign_in())
    assert [told.notice.type for told in story.told] == ["opened", "closed"]


def test_a_held_page_goes_out_to_the_second_when_nothing_explains_it():
    [story] = stories(task_call("ListAccessKeys", after(1), readOnly=True))
    [told] = [told for told in story.told if told.notice.page]
    assert told.page == after(1) + timedelta(seconds=told.notice.page_hold)
    assert told.sent["slack"] == told.sent["sns"] == after(1)


def test_a_held_page_that_an_assume_root_explains_is_withdrawn():
    [story] = stories(task_call("ListAccessKeys", after(1), readOnly=True), assume_root(after(1.2)))
    assert story.pages == []
    assert [told.notice.type for told in story.told] == ["opened", "corrected", "closed"]
    assert "pagerduty" not in story.told[0].sent


def test_a_window_that_is_declared_while_a_page_is_held_is_told_after_that_page():
    [story] = stories(task_call("ListAccessKeys", readOnly=True), tag(WINDOW, after(0.2)))
    held, declared = (told for told in story.told if "pagerduty" in told.sent)
    assert held.page == NOON + timedelta(seconds=held.notice.page_hold)
    assert declared.notice.acknowledges == (held.notice.page.dedup_key,)
    assert declared.sent["pagerduty"] == held.page
    assert declared.sent["slack"] == after(0.2)


def test_an_assume_root_of_the_same_second_comes_before_the_call_that_it_explains():
    call_first = task_call("ListAccessKeys", readOnly=True)
    [story] = stories(call_first, assume_root())
    assert story.incident.verdict == "privileged-task"
    assert [told.notice.type for told in story.told] == ["opened", "closed"]


def test_a_window_from_a_tag_record_makes_planned_what_it_covers():
    [story] = stories(tag(WINDOW, after(-10)), sign_in())
    assert (story.incident.verdict, story.pages) == ("planned", [])


def test_a_window_from_a_file_counts_from_its_own_time_on():
    window = Tagging(account=ACCOUNT, purpose="window", value=WINDOW, at=after(-60))
    before, inside = stories(sign_in(after(-120)), sign_in(), windows=[window])
    assert (before.incident.verdict, inside.incident.verdict) == ("unplanned", "planned")
    assert before.incident.acknowledged is False, "a window that comes later is no declaration after the fact"


def test_guessing_over_several_accounts_is_one_incident():
    guesses = [failed_sign_in(after(minute), account=account) for minute, account in enumerate((ACCOUNT, OTHER, THIRD))]
    found = stories(*guesses)
    assert [story.incident.scope for story in found] == [ACCOUNT, OTHER, "organisation"]
    assert len(found[-1].pages) == 1


def test_failures_of_another_day_alarm_nobody():
    guesses = [failed_sign_in(after(1500 * day), account=a) for day, a in enumerate((ACCOUNT, OTHER, THIRD))]
    assert {story.incident.scope for story in stories(*guesses)} == {ACCOUNT, OTHER, THIRD}


def test_a_replay_tells_what_the_monitor_tells_at_the_same_times():
    items = sorted(history(), key=lambda item: item.time)
    monitor = Monitor()
    monitor.directory.account = lambda account: Account(id=account, unknown="nobody was asked")
    for item in items:
        sweep(monitor, item.time)
        monitor.now = item.time
        monitor.take(item)
    sweep(monitor, items[-1].time + timedelta(days=2))
    replay = replayed(*items, countries=ninety_days.COUNTRIES)
    told = {name: [] for name in ("pagerduty", "slack", "sns")}
    for story in replay.book:
        for one in story.told:
            for channel in one.sent:
                told[channel].append((one.notice.created_at, one.notice.type, one.notice.incident.id, one.notice.seq))
    for channel, notices in told.items():
        seen = [(n.created_at, n.type, n.incident.id, n.seq) for n, _ in monitor.channels[channel].seen]
        assert sorted(seen) == sorted(notices)
    assert len(told["slack"]) > 250, "the history is there"


def sweep(monitor, until):
    """As the schedule would, but only when something is due."""
    due = monitor.store.next_due(monitor.now)
    while due is not None and due <= until:
        monitor.now = due
        monitor.later()
        due = monitor.store.next_due(monitor.now)


def test_each_record_has_one_disposition_and_the_sum_is_right():
    items = history()
    replay = replayed(*items, *items[:7])
    assert replay.dispositions.total() == len(items)
    assert replay.duplicates == 7


def test_nobody_is_paged_twice_for_the_same_thing():
    keys = [told.notice.page.dedup_key for story in replayed(*history()).book for told in story.told if told.page]
    assert len(keys) == len(set(keys)) > 60


def test_the_order_of_the_files_changes_nothing():
    items = history()
    shuffled = random.Random(7).sample(items, len(items))
    files = [f"{number % 9}.json" for number in range(len(items))]
    by_item = dict(zip((item.key for item in items), files, strict=True))
    one = replayed(*items, files=files)
    other = replayed(*shuffled, files=[by_item[item.key] for item in shuffled])
    assert as_told(one) == as_told(other)
    assert one.figures == other.figures


@given(st.permutations([*range(6)]))
@settings(max_examples=25, deadline=None)
def test_any_order_of_any_records_gives_the_same(order):
    items = [
        sign_in(eventID="1" * 8),
        call("CreateUser", after(1), eventID="2" * 8),
        failed_sign_in(after(1), account=OTHER, eventID="3" * 8),
        task_call("ListAccessKeys", after(40), account=OTHER, eventID="4" * 8),
        assume_root(after(40), target=OTHER, eventID="5" * 8),
        tag(WINDOW, after(2), eventID="6" * 8),
    ]
    assert as_told(replayed(*(items[at] for at in order))) == as_told(replayed(*items))


DEEDS = {
    "sign-in": sign_in,
    "sign-in without MFA": lambda at, **where: sign_in(at, mfa="No", **where),
    "failed sign-in": failed_sign_in,
    "new user": lambda at, **where: call("CreateUser", at, **where),
    "look": lambda at, **where: call("ListUsers", at, readOnly=True, **where),
    "trail stopped": lambda at, **where: call("StopLogging", at, eventSource="cloudtrail.amazonaws.com", **where),
    "task call": lambda at, **where: task_call("ListAccessKeys", at, readOnly=True, began=at, **where),
    "assume root": lambda at, account: assume_root(at, target=account),
    "window": lambda at, account: tag(WINDOW, at, account=account),
    "no window": lambda at, account: tag(None, at, account=account),
}


@given(
    st.lists(
        st.tuples(st.sampled_from([*DEEDS]), st.integers(-90, 90), st.sampled_from((ACCOUNT, OTHER, THIRD))),
        max_size=20,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_happens_every_send_goes_out_once_or_is_withdrawn(deeds):
    items = [DEEDS[what](after(minute), account=account) for what, minute, account in deeds]
    replay = replayed(*items)
    assert replay.dispositions.total() == len(items)
    keys = []
    for story in replay.book:
        assert story.incident.state == "closed"
        for told in story.told:
            missing = {*told.notice.channels} - {*told.sent}
            assert missing <= {"pagerduty"}
            assert not missing or told.notice.page_hold
            assert all(at >= told.notice.created_at for at in told.sent.values())
            keys += [told.notice.page.dedup_key] if told.page else []
    assert len(keys) == len(set(keys))


def test_every_record_of_the_fixtures_can_be_replayed():
    items = [item for case in cases() for item in read(case.record)]
    replay = replayed(*items)
    assert replay.dispositions.total() + replay.duplicates == len(items) > 100


def test_a_record_that_only_explains_is_counted_nowhere_and_opens_nothing_that_is_told():
    selection = Selection(accounts=frozenset({ACCOUNT}), explainers=frozenset({MANAGEMENT}))
    told = replayed(
        tag(WINDOW, after(-10), account=OTHER),
        tag(WINDOW, after(-10)),
        sign_in(),
        sign_in(account=OTHER),
        selection=selection,
    )
    assert told.dispositions.total() == 1
    [story] = told.book
    assert (story.incident.account, story.incident.verdict) == (ACCOUNT, "planned")
    assert told.first == told.last == NOON


def test_a_record_that_was_in_a_log_file_is_told_as_if_it_had_been_heard_at_once():
    [item] = read(sign_in_body(), Envelope(account=ACCOUNT, region="us-east-1", source=None))
    [story] = stories(item)
    assert not story.told[0].notice.from_log_file


def test_a_thousand_incidents_leave_nothing_behind_in_the_store():

    kept = []
    player = Player(
        settings=our_settings(), directory=AccountsFile({}), country_of=lambda _: None, windows=(), keep=kept.append
    )
    bodies = sorted(ninety_days.many(1000), key=lambda one: one["eventTime"])
    for one in bodies:
        item = from_body(one, None)
        player.take(Arrival(item.time, item, True))
        assert len(player.store.heads) < 120, "a day's incidents, not all of them"
    player.end()
    assert len(kept) == 1000
    store = player.store
    assert not store.heads
    assert not store.story
    assert not store.sends
    assert not store.pointers
    assert store.next_due(ninety_days.FIRST) is None
