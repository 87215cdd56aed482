"""Taking a record in: what is told while parts of us are broken (law 1), and that nothing is lost or told twice."""

from datetime import timedelta

import msgspec
import pytest
from aws_lambda_powertools import Logger, Metrics

from rootwatch.core.ports import Outcome, StoreDownError
from rootwatch.core.record import Record, Unreadable
from rootwatch.edge import intake, retrying
from rootwatch.edge.delivery import Delivery
from rootwatch.edge.dynamo import RecordRefusedError
from rootwatch.edge.pace import no_pace
from rootwatch.edge.retrying import NotStoredError
from tests.support.monitor import BrokenCatalogue, Directory, Monitor
from tests.support.records import ACCOUNT, NOON, OTHER, after, call, failed_sign_in, sign_in
from tests.support.two_paths import CountedMetrics
from tests.unit.core.test_canary import ROLL, canary


def test_a_sign_in_reaches_all_three_channels_once():
    monitor = Monitor()
    item = sign_in(mfa="No")
    monitor.intake.take(item, 1)
    monitor.intake.take(item, 2)
    assert [len(monitor.seen(name)) for name in monitor.channels] == [1, 1, 1]
    assert {send.state for send in monitor.store.sends} == {"sent"}


def test_the_later_slack_messages_of_an_incident_go_into_its_thread():
    monitor = Monitor()
    monitor.intake.take(sign_in(mfa="No"), 1)
    monitor.intake.take(call("CreateAccessKey"), 1)
    assert [thread for _, thread in monitor.channels["slack"].seen] == [None, "ts-0"]


def test_without_organizations_the_alert_goes_out_without_the_name_and_says_so():
    monitor = Monitor(directory=Directory("Organizations answered TooManyRequestsException"))
    monitor.intake.take(sign_in(mfa="No"), 1)
    [notice] = monitor.seen("pagerduty")
    assert notice.incident.account_name is None
    assert "TooManyRequests" in notice.account_unknown


def test_with_the_table_down_everybody_is_told_and_the_message_comes_again():
    monitor = Monitor()
    monitor.store.down = True
    with pytest.raises(NotStoredError):
        monitor.intake.take(sign_in(mfa="No"), 1)
    [notice] = monitor.seen("pagerduty")
    assert notice.duplicates_possible
    assert notice.page.dedup_key == f"rootwatch/{ACCOUNT}/degraded/2026-11-24T12"
    assert len(monitor.seen("slack")) == len(monitor.seen("sns")) == 1


def test_with_the_table_down_an_account_is_paged_by_one_dedup_key_an_hour():
    monitor = Monitor()
    monitor.store.down = True
    for item in (sign_in(mfa="No"), call("CreateAccessKey"), call("StopLogging")):
        with pytest.raises(NotStoredError):
            monitor.intake.take(item, 1)
    assert len({notice.page.dedup_key for notice in monitor.seen("pagerduty")}) == 1


def test_with_the_table_down_the_third_receive_and_later_ones_tell_nobody():
    monitor = Monitor()
    monitor.store.down = True
    item = sign_in(mfa="No")
    for receives in range(1, 6):
        with pytest.raises(NotStoredError):
            monitor.intake.take(item, receives)
    assert len(monitor.seen("slack")) == 2


def test_when_the_table_is_back_the_message_is_stored_and_told_as_usual():
    monitor = Monitor()
    item = sign_in(mfa="No")
    monitor.store.down = True
    with pytest.raises(NotStoredError):
        monitor.intake.take(item, 1)
    monitor.store.down = False
    monitor.intake.take(item, 2)
    assert monitor.seen("pagerduty")[-1].duplicates_possible is False
    assert item.key in monitor.store.marks


def test_a_record_that_breaks_us_is_told_as_unreadable():
    monitor = Monitor(catalogue=BrokenCatalogue())
    monitor.intake.take(sign_in(mfa="Yes"), 1)
    [notice] = monitor.seen("pagerduty")
    assert notice.fact.kind == "unreadable"


