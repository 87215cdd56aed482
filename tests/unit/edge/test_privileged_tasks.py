"""A colleague's AssumeRoot: what it explains pages nobody, in every order of arrival; what it does not explain does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.edge.reviser import Reviser
from tests.support.monitor import Monitor
from tests.support.records import ACCOUNT, ANA, NOON, OTHER, after, assume_root, call, sign_in, task_call

AUDIT = ("ListAccessKeys", "GetAccountSummary", "ListMFADevices")


def audit(minute, name="ListAccessKeys", **changes):
    return task_call(name, after(minute), readOnly=True, **changes)


def test_an_audit_whose_assume_root_came_first_is_one_low_incident_that_pages_nobody():
    monitor = Monitor().take(assume_root(), *(audit(1, name) for name in AUDIT))
    assert monitor.pages == []
    assert (monitor.incident.verdict, monitor.incident.severity, monitor.incident.seen) == ("privileged-task", "low", 3)
    [notice] = monitor.seen("slack")
    assert notice.fact.principal == ANA
    assert notice.fact.mfa == "not-applicable"


def test_an_audit_whose_assume_root_comes_late_is_told_at_once_and_its_page_is_held():
    monitor = Monitor().take(audit(1))
    assert monitor.pages == []
    assert len(monitor.seen("slack")) == len(monitor.seen("sns")) == 1
    monitor.now = after(1.2)
    monitor.take(assume_root())
    monitor.later(minutes=5)
    assert monitor.pages == []
    assert monitor.incident.verdict == "privileged-task"
    assert [notice.type for notice in monitor.seen("slack")] == ["opened", "corrected"]


def test_a_held_page_goes_out_within_ninety_seconds_if_no_assume_root_comes():
    monitor = Monitor().take(audit(1))
    monitor.later(seconds=90)
    assert len(monitor.pages) == 1


def test_an_assume_root_that_comes_after_the_page_resolves_it():
    monitor = Monitor().take(audit(1))
    monitor.later(seconds=90)
    monitor.take(assume_root())
    assert monitor.resolved == monitor.pages != []


def test_a_page_that_was_resolved_does_not_stand_for_what_root_does_next():
    monitor = Monitor().take(audit(1))
    monitor.later(seconds=90)
    monitor.take(assume_root())
    monitor.now = after(5)
    monitor.take(sign_in(after(5)))
    [task, use] = monitor.pages
    assert monitor.resolved == [task]
    assert use != task, "a key of its own: a resolve that is late can't end it"


def test_changing_calls_page_at_once_and_are_corrected_on_all_keys_when_their_assume_root_turns_up():
    calls = [task_call("DeleteLoginProfile", after(1)), task_call("DeactivateMFADevice", after(2))]
    monitor = Monitor().take(*calls)
    assert len(monitor.pages) >= 1
    monitor.take(assume_root(policy="IAMDeleteRootUserCredentials"))
    assert sorted(monitor.resolved) == sorted(monitor.pages)
    assert (monitor.incident.verdict, monitor.incident.severity) == ("privileged-task", "medium")


def test_a_correction_is_made_once_however_often_the_assume_root_comes():
    monitor = Monitor().take(task_call("DeleteBucketPolicy", after(1), eventSource="s3.amazonaws.com"))
    late = assume_root(policy="S3UnlockBucketPolicy")
    monitor.take(late, late, late)
    assert [notice.type for notice in monitor.seen("slack")].count("corrected") == 1


def test_a_crash_between_storing_the_task_and_the_correction_is_mended_by_the_redelivery(monkeypatch):
    monitor = Monitor().take(task_call("DeleteBucketPolicy", after(1), eventSource="s3.amazonaws.com"))
    late = assume_root(policy="S3UnlockBucketPolicy")
    monkeypatch.setattr(Reviser, "revise_after", lambda self, item, plan: None)
    monitor.take(late)
    monkeypatch.undo()
    monitor.take(late)
    assert monitor.resolved == monitor.pages


def test_an_incident_with_other_acts_keeps_its_pages_open():
    monitor = Monitor().take(
        sign_in(mfa="No"), task_call("DeleteBucketPolicy", after(1), eventSource="s3.amazonaws.com")
    )
    monitor.take(assume_root(policy="S3UnlockBucketPolicy"))
    assert monitor.resolved == []
    assert monitor.incident.verdict == "unplanned"


@pytest.mark.parametrize(
    "claim",
    [
        assume_root(errorCode="AccessDenied"),
        assume_root(caller=OTHER),
        assume_root(target=OTHER),
        assume_root(at=after(-60)),
        assume_root(policy="SQSUnlockQueuePolicy"),
        assume_root(key="ASIAEXAMPLEOFANOTHER"),
    ],
    ids=["refused", "from a member", "names another account", "long ago", "another policy", "another key"],
)
def test_an_assume_root_that_does_not_explain_the_call_explains_nothing(claim):
    page = task_call("DeleteBucketPolicy", after(1), eventSource="s3.amazonaws.com")
    for order in ([claim, page], [page, claim]):
        monitor = Monitor().take(*order)
        root_pages = [key for key in monitor.pages if key.startswith(f"rootwatch/{ACCOUNT}-")]
        assert len(root_pages) == 1
        assert monitor.resolved == []


@pytest.mark.parametrize(
    "changes",
    [
        {"sessionCredentialFromConsole": "true"},
        {"began": after(-20)},
        {"name": "DeleteAccessKey"},
        {"key": "AKIAIOSFODNN7EXAMPLE"},
    ],
    ids=["console", "an old session", "a changing call", "a long-term key"],
)
def test_a_call_that_cannot_be_an_audit_is_never_held(changes):
    changes = dict(changes)
    name = changes.pop("name", "ListAccessKeys")
    assert len(Monitor().take(task_call(name, after(1), **changes)).pages) == 1


def test_creating_a_root_password_as_a_task_is_high_and_pages():
    monitor = Monitor().take(assume_root(policy="IAMCreateRootUserPassword"), task_call("CreateLoginProfile", after(1)))
    assert [key.rsplit("/", 1)[1] for key in monitor.pages] == ["high"]


def test_a_task_that_pages_keeps_its_page_when_its_assume_root_comes_later():
    monitor = Monitor().take(task_call("CreateLoginProfile", after(1)))
    monitor.take(assume_root(policy="IAMCreateRootUserPassword"))
    assert len(monitor.pages) == 1
    assert monitor.resolved == []
    assert (monitor.incident.verdict, monitor.incident.severity) == ("privileged-task", "high")
    assert [notice.type for notice in monitor.seen("slack")] == ["opened", "corrected"]


_calls = st.builds(
    lambda minute, name: task_call(name, after(minute), readOnly=name in AUDIT),
    st.integers(0, 14),
    st.sampled_from([*AUDIT, "DeleteLoginProfile", "CreateUser"]),
)
_tasks = st.builds(
    lambda policy, minute: assume_root(after(minute), policy=policy),
    st.sampled_from(["IAMAuditRootUserCredentials", "IAMDeleteRootUserCredentials"]),
    st.integers(-20, 0),
)


@given(st.data(), st.lists(_calls, min_size=1, max_size=5), _tasks, st.lists(st.builds(sign_in), max_size=1))
def test_calls_and_their_assume_root_in_any_order_of_arrival_make_the_same_story(data, calls, task, others):
    items = [*calls, task, *others]
    first, second = (_played(order) for order in (items, data.draw(st.permutations(items))))
    assert _story(first) == _story(second)
    for monitor in (first, second):
        assert len(monitor.pages) == len(set(monitor.pages))
        unexplained = {f.harm for f in monitor.facts if f.verdict == "unplanned" and f.severity in ("high", "critical")}
        assert unexplained <= {key.split("/")[2] for key in monitor.pages}


def test_a_call_that_is_no_root_task_is_unchanged_by_the_key_alone():
    monitor = Monitor().take(assume_root(), call("CreateUser", after(1)))
    assert monitor.incident.verdict == "unplanned"


def _played(items):
    monitor = Monitor()
    for second, item in enumerate(items):
        monitor.now = NOON + timedelta(seconds=second)
        monitor.take(item)
    return monitor.later(minutes=2)


def _story(monitor):
    return {(fact.key, fact.kind, fact.severity, fact.verdict) for fact in monitor.facts}


def test_a_principal_that_calls_assume_root_for_the_first_time_is_said_once():
    monitor = Monitor().take(assume_root(), audit(1))
    monitor.take(assume_root(after(20), key="ASIAEXAMPLESECOND001"))
    monitor.take(audit(21, key="ASIAEXAMPLESECOND001", began=after(20)))
    first, second = (notice.fact.verdict_why for notice in monitor.seen("slack"))
    assert "never seen to call it before" in first
    assert "never seen" not in second


def test_one_principal_changing_more_than_five_accounts_an_hour_is_high_and_pages():
    monitor = Monitor()
    for number in range(7):
        account, key = f"31111111111{number}", f"ASIAEXAMPLEKEY00000{number}"
        monitor.take(assume_root(after(number), "S3UnlockBucketPolicy", target=account, key=key))
        unlock = {"eventSource": "s3.amazonaws.com", "account": account, "key": key, "began": after(number)}
        monitor.take(task_call("DeleteBucketPolicy", after(number + 0.5), **unlock))
    assert [key.split("/")[1][:12] for key in monitor.pages] == ["311111111115", "311111111116"]


def test_auditing_many_accounts_stays_low():
    monitor = Monitor()
    for number in range(9):
        account, key = f"31111111111{number}", f"ASIAEXAMPLEKEY00000{number}"
        monitor.take(assume_root(after(number), target=account, key=key))
        monitor.take(audit(number + 0.5, account=account, key=key, began=after(number)))
    assert monitor.pages == []
