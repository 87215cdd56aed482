"""What posture itself does as root is told as what it is, and pages nobody, in whatever order its records come."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rootwatch.edge.posture_as_root import TASK
from tests.support.monitor import Monitor
from tests.support.records import ACCOUNT, HUB, after, assume_root, task_call

CALLS = ("ListMFADevices", "ListAccessKeys", "GetAccessKeyLastUsed", "ListSigningCertificates", "GetLoginProfile")
POSTURE = f"arn:aws:sts::{HUB}:assumed-role/rootwatch-posture/rootwatch-posture"
KEY = "ASIAIOSFODNN7EXAMPLE"


def records():
    calls = [task_call(name, after(0.1 + number / 60), readOnly=True) for number, name in enumerate(CALLS)]
    # IAM answers so where root has no password.
    calls[-1] = task_call("GetLoginProfile", after(0.2), readOnly=True, errorCode="NoSuchEntityException")
    return [assume_root(policy=TASK, target=ACCOUNT, caller=HUB, by=POSTURE, key=KEY), *calls]


def monitor():
    return Monitor(root_access_administrators=[HUB], posture={"assume_root": True})


def test_it_is_one_low_incident_that_names_our_own_role():
    one = monitor().take(*records())
    one.later(minutes=40)
    assert (one.incident.verdict, one.incident.severity, one.incident.seen) == ("privileged-task", "low", len(CALLS))
    assert one.seen("slack")[0].fact.principal == POSTURE
    assert one.pages == []


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(len(CALLS) + 1)), st.integers(0, 8))
def test_in_any_order_and_some_seconds_apart_it_pages_nobody(order, seconds):
    found = records()
    one = monitor()
    one.now = after(0.5)
    for number in order:
        one.take(found[number]).later(seconds=seconds)
    one.later(minutes=5)
    assert one.pages == []


def test_the_same_calls_without_an_assume_root_page():
    one = monitor().take(*records()[1:])
    one.later(minutes=5)
    assert one.pages != []
