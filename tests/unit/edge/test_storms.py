"""A storm through the whole monitor: when it pages, what joins it, what pages all the same, how it ends."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.incident import STORM_SCOPE
from rootwatch.core.ports import Outcome, StoreDownError
from rootwatch.edge.storms import Storms
from tests.support.monitor import Monitor
from tests.support.records import HUB, MANAGEMENT, after, assume_root, call, sign_in, task_call
from tests.support.watch import stop_logging

ACCOUNTS = [f"2{number:011d}" for number in range(600)]


def high(account: str, monitor: Monitor):
    """What pages as high."""
    return call("PutBucketPolicy", monitor.now, account=account, eventSource="s3.amazonaws.com")


def critical(account: str, monitor: Monitor):
    return call("CreateAccessKey", monitor.now, account=account)


def stormy(count: int = 21) -> Monitor:
    """So many accounts in trouble at once."""
    monitor = Monitor()
    for account in ACCOUNTS[:count]:
        monitor.take(high(account, monitor))
    return monitor


def storm_notices(monitor: Monitor, channel: str = "pagerduty"):
    return [notice for notice in monitor.watched(channel) if notice.incident.is_storm]


def paged(monitor: Monitor) -> set[str | None]:
    """The accounts whose incidents have a page of their own."""
    return {notice.incident.account for notice in monitor.seen("pagerduty") if notice.page}


def test_twenty_incidents_page_each_and_make_no_storm():
    monitor = stormy(20)
    assert len(monitor.pages) == 20
    assert {notice.severity for notice in monitor.seen("pagerduty")} == {"high"}
    assert storm_notices(monitor) == []


def test_the_twenty_first_pages_itself_and_a_storm_pages_critical_with_all_of_them():
    monitor = stormy(21)
    assert len(monitor.pages) == 21
    [page] = storm_notices(monitor)
    assert (page.type, page.severity, page.page.harm) == ("opened", "critical", "watch")
    assert {account for line in page.listed for account in ACCOUNTS if account in line} == set(ACCOUNTS[:21])
    assert page.unlisted == 0
    assert [len(storm_notices(monitor, channel)) for channel in ("slack", "sns")] == [1, 1]


def test_a_high_then_joins_it_is_told_at_once_and_says_so():
    monitor = stormy(22)
    assert ACCOUNTS[21] not in paged(monitor)
    for channel in ("slack", "sns"):
        [told] = [notice for notice in monitor.seen(channel) if notice.incident.account == ACCOUNTS[21]]
        assert told.severity == "high"
        assert "has joined the storm" in told.note


def test_criticals_page_as_ever_and_so_does_what_a_joined_incident_becomes():
    monitor = stormy(22)
    monitor.take(critical(ACCOUNTS[21], monitor), critical(ACCOUNTS[30], monitor))
    assert {ACCOUNTS[21], ACCOUNTS[30]} <= paged(monitor)


@pytest.mark.parametrize("account", [MANAGEMENT, HUB])
def test_highs_of_the_management_account_and_of_the_hub_always_page(account):
    monitor = stormy(21)
    monitor.take(high(account, monitor))
    assert account in paged(monitor)


def test_a_repeat_in_a_joined_incident_folds_as_it_would_have_after_a_page():
    monitor = stormy(22)
    told = len(monitor.seen("slack"))
    monitor.take(high(ACCOUNTS[21], monitor), high(ACCOUNTS[21], monitor))
    assert len(monitor.seen("slack")) == told


def test_each_minute_in_which_it_grows_the_list_is_told_and_added_to_the_alert():
    monitor = stormy(25)
    monitor.later(minutes=1)
    [opened, digest] = storm_notices(monitor)
    assert digest.type == "digest"
    assert digest.page.dedup_key == opened.page.dedup_key
    assert (digest.incident.untold, digest.incident.seen, len(digest.listed)) == (4, 25, 25)
    assert ACCOUNTS[24] in digest.listed[0]
    monitor.later(minutes=1)
    assert len(storm_notices(monitor, "slack")) == 2, "what did not grow is not told again"


def test_a_minute_of_criticals_alone_does_not_touch_the_alert():
    monitor = stormy(21)
    monitor.take(critical(ACCOUNTS[50], monitor)).later(minutes=1)
    assert [notice.type for notice in storm_notices(monitor)] == ["opened"]
    assert [notice.type for notice in storm_notices(monitor, "slack")] == ["opened", "digest"]


def test_of_hundreds_the_newest_are_listed_and_the_rest_is_counted():
    monitor = stormy(233)
    monitor.later(minutes=1)
    digest = storm_notices(monitor)[-1]
    assert (len(digest.listed), digest.unlisted) == (100, 133)


def test_a_quarter_of_an_hour_of_calm_ends_it_and_highs_page_again():
    monitor = stormy(24)
    for _ in range(15):
        monitor.later(minutes=1)
    monitor.take(high(ACCOUNTS[40], monitor))
    assert ACCOUNTS[40] in paged(monitor)
    for _ in range(3):
        monitor.later(minutes=1)
    assert [notice.type for notice in storm_notices(monitor, "sns")] == ["opened", "digest", "closed"]
    assert storm_notices(monitor)[-1].type == "digest", "PagerDuty hears of no end"
    assert monitor.store.open_incident(STORM_SCOPE) is None


def test_without_the_sweep_it_ends_all_the_same():
    monitor = stormy(21)
    monitor.now = monitor.now.replace(minute=11)
    monitor.take(high(ACCOUNTS[40], monitor))
    assert ACCOUNTS[40] in paged(monitor)


def test_one_that_does_not_end_pages_anew_each_hour():
    monitor = stormy(21)
    for minute in range(130):
        for number in range(3):
            monitor.take(high(ACCOUNTS[21 + 3 * minute + number], monitor))
        monitor.later(minutes=1)
    pages = {notice.page.dedup_key for notice in storm_notices(monitor) if notice.page}
    assert len(pages) == 3


def test_what_joined_in_the_last_minute_is_told_before_the_end():
    monitor = stormy(21)
    for minute in range(59):
        for number in range(3):
            monitor.take(high(ACCOUNTS[21 + 3 * minute + number], monitor))
        monitor.later(minutes=1)
    monitor.later(seconds=30)
    monitor.take(high(ACCOUNTS[400], monitor))
    assert ACCOUNTS[400] not in paged(monitor)
    for _ in range(4):
        monitor.later(minutes=1)
    told = [notice for notice in storm_notices(monitor) if any(ACCOUNTS[400] in line for line in notice.listed)]
    assert told
    assert told[0].page


def test_a_crash_before_the_storm_was_seen_is_mended_by_the_next_look(monkeypatch):
    monitor = Monitor()
    with monkeypatch.context() as crash:
        crash.setattr(Storms, "look", lambda self: None)
        for account in ACCOUNTS[:25]:
            monitor.take(high(account, monitor))
    assert storm_notices(monitor) == []
    Storms(monitor.store, monitor.delivery, monitor.settings, lambda: monitor.now, monitor.logger).look()
    Storms(monitor.store, monitor.delivery, monitor.settings, lambda: monitor.now, monitor.logger).look()
    [page] = storm_notices(monitor)
    assert len(page.listed) == 25


def test_a_table_that_goes_down_while_it_looks_loses_no_record(monkeypatch):
    monitor = stormy(20)
    monkeypatch.setattr(monitor.store, "pagings", lambda since, until: _down())
    monitor.take(high(ACCOUNTS[20], monitor))
    assert ACCOUNTS[20] in paged(monitor)
    assert "whether there is a storm could not be seen" in monitor.log.getvalue()


def test_a_storm_of_the_watch_is_one_too():
    monitor = Monitor()
    monitor.take(*(stop_logging(monitor.now, account=account) for account in ACCOUNTS[:21]))
    [page] = storm_notices(monitor)
    assert "stopped the trail" in page.listed[0]


def test_what_joined_and_is_explained_later_is_corrected_and_resolves_no_alert_that_never_was():
    monitor = stormy(21)
    account = ACCOUNTS[30]
    slow = {"began": after(-30)}  # too old a session to be held for its AssumeRoot
    monitor.take(task_call("PutBucketPolicy", account=account, eventSource="s3.amazonaws.com", **slow))
    assert account not in paged(monitor)
    monitor.take(assume_root(after(-1), "S3UnlockBucketPolicy", target=account))
    told = [notice for notice in monitor.seen("slack") if notice.incident.account == account]
    assert [notice.type for notice in told] == ["opened", "corrected"]
    assert monitor.resolved == []


def held(account: str, **changes):
    """A call whose page waits for an AssumeRoot that may explain it."""
    return task_call("ListAccessKeys", account=account, key=f"ASIA{account}0000", readOnly=True, **changes)


def test_a_page_that_is_held_neither_counts_nor_joins_while_it_is():
    monitor = Monitor()
    monitor.take(*(held(account) for account in ACCOUNTS[:25]))
    assert storm_notices(monitor) == []
    assert paged(monitor) == set()


def test_held_pages_that_nothing_explains_make_a_storm_when_their_holds_end_and_the_rest_joins_it():
    monitor = Monitor()
    monitor.take(*(held(account) for account in ACCOUNTS[:60]))
    monitor.later(minutes=2)
    [page] = storm_notices(monitor)
    assert len(paged(monitor)) == 21, "more than twenty are a storm"
    assert len(page.listed) == 21
    rest = [one for one in monitor.seen("pagerduty") if page.incident.id in one.note]
    assert len(rest) == 60 - 21
    assert all(one.page is None and one.is_change_event for one in rest)
    listed = monitor.store.pagings(after(-600), after(600))
    assert len({one.incident for one in listed}) == 60
    assert sum(bool(one.joined) for one in listed) == 60 - 21


def test_a_page_whose_hold_ends_in_a_storm_joins_it():
    monitor = stormy(21)
    monitor.take(held(ACCOUNTS[50]))
    monitor.later(minutes=2)
    assert ACCOUNTS[50] not in paged(monitor)
    [told] = [one for one in monitor.seen("pagerduty") if one.incident.account == ACCOUNTS[50]]
    assert "joined the storm" in told.note


def test_a_held_page_of_the_management_account_goes_out_in_a_storm_too():
    monitor = stormy(21)
    monitor.take(held(MANAGEMENT))
    monitor.later(minutes=2)
    assert MANAGEMENT in paged(monitor)


def test_a_held_page_that_is_tried_again_is_in_the_list_once():
    monitor = Monitor()
    monitor.channels["pagerduty"].script = [Outcome(state="retry", reason="503")] * 2
    monitor.take(held(ACCOUNTS[0]))
    for _ in range(4):
        monitor.later(minutes=2)
    assert paged(monitor) == {ACCOUNTS[0]}
    assert [one.incident[:12] for one in monitor.store.pagings(after(-600), after(600))] == [ACCOUNTS[0]]


def test_where_the_table_cannot_say_whether_there_is_a_storm_a_held_page_pages(monkeypatch):
    monitor = stormy(21)
    monitor.take(held(ACCOUNTS[50]))

    def away(paging):
        raise StoreDownError("throttled")

    monkeypatch.setattr(monitor.store, "list_paging", away)
    monitor.later(minutes=2)
    assert ACCOUNTS[50] in paged(monitor)


def test_a_held_page_that_joined_and_is_explained_later_is_corrected():
    monitor = stormy(21)
    account = ACCOUNTS[50]
    monitor.take(held(account))
    monitor.later(minutes=2)
    monitor.take(assume_root(after(-1), target=account, key=f"ASIA{account}0000"))
    assert [one.type for one in monitor.seen("slack") if one.incident.account == account] == ["opened", "corrected"]


def test_where_nobody_can_be_paged_there_is_no_storm():
    monitor = Monitor(pagerduty=None)
    for account in ACCOUNTS[:30]:
        monitor.take(high(account, monitor))
    assert storm_notices(monitor, "sns") == []
    assert len(monitor.seen("sns")) == 30


def test_the_same_records_again_change_nothing():
    monitor = Monitor()
    records = [high(account, monitor) for account in ACCOUNTS[:30]]
    monitor.take(*records)
    before = [len(channel.seen) for channel in monitor.channels.values()]
    monitor.take(*records)
    assert [len(channel.seen) for channel in monitor.channels.values()] == before


@given(st.randoms(use_true_random=False), st.integers(15, 40), st.integers(0, 5))
def test_whatever_the_order_nobody_is_paged_twice_and_nothing_is_told_to_nobody(chance: random.Random, many, grave):
    monitor = Monitor()
    records = [high(account, monitor) for account in ACCOUNTS[:many]]
    records += [critical(account, monitor) for account in ACCOUNTS[many - grave : many]]
    records += [sign_in(monitor.now, account=MANAGEMENT, mfa="No")]
    chance.shuffle(records)
    monitor.take(*records, *records).later(minutes=1).later(minutes=1)
    assert len(monitor.pages) == len(set(monitor.pages))
    assert {*ACCOUNTS[many - grave : many], MANAGEMENT} <= paged(monitor), "criticals, and the management account's"
    told = {notice.incident.account for notice in monitor.seen("slack")} & {
        notice.incident.account for notice in monitor.seen("sns")
    }
    assert told == {*ACCOUNTS[:many], MANAGEMENT}
    listed = "\n".join(line for notice in storm_notices(monitor) for line in notice.listed)
    assert all(account in listed for account in told - paged(monitor))
    heads = {head.account: head for head in monitor.store.heads.values() if not head.is_watch}
    assert all(heads[account].harms == heads[account].paged for account in told), "the harms paged, for any order"


def _down():
    raise StoreDownError("the table is down")
