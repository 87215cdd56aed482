"""What is remembered of an account: the last use, the networks, what led up to it; bounded, and hidden by no flood."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.seen import Seen
from tests.support.journal import Journal
from tests.support.records import (
    ACCOUNT,
    ANA,
    NOON,
    OTHER,
    after,
    assume_root,
    call,
    failed_sign_in,
    sign_in,
    tag,
    task_call,
)

WEEK = timedelta(days=7)
RECOVERY = {"eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn", "userIdentity": None}


def before(journal):
    """What the last notice says of the time before it."""
    return journal.notices[-1].before


def told(journal):
    return [trace.says for trace in before(journal).traces]


def test_the_first_use_of_an_account_says_that_none_was_known():
    journal = Journal()
    journal.take(sign_in())
    assert before(journal).last_use is None
    assert before(journal).network_since is None


def test_a_later_incident_says_when_root_was_used_last_and_what_it_did():
    journal = Journal()
    journal.take(sign_in())
    journal.take(call("CreateUser", after(3)), after(3))
    journal.take(sign_in(NOON + WEEK), NOON + WEEK)
    last = before(journal).last_use
    assert (last.time, last.says) == (after(3), "made an IAM user")


def test_an_incident_never_takes_its_own_acts_for_the_last_use():
    journal = Journal()
    journal.take(sign_in())
    journal.take(call("CreateAccessKey", after(1)), after(1))
    assert journal.notices[-1].type == "escalated"
    assert before(journal).last_use is None
    assert before(journal).network_since is None


def test_a_network_is_known_once_root_was_used_from_it_in_another_incident():
    journal = Journal()
    journal.take(sign_in(sourceIPAddress="203.0.113.5"))
    journal.take(sign_in(NOON + WEEK, sourceIPAddress="203.0.113.77"), NOON + WEEK)
    assert before(journal).network_since == NOON
    journal.take(sign_in(NOON + 2 * WEEK, sourceIPAddress="198.51.100.7"), NOON + 2 * WEEK)
    assert before(journal).network_since is None


def test_who_only_failed_to_sign_in_makes_no_network_known():
    journal = Journal()
    journal.take(failed_sign_in(sourceIPAddress="198.51.100.7"))
    journal.take(sign_in(NOON + WEEK, sourceIPAddress="198.51.100.7"), NOON + WEEK)
    assert before(journal).last_use is None
    assert before(journal).network_since is None


def test_an_alert_tells_what_led_up_to_it():
    journal = Journal()
    journal.take(call("PasswordRecoveryRequested", after(-400), **RECOVERY), after(-400))
    journal.take(tag("until=2026-11-24T06:00Z", after(-390)), after(-390))
    journal.take(assume_root(after(-380)), after(-380))
    for minutes in (-370, -365):
        journal.take(failed_sign_in(after(minutes)), after(minutes))
    journal.take(sign_in())
    assert told(journal) == [
        "root asked for a recovery of the root password",
        "ana declared a break-glass window until 2026-11-24 06:00Z, no ticket",
        f"AssumeRoot (IAMAuditRootUserCredentials) by {ANA}",
        "root failed to sign in to the console: wrong password or MFA code",
    ]
    assert before(journal).traces[-1].count == 2


def test_what_happened_more_than_a_day_before_is_not_told():
    journal = Journal()
    journal.take(call("PasswordRecoveryRequested", after(-25 * 60), **RECOVERY), after(-25 * 60))
    journal.take(sign_in())
    assert told(journal) == []


def test_a_refused_assume_root_is_told_as_refused():
    journal = Journal()
    journal.take(assume_root(after(-60), errorCode="AccessDenied"), after(-60))
    journal.take(sign_in())
    [said] = told(journal)
    assert "AssumeRoot" in said
    assert "ana" in said


def test_an_account_hears_nothing_of_another_one():
    journal = Journal()
    journal.take(sign_in(account=OTHER))
    journal.take(assume_root(after(-60), target=OTHER), after(-60))
    journal.take(sign_in(after(1)), after(1))
    assert before(journal).last_use is None
    assert told(journal) == []


def test_a_colleagues_task_is_no_use_of_root_that_a_later_alert_would_name():
    journal = Journal()
    journal.take(assume_root())
    journal.take(task_call("ListAccessKeys", after(1), readOnly=True), after(1))
    journal.take(sign_in(NOON + WEEK), NOON + WEEK)
    assert before(journal).last_use is None


def test_a_flood_of_failed_sign_ins_hides_no_recovery():
    journal = Journal()
    journal.take(call("PasswordRecoveryRequested", after(-300), **RECOVERY), after(-300))
    for number in range(200):
        journal.take(failed_sign_in(after(-299 + number)), after(-299 + number))
    journal.take(sign_in())
    assert "root asked for a recovery of the root password" in told(journal)
    assert [trace.count for trace in before(journal).traces] == [1, 200]


def test_a_flood_of_many_different_things_of_one_kind_hides_nothing_of_another():
    seen = Seen(account=ACCOUNT).with_trace("recovery", "root asked for a recovery of the root password", after(-300))
    for number in range(100):
        seen = seen.with_trace("tampering", f"ben deleted the rule {number}", after(-200 + number))
    assert seen.traces[0].kind == "recovery"
    assert seen.traces[-1].says == "ben deleted the rule 99"


@given(
    st.lists(
        st.tuples(st.integers(-100_000, 100_000), st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(1, 200)),
        max_size=200,
    )
)
def test_the_memory_of_an_account_stays_small_whatever_happens(events):
    fact = Journal().take(sign_in()).fact
    seen = Seen(account=ACCOUNT)
    for minutes, word, number in events:
        one = msgspec.structs.replace(
            fact, time=after(minutes), says=word * 4_000, network=f"198.51.{number}.0/24", harm="credentials"
        )
        seen = seen.with_fact(one, f"{ACCOUNT}-{word * 12}")
    assert len(msgspec.json.encode(seen)) < 32_000
    remark = seen.before(fact, "another")
    assert all(trace.first < fact.time for trace in remark.traces)


@given(st.permutations(range(6)))
def test_the_last_use_is_the_latest_in_whatever_order_the_records_came(order):
    fact = Journal().take(sign_in()).fact
    seen = Seen(account=ACCOUNT)
    for number in order:
        one = msgspec.structs.replace(fact, time=after(-number - 1), says=f"did {number}")
        seen = seen.with_fact(one, "an earlier one")
    assert seen.before(fact, "this one").last_use.says == "did 0"