def test_what_the_table_refuses_is_set_aside_aloud_and_told_all_the_same(monkeypatch):
    monitor = Monitor()
    commit = monitor.store.commit

    def refuse(plan, now):
        if plan.incident:
            raise RecordRefusedError("an item is too large")
        return commit(plan, now)

    monkeypatch.setattr(monitor.store, "commit", refuse)
    item = sign_in(mfa="No")
    monitor.intake.take(item, 1)
    assert monitor.store.marks[item.key].disposition == "unreadable"
    assert len(monitor.seen("pagerduty")) == 1


def test_a_conflict_is_decided_again_on_what_is_true_by_then(monkeypatch):
    monitor = Monitor()
    commit, others = monitor.store.commit, [sign_in(mfa="No")]

    def after_another_worker(plan, now):
        if others:
            monitor.intake.take(others.pop(), 1)
        return commit(plan, now)

    monkeypatch.setattr(monitor.store, "commit", after_another_worker)
    monitor.intake.take(sign_in(mfa="No"), 1)
    assert len(monitor.store.heads) == 1
    assert len(monitor.seen("pagerduty")) == 1


def never_first(monkeypatch):
    """The pauses, each as long as it can be."""
    waits = []
    monkeypatch.setattr(retrying.time, "sleep", waits.append)
    monkeypatch.setattr(retrying.random, "random", lambda: 1.0)
    return waits


def test_a_worker_that_is_never_first_waits_longer_each_time_and_gives_its_message_back(monkeypatch):
    monitor, waits = Monitor(), never_first(monkeypatch)
    monkeypatch.setattr(monitor.store, "commit", lambda plan, now: "conflict")
    with pytest.raises(NotStoredError):
        monitor.intake.take(sign_in(), 1)
    assert monitor.seen("pagerduty") == []
    assert waits == [0.2, 0.4, 0.8, *[1.6] * 5, pytest.approx(0.6)]


def test_a_whole_batch_of_such_records_leaves_the_monitor_time_for_what_lies_behind_them(monkeypatch):
    monitor, waits = Monitor(), never_first(monkeypatch)
    commit = monitor.store.commit
    flooded = [sign_in(mfa="No") for _ in range(9)]
    keys = {item.key for item in flooded}
    monkeypatch.setattr(
        monitor.store, "commit", lambda plan, now: "conflict" if plan.key in keys else commit(plan, now)
    )
    for item in flooded:
        with pytest.raises(NotStoredError):
            monitor.intake.take(item, 1)
    monitor.intake.take(sign_in(mfa="No", account=OTHER), 1)
    assert sum(waits) < 20, "of the monitor's 30 seconds"
    assert len(monitor.seen("pagerduty")) == 1


def test_a_table_that_goes_down_before_the_sends_loses_nothing(monkeypatch):
    monitor = Monitor()
    claim = monitor.store.claim
    monkeypatch.setattr(monitor.store, "claim", _raises(StoreDownError("down")))
    monitor.intake.take(sign_in(mfa="No"), 1)
    monkeypatch.setattr(monitor.store, "claim", claim)
    for due in monitor.store.due(NOON, 10):
        monitor.delivery.deliver(due)
    assert [len(monitor.seen(name)) for name in monitor.channels] == [1, 1, 1]


def test_a_channel_that_raises_silences_no_other():
    monitor = Monitor()
    monitor.channels["pagerduty"].script = [RuntimeError("a fault of ours")]
    monitor.intake.take(sign_in(mfa="No"), 1)
    assert len(monitor.seen("slack")) == len(monitor.seen("sns")) == 1
    [due] = [send for send in monitor.store.sends if send.state == "due"]
    assert due.due.channel == "pagerduty"


def test_a_channel_that_does_not_answer_is_left_alone_until_the_next_invocation():
    monitor = Monitor()
    monitor.channels["slack"].script = [Outcome(state="retry", reason="no answer")]
    monitor.intake.take(sign_in(mfa="No"), 1)
    monitor.intake.take(sign_in(mfa="No", account="444455556666"), 1)
    assert len(monitor.channels["slack"].seen) == 1
    assert len(monitor.seen("pagerduty")) == 2


