"""What every Store does, as tests: imported where there is a fixture ``store``."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec

from rootwatch.catalogue import load
from rootwatch.core import storm_notices
from rootwatch.core.decide import decide
from rootwatch.core.incident import STORM_SCOPE
from rootwatch.core.lifecycle import tick
from rootwatch.core.ports import Due, Needs, Outcome
from rootwatch.core.revise import revise
from rootwatch.core.scopes import needs
from rootwatch.core.tasks import Task, as_task, task_of
from tests.support.records import (
    NOON,
    SESSION_KEY,
    after,
    assume_root,
    call,
    failed_sign_in,
    settings,
    sign_in,
    task_call,
)

SENT = Outcome(state="sent", receipt="1700000000.000100")
LEASE = timedelta(seconds=60)
_accounts = (f"3{number:011d}" for number in itertools.count())


def plan_of(store, item, now=NOON):
    """What the core plans for a record on what the store knows."""
    return decide(item, store.load(needs(item, settings(), now)), settings(), load(), now)


def take(store, item, now=NOON):
    """Decides and commits."""
    plan = plan_of(store, item, now)
    assert store.commit(plan, now) == "committed"
    return plan


def dues(store, plan, now=NOON):
    """What is due of a plan's incident: (channel or None, seq), in the store's order."""
    return [(due.channel, due.seq) for due in store.due(now, 100) if due.incident == plan.incident.id]


def send_of(plan, channel, at=0):
    notice = plan.notices[at]
    return Due(incident=plan.incident.id, channel=channel, seq=notice.seq, severity=notice.severity)


def test_of_an_unknown_record_nothing_is_known(store):
    known = store.load(Needs(key="nobody", scopes=("000011112222",), access_key="ASIAIOSFODNN7EXAMPLE"))
    assert (known.duplicate, known.incidents, known.task, known.failures) == (False, {}, None, ())


def test_a_committed_record_is_a_duplicate_from_then_on(store):
    item = sign_in(account=next(_accounts))
    plan = take(store, item)
    assert store.load(needs(item, settings(), NOON)).duplicate
    assert store.commit(plan, NOON) == "duplicate"


def test_the_next_record_of_the_account_finds_its_open_incident(store):
    account = next(_accounts)
    plan = take(store, sign_in(account=account))
    known = store.load(needs(call("ListUsers", account=account), settings(), NOON))
    assert known.incidents[account].id == plan.incident.id
    assert known.incidents[account].version == 1


def test_two_workers_with_one_record_store_it_once(store):
    plan = plan_of(store, sign_in(account=next(_accounts)))
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: store.commit(plan, NOON), range(4)))
    assert outcomes.count("committed") == 1
    assert len(dues(store, plan)) == 3


def test_two_plans_on_the_same_incident_conflict(store):
    account = next(_accounts)
    one, other = (plan_of(store, sign_in(account=account)) for _ in range(2))
    assert store.commit(one, NOON) == "committed"
    assert store.commit(other, NOON) == "conflict"
    take(store, call("CreateUser", account=account))
    stale = plan_of(store, call("CreateUser", account=account))
    take(store, call("ListUsers", account=account))
    assert store.commit(stale, NOON) == "conflict"


def test_an_incident_that_is_over_gives_its_place_to_the_next(store):
    account = next(_accounts)
    first = take(store, sign_in(account=account))
    second = take(store, sign_in(after(31), account=account), after(31))
    assert second.replaces == first.incident.id
    known = store.load(needs(call("ListUsers", account=account), settings(), NOON))
    assert known.incidents[account].id == second.incident.id


def test_sends_are_due_worst_first_and_then_oldest(store):
    account, other = next(_accounts), next(_accounts)
    medium = take(store, failed_sign_in(account=account))
    critical = take(store, sign_in(mfa="No", account=other), after(1))
    found = [due for due in store.due(after(1), 100) if due.incident in (medium.incident.id, critical.incident.id)]
    sends = [due.severity for due in found if due.channel]
    assert sends == ["critical"] * 3 + ["medium"] * 2


def test_what_was_sent_is_due_no_more(store):
    plan = take(store, sign_in(account=next(_accounts)))
    claimed = store.claim(send_of(plan, "sns"), NOON, NOON + LEASE)
    assert claimed.notice == plan.notices[0]
    store.settle(claimed, SENT, NOON, None)
    assert ("sns", 1) not in dues(store, plan, after(600))


def test_a_send_is_claimed_by_one_alone(store):
    plan = take(store, sign_in(account=next(_accounts)))
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda _: store.claim(send_of(plan, "slack"), NOON, NOON + LEASE), range(4)))
    assert sum(claim is not None for claim in claims) == 1


def test_a_send_whose_lease_ran_out_can_be_claimed_again(store):
    plan = take(store, sign_in(account=next(_accounts)))
    first = store.claim(send_of(plan, "sns"), NOON, NOON + LEASE)
    assert store.claim(send_of(plan, "sns"), after(0.5), after(1.5)) is None
    again = store.claim(send_of(plan, "sns"), after(2), after(3))
    assert (first.attempts, again.attempts) == (1, 2)
    store.settle(first, SENT, after(2), None)
    assert ("sns", 1) in dues(store, plan, after(4)), "who lost the lease settles nothing"


def test_a_retry_is_due_when_its_time_has_come(store):
    plan = take(store, sign_in(account=next(_accounts)))
    claimed = store.claim(send_of(plan, "slack"), NOON, NOON + LEASE)
    store.settle(claimed, Outcome(state="retry", reason="HTTP 503"), NOON, after(5))
    assert ("slack", 1) not in dues(store, plan, after(4))
    assert ("slack", 1) in dues(store, plan, after(5))
    assert store.claim(send_of(plan, "slack"), after(4), after(5)) is None
    assert store.claim(send_of(plan, "slack"), after(5), after(6)).first_due == NOON


def test_what_waited_for_a_send_is_behind_it_once_it_is_due(store):
    account = next(_accounts)
    first, second = take(store, sign_in(account=account)), take(store, call("CreateUser", account=account))
    earlier, later = send_of(first, "slack"), send_of(second, "slack")
    claimed = store.claim(earlier, NOON, NOON + LEASE)
    assert store.claim(later, NOON, NOON + LEASE) is None, "it waits"
    store.settle(claimed, SENT, NOON, None)
    assert store.behind(earlier, after(-5)) is None
    behind = store.behind(earlier, after(5))
    assert (behind.incident, behind.channel, behind.seq) == (later.incident, "slack", later.seq)
    store.settle(store.claim(later, after(5), after(6)), SENT, after(5), None)
    assert store.behind(earlier, after(5)) is None
    assert store.behind(later, after(5)) is None
    assert store.behind(send_of(first, "pagerduty"), after(5)) is None, "other harms have other alerts"


def test_a_failed_send_is_never_due_again(store):
    plan = take(store, sign_in(account=next(_accounts)))
    claimed = store.claim(send_of(plan, "slack"), NOON, NOON + LEASE)
    store.settle(claimed, Outcome(state="failed", reason="Slack: invalid_blocks"), NOON, None)
    assert ("slack", 1) not in dues(store, plan, after(6000))
    assert store.claim(send_of(plan, "slack"), after(6000), after(6001)) is None


def test_of_many_records_those_that_are_in_the_table_are_told(store):
    plans = [take(store, sign_in(account=next(_accounts))) for _ in range(3)]
    keys = [plan.key for plan in plans]
    assert set(store.recorded([*keys[:2], "nobody", *(f"unknown {number}" for number in range(90))])) == set(keys[:2])
    assert not store.recorded(["nobody"])


def test_a_failed_send_waits_to_be_counted_and_is_counted_once(store):
    plan = take(store, sign_in(account=next(_accounts)))
    send = send_of(plan, "slack")
    store.settle(store.claim(send, NOON, NOON + LEASE), Outcome(state="failed", reason="no"), NOON, None)
    [uncounted] = [due for due in store.uncounted(100) if due.incident == plan.incident.id]
    assert (uncounted.channel, uncounted.seq) == ("slack", send.seq)
    for _ in range(2):
        store.counted(uncounted)
    assert all(due.incident != plan.incident.id for due in store.uncounted(100))
    assert store.claim(send, after(6000), after(6001)) is None


def test_slack_messages_of_an_incident_keep_their_order(store):
    account = next(_accounts)
    first = take(store, sign_in(mfa="No", account=account))
    second = take(store, call("CreateAccessKey", account=account))
    assert store.claim(send_of(second, "slack"), NOON, NOON + LEASE) is None
    store.settle(store.claim(send_of(first, "slack"), NOON, NOON + LEASE), SENT, NOON, None)
    assert store.claim(send_of(second, "slack"), NOON, NOON + LEASE).thread == SENT.receipt


def test_the_thread_is_under_the_message_that_was_posted_first_whatever_its_number(store):
    account = next(_accounts)
    overtaken = take(store, failed_sign_in(account=account))
    worse = take(store, sign_in(mfa="No", account=account))
    last = take(store, call("CreateAccessKey", account=account))
    receipts = ["1700000000.000100", "1700000000.000200"]
    for plan, receipt, thread in zip((worse, overtaken), receipts, (None, receipts[0]), strict=True):
        claimed = store.claim(send_of(plan, "slack"), NOON, NOON + LEASE)
        assert claimed.thread == thread
        store.settle(claimed, Outcome(state="sent", receipt=receipt), NOON, None)
    assert store.claim(send_of(last, "slack"), NOON, NOON + LEASE).thread == receipts[0]


def test_a_stuck_message_holds_back_no_worse_one(store):
    account = next(_accounts)
    take(store, failed_sign_in(account=account))
    worse = take(store, sign_in(mfa="No", account=account))
    assert store.claim(send_of(worse, "slack"), NOON, NOON + LEASE) is not None


def test_pages_of_different_harms_do_not_wait_for_each_other(store):
    account = next(_accounts)
    take(store, sign_in(mfa="No", account=account))
    second = take(store, call("CreateAccessKey", account=account))
    assert store.claim(send_of(second, "pagerduty"), NOON, NOON + LEASE) is not None


def test_a_digest_is_stored_once_and_sent(store):
    account = next(_accounts)
    take(store, sign_in(account=account))
    plan = take(store, call("ListUsers", after(1), account=account, readOnly=True), after(1))
    incident = store.incident(plan.incident.id)
    moved = tick(incident, settings(), incident.due_at)
    assert [notice.type for notice in moved[1]] == ["digest"]
    assert store.advance(*moved)
    assert not store.advance(*moved)
    assert ("sns", 2) in dues(store, plan, after(60))


def test_a_close_takes_the_pointer_away(store):
    account = next(_accounts)
    plan = take(store, sign_in(account=account))
    incident = store.incident(plan.incident.id)
    assert store.advance(*tick(incident, settings(), after(31)))
    assert store.incident(plan.incident.id).state == "closed"
    assert store.load(needs(sign_in(account=account), settings(), NOON)).incidents == {}
    assert (None, 0) not in dues(store, plan, after(600))


def test_a_close_leaves_the_pointer_of_a_later_incident(store):
    account = next(_accounts)
    first = take(store, sign_in(account=account))
    second = take(store, sign_in(after(31), account=account), after(31))
    assert store.advance(*tick(store.incident(first.incident.id), settings(), after(32)))
    assert store.load(needs(sign_in(account=account), settings(), NOON)).incidents[account].id == second.incident.id


def test_failures_of_the_account_and_of_others_are_known_to_a_sign_in(store):
    own, other, at = next(_accounts), next(_accounts), after(-40_000)
    failures = [failed_sign_in(at, account=own), failed_sign_in(at + timedelta(minutes=25), account=own)]
    for item in [*failures, failed_sign_in(at + timedelta(minutes=12), account=other)]:
        take(store, item, at)
    known = store.load(needs(sign_in(at + timedelta(minutes=28), account=own), settings(), at))
    assert {moment.key for moment in known.failures} >= {item.key for item in failures}
    assert {moment.account for moment in known.failures} >= {own, other}


def test_an_account_is_remembered_from_its_first_record_on(store):
    account = next(_accounts)
    assert store.load(Needs(key="nobody", seen_of=(account,))).seen[account].uses == ()
    take(store, sign_in(account=account))
    seen = store.load(Needs(key="nobody", seen_of=(account,))).seen[account]
    assert [use.says for use in seen.uses] == ["signed in to the console with MFA"]
    assert [place.network for place in seen.networks] == ["203.0.113.0/24"]
    assert seen.version == 1


def test_two_plans_on_the_same_memory_conflict_though_their_incidents_differ(store):
    account = next(_accounts)
    one, other = assume_root(target=account), assume_root(target=account, key="ASIAI44QH8DHBEXAMPLE")
    first, second = plan_of(store, one), plan_of(store, other)
    assert store.commit(first, NOON) == "committed"
    assert store.commit(second, NOON) == "conflict"
    take(store, other)
    [trace] = store.load(Needs(key="nobody", seen_of=(account,))).seen[account].traces
    assert trace.count == 2


def test_what_pages_is_in_the_list_of_its_time_and_no_other(store):
    accounts = [next(_accounts) for _ in range(3)]
    at = [after(-50_000), after(-49_993), after(-49_985)]
    paged = [
        take(store, sign_in(when, mfa="No", account=account), when) for account, when in zip(accounts, at, strict=True)
    ]
    assert [one.incident for one in store.pagings(at[0], at[2])] == [plan.incident.id for plan in paged]
    assert store.pagings(at[0], at[1]) == [plan.paging for plan in paged[:2]]
    assert store.pagings(at[0] + timedelta(microseconds=1), at[2] - timedelta(microseconds=1)) == [paged[1].paging]
    assert store.pagings(at[2] + timedelta(seconds=1), at[2] + timedelta(hours=1)) == []


def test_what_pages_is_listed_once_and_what_conflicts_is_not(store):
    account, when = next(_accounts), after(-60_000)
    one, other = (sign_in(when, mfa="No", account=account) for _ in range(2))
    first, second = plan_of(store, one, when), plan_of(store, other, when)
    assert store.commit(first, when) == "committed"
    assert store.commit(first, when) == "duplicate"
    assert store.commit(second, when) == "conflict"
    take(store, other, when)
    assert store.pagings(when, when) == [first.paging]


def test_a_held_page_is_listed_once_however_often_that_is_said(store):
    plan = take(store, sign_in(after(-70_000), mfa="No", account=next(_accounts)), after(-70_000))
    when = after(-69_000)
    entry = msgspec.structs.replace(plan.paging, at=when)
    for joined in ("", "watch-1"):
        store.list_paging(msgspec.structs.replace(entry, joined=joined))
    assert store.pagings(when, when) == [msgspec.structs.replace(entry, joined="watch-1")]


def test_a_storm_is_opened_by_one_alone(store):
    when = after(-70_000)
    for _ in range(21):
        take(store, sign_in(when, mfa="No", account=next(_accounts)), when)
    pagings = store.pagings(when, when)
    known = store.load(storm_notices.needs(pagings))
    plan = storm_notices.opening(pagings, known, settings(), when)
    late = storm_notices.opening(pagings[1:], known, settings(), when) or storm_notices.opening(
        [*pagings[1:], msgspec.structs.replace(pagings[1], incident="another")], known, settings(), when
    )
    assert store.commit(plan, when) == "committed"
    assert store.commit(late, when) == "conflict", "it names another record, but the storm is open"
    assert store.open_incident(STORM_SCOPE).id == plan.incident.id
    closed = storm_notices.tick(store.open_incident(STORM_SCOPE), pagings, settings(), when + timedelta(minutes=9))
    assert store.advance(*closed)
    assert store.open_incident(STORM_SCOPE) is None


def test_a_task_is_known_by_its_access_key(store):
    item = call("AssumeRoot", eventSource="sts.amazonaws.com")
    task = Task(
        access_key_id="ASIAIOSFODNN7EXAMPLE",
        key=item.key,
        principal="arn:aws:sts::111122223333:assumed-role/Admin/ana",
        caller="111122223333",
        target="777788889999",
        policy="IAMAuditRootUserCredentials",
        at=NOON,
        expires=after(15),
    )
    plan = plan_of(store, sign_in(account=next(_accounts)))
    store.commit(msgspec.structs.replace(plan, task=task), NOON)
    assert store.load(Needs(key="other", access_key="ASIAIOSFODNN7EXAMPLE")).task == task


def test_a_long_story_is_revised_whole(store):
    account = next(_accounts)
    plan = take(store, task_call("ListAccessKeys", account=account, readOnly=True))
    for _ in range(129):
        take(store, task_call("ListAccessKeys", account=account, readOnly=True))
    head, facts = store.incident(plan.incident.id), store.facts(plan.incident.id)
    assert len(facts) == head.seen == 130
    task = task_of(assume_root(target=account))
    revision = revise(head, facts, store.tags(account), {SESSION_KEY: task}, settings(), after(1))
    assert store.revise(revision)
    assert {fact.verdict for fact in store.facts(plan.incident.id)} == {"privileged-task"}
    assert store.incident(plan.incident.id).harms == {"access": "low"}


def test_a_crash_between_the_facts_of_a_revision_and_its_head_is_mended_by_the_next_one(store):
    account = next(_accounts)
    plan = take(store, task_call("ListAccessKeys", account=account, readOnly=True))
    head, task = store.incident(plan.incident.id), task_of(assume_root(target=account))
    changed = [as_task(fact, task) for fact in store.facts(plan.incident.id)]
    revision = revise(head, changed, store.tags(account), {SESSION_KEY: task}, settings(), after(1))
    assert store.revise(revision)
    assert store.incident(plan.incident.id).verdict == "privileged-task"


def test_of_half_a_story_nothing_is_concluded(store):
    account = next(_accounts)
    plan = take(store, sign_in(mfa="No", account=account))
    take(store, task_call("ListAccessKeys", account=account, readOnly=True))
    half = store.facts(plan.incident.id)[1:]
    task = task_of(assume_root(target=account))
    head = store.incident(plan.incident.id)
    assert revise(head, half, store.tags(account), {SESSION_KEY: task}, settings(), after(1)) is None
