"""The break-glass tag as a watch event: who declared what, why a value is no window, and when it becomes a habit."""

from datetime import timedelta

import pytest

from rootwatch.core.tags import Tagging, Tags
from rootwatch.core.windows import declared_time
from tests.support.journal import Journal
from tests.support.monitor import Monitor
from tests.support.records import ACCOUNT, ANA, BEN, HUB, MANAGEMENT, NOON, after, sign_in, tag

WINDOW = "until=2026-11-24T18:00Z ticket=SEC-142"
LONG = timedelta(hours=12)


def told(*records):
    """The last record's fact and the notices that it made."""
    journal = Journal()
    for record in records:
        plan = journal.take(record, record.time)
    return plan.fact, plan.notices


def window_of(start, hours=12):
    return f"until={start + timedelta(hours=hours):%Y-%m-%dT%H:%MZ} ticket=SEC-142"


def test_a_declared_window_is_told_quietly_with_who_for_which_account_until_when_and_the_ticket():
    fact, [one] = told(tag(WINDOW))
    assert fact.title == "ana declared a window to 11-24 18:00Z, SEC-142"
    assert fact.says == "ana declared a break-glass window until 2026-11-24 18:00Z, ticket SEC-142"
    assert (fact.kind, fact.severity, fact.account, fact.recorded_in) == ("tag", "low", ACCOUNT, MANAGEMENT)
    assert fact.principal == ANA
    assert one.page is None
    assert one.channels == ("pagerduty", "sns", "slack")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (f"from=2026-11-24T16:00Z {WINDOW}", "window from 11-24 16:00Z until 11-24 18:00Z"),
        (f"{WINDOW} covers=mfa net=198.51.100.0/24", "SEC-142, covering mfa, only from 198.51.100.0/24"),
        (f"{WINDOW} by=cy@example.com", "for cy@example.com as the tag says"),
        ("until=2026-11-24T18:00Z", "no ticket"),
    ],
)
def test_what_a_window_says_besides_is_told_too(value, words):
    assert words in told(tag(value))[0].says


def test_of_the_management_and_hub_accounts_a_window_promises_less():
    assert "inside the window" in told(tag(WINDOW))[0].means
    for account in (MANAGEMENT, HUB):
        assert "lowers critical to high" in told(tag(WINDOW, account=account))[0].means


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("ticket=SEC-142", "no until="),
        ("until=tomorrow", "no until="),
        ("until=2026-11-26T18:00Z", "longer than 12 hours"),
        ("until=2026-11-24T09:00Z", "ended before it began"),
        (f"{WINDOW} net=here", "net="),
        ("until=2026-11-24T18:00Z; ticket=SEC-142", "characters that tags don't allow"),
    ],
)
def test_a_value_that_is_no_window_is_told_at_once_and_the_notice_says_why(value, reason):
    fact, [one] = told(tag(value))
    assert fact.severity == "medium"
    assert "no window" in fact.says
    assert reason in fact.says
    assert (one.page, one.channels) == (None, ("sns", "slack"))
    assert "until=" in fact.do_now


def test_a_removed_tag_is_told_quietly():
    fact, [one] = told(tag(WINDOW), tag(None, after(30)))
    assert (fact.says, fact.severity) == ("ana removed the break-glass tag", "low")
    assert one.type == "opened"


def test_an_approval_is_told_and_one_s_own_is_said_to_count_for_nothing():
    fact, _ = told(tag(WINDOW), tag("SEC-142", after(1), by=BEN, key="break-glass-approval"))
    assert (fact.says, fact.severity) == ("ben approved the break-glass ticket SEC-142", "low")
    fact, _ = told(tag(WINDOW), tag("SEC-142", after(1), key="break-glass-approval"))
    assert (fact.says, fact.severity) == ("ana approved their own break-glass ticket SEC-142", "medium")
    fact, _ = told(tag(None, key="break-glass-approval"))
    assert fact.says == "ana removed the approval of a break-glass ticket"


def test_a_corrected_value_is_told_again_and_the_same_value_folds():
    fact, notices = told(tag("until=tomorrow"), tag(WINDOW, after(2)))
    assert (fact.severity, len(notices)) == ("low", 1)
    _, notices = told(tag(WINDOW), tag(WINDOW, after(2)))
    assert notices == ()


def test_more_than_24_hours_of_windows_in_7_days_page():
    days = [tag(window_of(NOON + timedelta(days=day)), NOON + timedelta(days=day)) for day in range(3)]
    fact, [one] = told(*days[:2])
    assert (fact.severity, one.page) == ("low", None)
    fact, [one] = told(*days)
    assert fact.severity == "high"
    assert "more than 24 h of windows in 7 days" in fact.says
    assert fact.why == ("the windows of this account add up to 36 hours in 7 days",)
    assert one.page


def test_windows_of_a_week_ago_and_of_other_accounts_do_not_add_up():
    old = [tag(window_of(NOON + timedelta(days=day)), NOON + timedelta(days=day)) for day in (0, 1)]
    other = tag(window_of(NOON + timedelta(days=7)), NOON + timedelta(days=7), account=HUB)
    late = tag(window_of(NOON + timedelta(days=8.1)), NOON + timedelta(days=8.1))
    fact, _ = told(*old, other, late)
    assert fact.severity == "low"


def test_a_window_that_was_taken_back_counts_only_as_long_as_it_stood():
    def tagging(value, at):
        return Tagging(account=ACCOUNT, purpose="window", value=value, at=at, by=ANA)

    taken_back = Tags(account=ACCOUNT).with_more(tagging(window_of(NOON), NOON), tagging(None, after(60)))
    assert declared_time(taken_back, NOON + LONG) == timedelta(hours=1)
    refused = Tags(account=ACCOUNT).with_more(tagging("until=tomorrow", NOON))
    assert declared_time(refused, NOON + LONG) == timedelta()


def test_a_tag_set_by_root_is_root_use_and_pages():
    monitor = Monitor().take(tag(WINDOW, identity={"type": "Root"}))
    assert monitor.watched("slack") == []
    assert [key.rsplit("/", 2)[1:] for key in monitor.pages] == [["watch", "high"]]


def test_the_notice_of_a_tag_does_not_stand_in_the_way_of_what_it_declares():
    monitor = Monitor().take(tag(WINDOW), sign_in(after(5)))
    assert [one.type for one in monitor.watched("slack")] == ["opened"]
    assert [one.type for one in monitor.seen("slack")] == ["planned"]
    assert monitor.pages == []