def test_a_record_whose_needs_break_us_is_told_as_unreadable(monkeypatch):
    real = intake.needs

    def broken(item, *more):
        if isinstance(item, Record):
            raise KeyError("a fault of ours")
        return real(item, *more)

    monkeypatch.setattr(intake, "needs", broken)
    monitor = Monitor().take(sign_in())
    [page] = monitor.seen("pagerduty")
    assert page.fact.kind == "unreadable"
    monitor.store.down = True
    with pytest.raises(NotStoredError):
        monitor.take(sign_in(account="444455556666"))
    assert monitor.seen("pagerduty")[-1].duplicates_possible


def test_a_retry_waits_longer_each_time_and_is_given_up_after_a_day():
    monitor = Monitor()
    monitor.intake.take(sign_in(mfa="No"), 1)
    [send] = [one for one in monitor.store.sends if one.due.channel == "slack"]
    send.state, send.attempts, send.due_at = "due", 0, NOON
    waits = []
    while send.state != "failed":
        fresh = Monitor()
        fresh.store, fresh.now = monitor.store, send.due_at
        fresh.channels["slack"].script = [Outcome(state="retry", reason="HTTP 503")]
        delivery = Delivery(
            monitor.store,
            fresh.channels.__getitem__,
            lambda: send.due_at,
            Logger(service="t"),
            Metrics("t", "t"),
            monitor.settings,
            no_pace,
        )
        before = send.due_at
        delivery.deliver(send.due)
        waits.append(send.due_at - before)
    assert send.reason.startswith("given up after 24 hours")
    assert waits[0] < timedelta(seconds=6)
    assert max(waits[:-1]) <= timedelta(minutes=15)
    assert sum(waits, timedelta()) >= timedelta(hours=24)


def test_a_wait_that_the_channel_asks_for_is_kept():
    monitor = Monitor()
    monitor.channels["slack"].script = [Outcome(state="retry", reason="429", retry_after=120.0)]
    monitor.intake.take(sign_in(mfa="No"), 1)
    [send] = [one for one in monitor.store.sends if one.due.channel == "slack"]
    assert send.due_at >= NOON + timedelta(seconds=120)


def test_each_record_is_logged_once_without_its_body():
    monitor = Monitor()
    item = call("CreateAccessKey", requestParameters={"canary": "do-not-log-me"})
    monitor.intake.take(item, 1)
    monitor.intake.take(Unreadable(key="k", reason="not JSON", mentions_root=False), 1)
    logged = monitor.log.getvalue()
    assert "do-not-log-me" not in logged
    assert logged.count('"message":"record taken in"') == 2


def test_canaries_are_counted_and_fill_no_log_unless_somebody_asks_for_it():
    monitor = Monitor(regions=["us-east-1", "eu-central-1"])
    load_all = monitor.store.load
    monitor.store.load = lambda needed: msgspec.structs.replace(load_all(needed), roll=ROLL)
    counted = monitor.intake._metrics = CountedMetrics()
    monitor.intake.take(canary(), 1)
    assert (counted.total("RecordsCanary"), counted.total("CanariesHeard")) == (1, 1)
    assert monitor.log.getvalue() == ""
    monitor.logger.setLevel("DEBUG")
    monitor.intake.take(canary(), 1)
    assert ACCOUNT in monitor.log.getvalue()


def _raises(error):
    def fail(*_):
        raise error

    return fail


def test_looking_again_at_an_incident_counts_no_failure_twice():
    monitor = Monitor()
    items = [failed_sign_in(after(0)), failed_sign_in(after(1)), sign_in(after(2))]
    monitor.take(*items, *items)
    assert monitor.incident.harms["access"] == "high"
    assert [notice.type for notice in monitor.seen("slack")] == ["opened", "escalated"]


def test_what_finds_slack_under_way_is_sent_by_whom_it_waits_for_without_a_sweep():
    monitor = Monitor()
    slack = monitor.channels["slack"]
    send = slack.send

    def while_another_worker_is_at_it(notice, thread):
        slack.send = send
        monitor.take(call("CreateAccessKey"), call("StopLogging", source="cloudtrail"))
        return send(notice, thread)

    slack.send = while_another_worker_is_at_it
    monitor.take(sign_in(mfa="No"))
    assert [(notice.seq, thread) for notice, thread in slack.seen] == [(1, None), (2, "ts-0"), (3, "ts-0")]
