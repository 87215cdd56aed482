"""One incident at a time: what opens, escalates, folds, and what pages whom."""

from datetime import timedelta

import pytest

from rootwatch.core.record import Unreadable
from tests.support.journal import Journal
from tests.support.records import ACCOUNT, NOON, OTHER, THIRD, after, call, failed_sign_in, sign_in


def test_a_sign_in_without_mfa_opens_a_critical_incident_and_pages():
    journal = Journal()
    plan = journal.take(sign_in(mfa="No"))
    assert plan.disposition == "opened"
    [notice] = plan.notices
    assert (notice.type, notice.severity, notice.channels) == ("opened", "critical", ("pagerduty", "sns", "slack"))
    assert notice.page.dedup_key == f"rootwatch/{plan.incident.id}/access/critical"
    assert plan.incident.id.startswith(f"{ACCOUNT}-")


@pytest.mark.parametrize(
    ("mfa", "severity"), [("Yes", "high"), ("YES", "high"), ("No", "critical"), (None, "critical")]
)
def test_a_sign_in_is_as_bad_as_its_mfa(mfa, severity):
    plan = Journal().take(sign_in(mfa=mfa))
    assert plan.incident.severity == severity


def test_repeats_fold_and_page_nobody_again():
    journal = Journal()
    journal.take(sign_in())
    for minute in range(1, 9):
        plan = journal.take(call("GetAccountSummary", after(minute), readOnly=True), after(minute))
        assert (plan.disposition, plan.notices) == ("folded", ())
    assert len(journal.pages) == 1


def test_a_new_harm_pages_again_in_the_same_incident():
    journal = Journal()
    journal.take(sign_in(mfa="No"))
    plan = journal.take(call("CreateAccessKey", after(1)), after(1))
    assert plan.disposition == "escalated"
    assert [key.split("/", 2)[2] for key in journal.pages] == ["access/critical", "credentials/critical"]
    assert len(journal.store.heads) == 1


def test_a_lower_severity_of_a_paged_harm_pages_nobody():
    journal = Journal()
    journal.take(sign_in(mfa="No"))
    journal.take(sign_in(after(1), mfa="Yes"), after(1))
    assert len(journal.pages) == 1


def test_one_failed_sign_in_is_told_to_slack_and_sns_and_pages_nobody():
    journal = Journal()
    plan = journal.take(failed_sign_in())
    [notice] = plan.notices
    assert (notice.severity, notice.channels, notice.page) == ("medium", ("sns", "slack"), None)


def test_many_failed_sign_ins_of_one_account_never_page():
    journal = Journal()
    for minute in range(25):
        journal.take(failed_sign_in(after(minute)), after(minute))
    assert journal.pages == []
    assert len(journal.store.heads) == 1


def test_a_sign_in_after_three_failures_within_thirty_minutes_is_critical():
    journal = Journal()
    for minute in range(3):
        journal.take(failed_sign_in(after(minute)), after(minute))
    plan = journal.take(sign_in(after(10), mfa="Yes"), after(10))
    assert plan.incident.harms["access"] == "critical"


def test_a_sign_in_after_two_failures_from_its_own_network_stays_high():
    journal = Journal()
    for minute in range(2):
        journal.take(failed_sign_in(after(minute)), after(minute))
    plan = journal.take(sign_in(after(10), mfa="Yes"), after(10))
    assert plan.incident.harms["access"] == "high"


def test_three_failures_longer_than_thirty_minutes_ago_are_forgotten():
    journal = Journal()
    for minute in range(3):
        journal.take(failed_sign_in(after(minute)), after(minute))
    plan = journal.take(sign_in(after(33), mfa="Yes"), after(33))
    assert plan.incident.harms["access"] == "high"


def test_a_sign_in_after_one_failure_from_another_network_is_critical():
    journal = Journal()
    journal.take(failed_sign_in(sourceIPAddress="198.51.100.7"))
    plan = journal.take(sign_in(after(5), mfa="Yes"), after(5))
    assert plan.incident.harms["access"] == "critical"


def test_a_failure_that_arrives_after_its_sign_in_still_makes_it_critical():
    journal = Journal()
    journal.take(sign_in(after(5), mfa="Yes"), after(5))
    plan = journal.take(failed_sign_in(NOON, sourceIPAddress="198.51.100.7"), after(6))
    assert plan.disposition == "escalated"
    assert plan.incident.paged == {"access": "critical"}


def test_a_failure_that_arrives_after_its_sign_in_does_so_too_when_it_is_the_third_account_s():
    journal = Journal()
    journal.take(sign_in(after(10)), after(10))
    journal.take(failed_sign_in(after(8), account=OTHER), after(11))
    journal.take(failed_sign_in(after(8), account=THIRD), after(12))
    journal.take(failed_sign_in(after(9), sourceIPAddress="198.51.100.7"), after(13))
    assert [page.rsplit("/", 2)[1:] for page in journal.pages] == [["access", "high"], ["access", "critical"]]


def test_failures_of_an_incident_that_has_closed_still_count_for_a_later_sign_in():
    journal = Journal(incident_gap_minutes=5)
    journal.take(failed_sign_in(sourceIPAddress="198.51.100.7"))
    plan = journal.take(sign_in(after(10), mfa="Yes"), after(10))
    assert len(journal.store.heads) == 2
    assert plan.incident.harms["access"] == "critical"


def test_a_sign_in_from_a_second_network_in_an_open_incident_is_critical():
    journal = Journal()
    journal.take(sign_in(mfa="Yes"))
    plan = journal.take(sign_in(after(1), mfa="Yes", sourceIPAddress="198.51.100.7"), after(1))
    assert plan.incident.harms["access"] == "critical"


def test_guessing_over_three_accounts_is_one_high_incident_of_the_organisation():
    journal = Journal()
    for minute, account in enumerate([ACCOUNT, OTHER, THIRD, "222233334444", "555566667777"]):
        journal.take(failed_sign_in(after(minute), account=account), after(minute))
    assert len(journal.pages) == 1
    assert journal.pages[0].startswith("rootwatch/organisation-")
    guessing = journal.store.heads[journal.store.pointers["organisation"]]
    assert guessing.severity == "high"
    assert guessing.seen == 3


def test_guessing_pages_once_in_six_hours_and_again_after_them():
    journal = Journal()
    for minute in range(0, 6 * 60, 5):
        for account in [ACCOUNT, OTHER, THIRD]:
            journal.take(failed_sign_in(after(minute), account=account), after(minute))
    assert len(journal.pages) == 1
    for account in [ACCOUNT, OTHER, THIRD]:
        journal.take(failed_sign_in(after(400), account=account), after(400))
    assert len(journal.pages) == 2


def test_a_recovery_that_was_completed_pages_for_each_account_while_guessing_goes_on():
    journal = Journal()
    for minute, account in enumerate(("111122223333", "444455556666", "777788889999")):
        journal.take(failed_sign_in(after(minute), account=account), after(minute))
    before = len(journal.pages)
    for minute, account in enumerate(("222233334444", "333344445555"), 5):
        recovered = call(
            "PasswordRecoveryCompleted", after(minute), account=account, eventSource="signin.amazonaws.com"
        )
        journal.take(recovered, after(minute))
    assert [page.split("/")[1][:12] for page in journal.pages[before:]] == ["222233334444", "333344445555"]


def test_recovery_asked_for_once_is_medium_and_twice_is_high():
    journal = Journal()
    first = journal.take(_recovery(NOON))
    assert (first.incident.severity, journal.pages) == ("medium", [])
    second = journal.take(_recovery(after(2)), after(2))
    assert second.incident.severity == "high"
    assert len(journal.pages) == 1


def test_an_incident_that_was_quiet_for_thirty_minutes_is_over():
    journal = Journal()
    journal.take(sign_in())
    plan = journal.take(sign_in(after(30)), after(30))
    assert plan.disposition == "opened"
    assert len(journal.store.heads) == 2


def test_whoever_keeps_an_incident_open_does_not_make_its_page_stand_for_more_than_six_hours():
    journal = Journal()
    journal.take(sign_in(mfa="No"))
    for minute in range(20, 361, 20):
        journal.take(failed_sign_in(after(minute)), after(minute))
        journal.tick(after(minute))
    [closed] = [notice for notice in journal.notices if notice.type == "closed"]
    assert closed.created_at == after(360)
    journal.take(sign_in(after(365), mfa="No"), after(365))
    assert len(set(journal.pages)) == 2
    journal.take(sign_in(after(370), mfa="No"), after(370))
    assert len(journal.pages) == 2, "and the next page stands as long again"


def test_a_record_joins_the_open_incident_whatever_its_own_time():
    journal = Journal()
    journal.take(sign_in())
    plan = journal.take(call("ListUsers", NOON - timedelta(days=3), readOnly=True), after(1))
    assert plan.disposition == "folded"


def test_the_same_record_twice_is_a_duplicate():
    journal = Journal()
    again = sign_in()
    journal.take(again)
    assert journal.take(again) is None
    assert len(journal.pages) == 1


def test_a_repeated_attempt_makes_the_same_incident():
    once, twice, item = Journal(), Journal(), sign_in()
    assert once.take(item).incident.id == twice.take(item, after(3)).incident.id


def test_two_accounts_never_share_an_incident():
    journal = Journal()
    journal.take(sign_in(mfa="No"))
    journal.take(sign_in(mfa="No", account=OTHER))
    assert len({key.split("/")[1] for key in journal.pages}) == 2


def test_what_mentions_root_and_cannot_be_read_pages_for_its_account():
    journal = Journal()
    plan = journal.take(Unreadable(key="x", reason="it is not JSON", mentions_root=True, account=ACCOUNT))
    assert (plan.kind, plan.incident.severity, plan.incident.account) == ("unreadable", "high", ACCOUNT)
    assert len(journal.pages) == 1


def test_what_does_not_mention_root_is_set_aside_with_its_reason():
    plan = Journal().take(Unreadable(key="x", reason="it is not JSON", mentions_root=False))
    assert (plan.disposition, plan.notices) == ("unreadable", ())
    assert "not JSON" in plan.reason


def test_only_channels_that_are_set_up_are_told():
    plan = Journal(slack=None, pagerduty=None).take(sign_in(mfa="No"))
    assert plan.notices[0].channels == ("sns",)


def _recovery(at, **changes):
    return call(
        "PasswordRecoveryRequested",
        at,
        **changes,
        eventSource="signin.amazonaws.com",
        eventType="AwsConsoleSignIn",
        responseElements={"PasswordRecoveryRequested": "Success"},
    )


def test_recovery_asked_for_in_three_accounts_is_one_high_incident_of_the_organisation():
    journal = Journal()
    for minute, account in enumerate([ACCOUNT, OTHER, THIRD]):
        journal.take(_recovery(after(minute), account=account), after(minute))
    assert len(journal.pages) == 1
    assert journal.pages[0].startswith("rootwatch/organisation-")
