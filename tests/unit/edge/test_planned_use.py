"""Law 4: a tag lowers the noise, never hides the use; what it can't cover pages; nothing lowers what came before it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.monitor import Directory, Monitor
from tests.support.records import (
    ACCOUNT,
    ANA,
    BEN,
    HUB,
    MANAGEMENT,
    NOON,
    OTHER,
    after,
    body,
    call,
    failed_sign_in,
    record,
    sign_in,
    tag,
)

WINDOW = "until=2026-11-24T14:00Z ticket=SEC-142 by=ana@example.com"


def console(name, at, **changes):
    return call(name, at, **changes)


def test_a_sign_in_inside_a_window_pages_nobody_and_is_told_quietly():
    monitor = Monitor().take(tag(WINDOW), sign_in(after(5)))
    assert monitor.pages == []
    [notice] = monitor.seen("pagerduty")
    assert (notice.type, notice.severity, notice.is_change_event) == ("planned", "low", True)
    assert len(monitor.seen("slack")) == len(monitor.seen("sns")) == 1
    assert notice.fact.ticket == "SEC-142"


def test_a_sign_in_without_mfa_inside_a_window_is_medium_and_pages_nobody():
    monitor = Monitor().take(tag(WINDOW), sign_in(after(5), mfa="No"))
    assert (monitor.pages, monitor.incident.severity) == ([], "medium")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("iam", "CreateAccessKey"),
        ("cloudtrail", "StopLogging"),
        ("guardduty", "DeleteDetector"),
        ("organizations", "LeaveOrganization"),
        ("account", "AcceptPrimaryEmailUpdate"),
        ("organizations", "CloseAccount"),
        ("iam", "DeactivateMFADevice"),
    ],
)
def test_no_window_covers_the_worst(source, name):
    monitor = Monitor().take(
        tag(WINDOW), sign_in(after(5)), call(name, after(6), eventSource=f"{source}.amazonaws.com")
    )
    assert len(monitor.pages) == 1
    assert monitor.incident.verdict == "breakthrough"


@pytest.mark.parametrize(
    "value",
    [
        "ticket=SEC-142",
        "until=tomorrow",
        "until=2026-11-25T14:00Z",
        "until=2026-11-24T11:00Z",
        "until=2026-11-24T14:00Z net=nowhere",
        "until=2026-11-24T14:00Z until=2026-11-24T15:00Z",
        "until=2026-11-24T14:00Z covers=everything",
        "",
    ],
)
def test_a_value_that_is_no_window_pages_and_says_why(value):
    monitor = Monitor().take(tag(value), sign_in(after(5)))
    assert len(monitor.pages) == 1
    assert monitor.seen("pagerduty")[0].fact.verdict_why != "no break-glass window"


def test_a_tag_set_by_root_is_no_window():
    monitor = Monitor().take(tag(WINDOW, identity={"type": "Root"}), sign_in(after(5)))
    assert [key.split("/")[1][:12] for key in monitor.pages] == [MANAGEMENT, ACCOUNT]
    assert "root itself set the tag" in monitor.seen("slack")[1].fact.verdict_why


@pytest.mark.parametrize("record_first", [True, False])
def test_a_tag_set_by_root_is_no_window_when_it_is_read_either(record_first):
    monitor = Monitor(directory=Directory(tag=WINDOW))
    set_by_root, use = tag(WINDOW, identity={"type": "Root"}), sign_in(after(1), mfa="No")
    monitor.take(*([set_by_root, use] if record_first else [use, set_by_root]))
    monitor.now = after(5)
    monitor.take(call("CreateUser", after(5)))
    assert [key.split("/")[2] for key in monitor.pages if ACCOUNT in key] == ["access", "identity"]


def test_a_tag_record_of_a_member_account_is_not_believed():
    monitor = Monitor().take(tag(WINDOW, caller=OTHER), sign_in(after(5)))
    assert len(monitor.pages) == 1


def test_a_refused_tag_call_declares_nothing():
    monitor = Monitor().take(tag(WINDOW, errorCode="AccessDeniedException"), sign_in(after(5)))
    assert len(monitor.pages) == 1


def test_a_window_of_another_account_covers_nothing():
    monitor = Monitor().take(tag(WINDOW, account=OTHER), sign_in(after(5)))
    assert len(monitor.pages) == 1


def test_use_after_the_window_pages_and_names_its_end():
    monitor = Monitor().take(tag(WINDOW), sign_in(after(121)))
    assert "ended at 2026-11-24 14:00Z" in monitor.seen("pagerduty")[0].fact.verdict_why


def test_a_removed_tag_ends_its_window_then():
    monitor = Monitor().take(tag(WINDOW), tag(None, after(10)), sign_in(after(11)))
    assert len(monitor.pages) == 1


def test_an_overwritten_tag_ends_its_window_then():
    monitor = Monitor().take(tag(WINDOW), tag("until=2026-11-24T12:08Z", after(5)), sign_in(after(10)))
    assert len(monitor.pages) == 1


def test_the_same_value_set_again_changes_nothing():
    monitor = Monitor().take(tag(WINDOW), tag(WINDOW, after(5)), sign_in(after(3)), sign_in(after(10)))
    assert monitor.pages == []


def test_from_narrows_only():
    later_start = WINDOW + " from=2026-11-24T13:00Z"
    assert len(Monitor().take(tag(later_start), sign_in(after(5))).pages) == 1
    assert Monitor().take(tag(later_start), sign_in(after(65))).pages == []
    earlier_start = WINDOW + " from=2026-11-24T10:00Z"
    assert len(Monitor().take(tag(earlier_start), sign_in(after(-5))).pages) == 1


def test_use_from_outside_the_window_s_network_is_high_and_pages():
    declared = tag(WINDOW + " net=198.51.100.0/24")
    inside = Monitor().take(declared, sign_in(after(5), sourceIPAddress="198.51.100.9"))
    outside = Monitor().take(declared, sign_in(after(5), sourceIPAddress="203.0.113.5"))
    assert (inside.pages, len(outside.pages)) == ([], 1)
    assert "outside of the window's net=" in outside.seen("pagerduty")[0].fact.verdict_why


@pytest.mark.parametrize("account", [MANAGEMENT, HUB])
def test_a_window_of_the_management_or_hub_account_lowers_to_high_only(account):
    monitor = Monitor().take(tag(WINDOW, account=account), sign_in(after(5), mfa="No", account=account))
    assert [key.rsplit("/", 1)[1] for key in monitor.pages] == ["high"]


def test_an_approved_window_of_the_management_account_pages_nobody():
    approval = tag("SEC-142", after(1), account=MANAGEMENT, by=BEN, key="break-glass-approval")
    monitor = Monitor().take(tag(WINDOW, account=MANAGEMENT), approval, sign_in(after(5), account=MANAGEMENT))
    assert monitor.pages == []


COVERS = WINDOW + " covers=mfa"


def deactivate(at):
    return call("DeactivateMFADevice", at, requestParameters={"serialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/root"})


def test_covers_counts_only_with_an_approval():
    assert len(Monitor().take(tag(COVERS), deactivate(after(5))).pages) == 1
    approval = tag("SEC-142", after(1), by=BEN, key="break-glass-approval")
    assert Monitor().take(tag(COVERS), approval, deactivate(after(5))).pages == []


@pytest.mark.parametrize(
    "approval",
    [
        tag("SEC-142", after(1), key="break-glass-approval"),
        tag("SEC-999", after(1), by=BEN, key="break-glass-approval"),
        tag("SEC-142", after(9), by=BEN, key="break-glass-approval"),
        tag("SEC-142", after(1), by=BEN, key="break-glass-approval", identity={"type": "Root"}),
        tag("SEC-142", after(1), by=BEN, key="break-glass-approval", account=OTHER),
    ],
    ids=["by the one who declared", "of another ticket", "too late", "by root", "on another account"],
)
def test_an_approval_that_proves_nothing_covers_nothing(approval):
    monitor = Monitor().take(tag(COVERS), approval, deactivate(after(5)))
    assert [key for key in monitor.pages if key.startswith(f"rootwatch/{ACCOUNT}-")] != []


def test_what_was_done_in_the_second_in_which_its_window_was_closed_stays_planned():
    approval = tag("SEC-142", after(1), by=BEN, key="break-glass-approval")
    monitor = Monitor().take(tag(COVERS), approval, deactivate(after(5)))
    monitor.take(tag(None, after(5)), tag(None, after(5), key="break-glass-approval"))
    assert ([fact.verdict for fact in monitor.facts], monitor.pages) == (["planned"], [])
    monitor.take(deactivate(after(5) + timedelta(seconds=1)))
    assert len(monitor.pages) == 1


@pytest.mark.parametrize("key", ["break-glass", "break-glass-approval"])
def test_what_is_set_and_removed_within_a_second_counts_no_longer_than_that(key):
    approval = tag("SEC-142", by=BEN, key="break-glass-approval")
    monitor = Monitor().take(tag(COVERS), approval, tag(None, key=key), deactivate(after(5)))
    assert len(monitor.pages) == 1


def test_a_tag_that_is_not_known_to_precede_the_use_holds_the_page_for_a_minute_at_most():
    monitor = Monitor(directory=Directory(tag=WINDOW))
    monitor.now = after(5)
    monitor.take(sign_in(after(4)))
    assert monitor.pages == []
    assert len(monitor.seen("slack")) == len(monitor.seen("sns")) == 1
    assert "not confirmed" in monitor.seen("slack")[0].fact.verdict_why
    monitor.later(seconds=60)
    assert len(monitor.pages) == 1


def test_a_held_page_is_withdrawn_when_the_tag_s_record_proves_that_it_came_first():
    monitor = Monitor(directory=Directory(tag=WINDOW))
    monitor.now = after(5)
    monitor.take(sign_in(after(4)), tag(WINDOW, after(2)))
    monitor.later(minutes=3)
    assert monitor.pages == []
    assert (monitor.incident.verdict, monitor.incident.paged) == ("planned", {})
    assert [notice.type for notice in monitor.seen("slack")] == ["opened", "corrected"]


@pytest.mark.parametrize(
    "unplanned", [sign_in(after(20)), sign_in(after(7), sourceIPAddress="198.51.100.7")], ids=["after", "elsewhere"]
)
def test_the_page_of_what_proved_to_be_planned_does_not_stand_for_what_is_not(unplanned):
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(5)
    monitor.take(tag("until=2026-11-24T12:10Z", NOON))
    assert monitor.incident.verdict == "planned"
    monitor.now = after(20)
    monitor.take(unplanned)
    assert len(set(monitor.pages)) == 2


def test_a_held_page_goes_out_when_the_tag_s_record_shows_that_it_came_after():
    monitor = Monitor(directory=Directory(tag=WINDOW))
    monitor.now = after(5)
    monitor.take(sign_in(after(3)), tag(WINDOW, after(4)))
    monitor.later(minutes=1)
    assert len(monitor.pages) == 1


def test_what_no_window_could_cover_is_never_held():
    monitor = Monitor(directory=Directory(tag=WINDOW))
    monitor.now = after(5)
    monitor.take(call("CreateAccessKey", after(4)))
    assert len(monitor.pages) == 1


def test_a_worse_act_during_the_hold_pages_at_once_and_the_held_page_is_dropped():
    monitor = Monitor(directory=Directory(tag=WINDOW))
    monitor.now = after(5)
    monitor.take(sign_in(after(4)), failed_sign_in(after(3), sourceIPAddress="198.51.100.7"))
    assert [key.rsplit("/", 2)[1:] for key in monitor.pages] == [["access", "critical"]]
    monitor.later(minutes=3)
    assert len(monitor.pages) == 1


def test_from_its_first_reading_on_a_tag_is_a_window():
    monitor = Monitor(directory=Directory(tag=WINDOW))
    monitor.now = after(5)
    monitor.take(sign_in(after(4)))
    monitor.now = after(7)
    monitor.take(call("ListUsers", after(6), readOnly=True))
    assert [fact.verdict for fact in monitor.facts] == ["unplanned", "planned"]


def test_a_tag_set_after_a_page_does_not_reach_back():
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(3)
    monitor.take(tag(WINDOW, after(2)))
    assert monitor.incident.verdict == "unplanned"
    assert len(monitor.pages) == 1


_acts = st.sampled_from(
    ["sign in", "sign in without MFA", "ListUsers", "CreateUser", "CreateAccessKey", "DeactivateMFADevice", "fail"]
)


def _act(what, minute, address):
    at, where = after(minute), {"sourceIPAddress": address}
    if what == "fail":
        return failed_sign_in(at, **where)
    if what.startswith("sign in"):
        return sign_in(at, mfa="No" if "without" in what else "Yes", **where)
    return call(what, at, readOnly=what.startswith("List"), **where)


_uses = st.builds(_act, _acts, st.integers(0, 25), st.sampled_from(["203.0.113.5", "198.51.100.7"]))
_windows = st.builds(
    lambda minute, value: tag(value, after(minute)),
    st.integers(0, 25),
    st.sampled_from([WINDOW, None, "until=2026-11-24T12:10Z", "no window", WINDOW + " net=203.0.113.0/24", COVERS]),
)
_approvals = st.builds(
    lambda minute, value, who: tag(value, after(minute), by=who, key="break-glass-approval"),
    st.integers(0, 25),
    st.sampled_from(["SEC-142", None, "SEC-999"]),
    st.sampled_from([ANA, BEN]),
)
_tags = _windows | _approvals


@given(st.data(), st.lists(_uses, min_size=1, max_size=6), st.lists(_tags, max_size=5))
def test_tags_and_uses_in_any_order_of_arrival_make_the_same_story(data, uses, tags):
    items = uses + tags
    first, second = (_played(order) for order in (items, data.draw(st.permutations(items))))
    assert _story(first) == _story(second)
    assert first.incident.harms == second.incident.harms
    assert first.incident.verdict == second.incident.verdict
    for monitor in (first, second):
        assert len(monitor.pages) == len(set(monitor.pages)), "nothing pages twice"
        bad = {harm for harm, severity in monitor.incident.harms.items() if severity in ("high", "critical")}
        assert bad <= {key.split("/")[2] for key in monitor.pages}, "what is bad in the end has paged"


def _played(items):
    monitor = Monitor()
    for second, item in enumerate(items):
        monitor.now = NOON + timedelta(seconds=second)
        monitor.take(item)
    return monitor


def _story(monitor):
    return {(fact.key, fact.severity, fact.verdict) for fact in monitor.facts}


def test_who_comes_first_owns_the_window_and_a_second_network_pages():
    monitor = Monitor().take(tag(WINDOW), sign_in(after(5)))
    monitor.take(call("CreateUser", after(6), sourceIPAddress="198.51.100.7"))
    assert [key.rsplit("/", 2)[1:] for key in monitor.pages] == [["identity", "high"]]
    assert "who came first" in monitor.seen("pagerduty")[-1].fact.verdict_why


def test_a_stranger_who_fails_to_sign_in_owns_no_window():
    stranger = {"sourceIPAddress": "198.51.100.7"}
    monitor = Monitor().take(tag(WINDOW), failed_sign_in(after(2), **stranger), call("ListUsers", after(3)))
    assert monitor.pages == []
    monitor.take(call("CreateUser", after(4), **stranger))
    assert [key.rsplit("/", 2)[1:] for key in monitor.pages] == [["identity", "high"]]


def test_the_owner_of_a_window_owns_it_in_its_next_incident_too():
    monitor = Monitor().take(tag(WINDOW), sign_in(after(5)))
    monitor.later(minutes=50)
    monitor.take(sign_in(after(50), sourceIPAddress="198.51.100.7"))
    assert sum(not head.is_watch for head in monitor.store.heads.values()) == 2
    assert len(monitor.pages) == 1


def test_a_proved_window_after_a_page_acknowledges_it_and_resolves_nothing():
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(3)
    monitor.take(tag(WINDOW, after(2)))
    acknowledged = [key for notice in monitor.seen("pagerduty") for key in notice.acknowledges]
    assert acknowledged == monitor.pages != []
    assert monitor.resolved == []
    assert "ana declared" in monitor.seen("slack")[-1].note


@pytest.mark.parametrize(
    ("use", "late_tag"),
    [
        (call("CreateAccessKey", after(1)), tag(WINDOW, after(2))),
        (sign_in(after(1), account=MANAGEMENT), tag(WINDOW, after(2), account=MANAGEMENT)),
        (sign_in(after(1), account=HUB), tag(WINDOW, after(2), account=HUB)),
    ],
    ids=["an act that no window covers", "the management account", "the hub"],
)
def test_a_window_that_cannot_acknowledge_says_so_and_touches_no_page(use, late_tag):
    monitor = Monitor().take(use)
    monitor.now = after(3)
    monitor.take(late_tag)
    assert all(not notice.acknowledges for notice in monitor.seen("pagerduty"))
    assert "acknowledges nothing" in monitor.seen("slack")[-1].note


@pytest.mark.parametrize(
    ("uses", "value"),
    [
        ([sign_in(after(1))], f"{WINDOW} net=198.51.100.0/24"),
        ([sign_in(after(1)), call("CreateUser", after(1.5), sourceIPAddress="198.51.100.7")], WINDOW),
    ],
    ids=["from outside of its net=", "from two networks"],
)
def test_a_window_acknowledges_nothing_that_came_from_where_it_covers_nothing(uses, value):
    monitor = Monitor().take(*uses)
    monitor.now = after(3)
    monitor.take(tag(value, after(2)))
    assert all(not notice.acknowledges for notice in monitor.seen("pagerduty"))
    assert "acknowledges nothing" in monitor.seen("slack")[-1].note


def test_a_window_after_a_page_stops_new_pages_for_what_it_covers():
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(5)
    monitor.take(tag(WINDOW, after(2)), call("CreateUser", after(4)))
    assert len(monitor.pages) == 1


@pytest.mark.parametrize(
    ("unplanned", "when"),
    [(sign_in(after(20)), 20), (call("ListUsers", after(7), sourceIPAddress="198.51.100.7"), 7)],
    ids=["after the window", "from another network"],
)
def test_what_a_late_window_does_not_cover_pages_though_the_same_was_acknowledged(unplanned, when):
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(3)
    monitor.take(tag("until=2026-11-24T12:10Z", after(2)), call("GetUser", after(3)))
    assert [notice.acknowledges for notice in monitor.seen("pagerduty") if notice.acknowledges] == [(monitor.pages[0],)]
    monitor.now = after(when)
    monitor.take(unplanned)
    assert len(set(monitor.pages)) == 2


def test_what_came_before_a_late_window_and_is_heard_after_it_pages_nobody_again():
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(3)
    monitor.take(tag(WINDOW, after(2)), call("GetUser", after(3)), call("ListUsers", after(1.5)))
    assert len(monitor.pages) == 1


def test_a_sign_in_from_elsewhere_after_a_correction_is_as_critical_as_ever():
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(3)
    monitor.take(tag(WINDOW, NOON), sign_in(after(3), sourceIPAddress="198.51.100.7"))
    assert [key.rsplit("/", 1)[1] for key in monitor.pages] == ["high", "critical"]


def test_a_late_window_is_told_once_however_often_its_record_comes():
    monitor = Monitor().take(sign_in(after(1)))
    monitor.now = after(3)
    late = tag(WINDOW, after(2))
    monitor.take(late, late, late)
    assert [notice.type for notice in monitor.seen("slack")].count("acknowledged") == 1


EXPECTED = [
    {"account": ACCOUNT, "action": "ListUsers", "reason": "nightly audit", "expires": "2026-12-31"},
    {"account": ACCOUNT, "action": "CreateAccessKey", "reason": "never", "expires": "2026-12-31"},
    {"account": MANAGEMENT, "action": "ListUsers", "reason": "never here", "expires": "2026-12-31"},
    {"account": ACCOUNT, "action": "ListRoles", "reason": "long ago", "expires": "2026-11-23"},
    {
        "account": ACCOUNT,
        "calling_service": "cloudformation.amazonaws.com",
        "reason": "the old stack",
        "expires": "2026-11-24",
    },
]


def test_expected_use_is_low_told_and_never_dropped():
    monitor = Monitor(expected_use=EXPECTED).take(call("ListUsers", after(1), readOnly=True))
    assert (monitor.pages, monitor.incident.severity, monitor.incident.verdict) == ([], "low", "expected")
    assert "nightly audit" in monitor.seen("slack")[0].fact.verdict_why


def test_expected_use_through_a_calling_service_is_low():
    item = call("DeleteBucket", after(1), eventSource="s3.amazonaws.com")
    through = {**item.body, "userIdentity": {**item.body["userIdentity"], "invokedBy": "cloudformation.amazonaws.com"}}
    assert Monitor(expected_use=EXPECTED).take(record(through)).pages == []
    assert len(Monitor(expected_use=EXPECTED).take(item).pages) == 1


@pytest.mark.parametrize(
    "item",
    [
        call("CreateAccessKey", after(1)),
        call("ListUsers", after(1), readOnly=True, account=MANAGEMENT),
        call("ListUsers", after(1), readOnly=True, account=OTHER),
        call("ListRoles", after(1), readOnly=True),
        sign_in(after(1)),
    ],
    ids=["never coverable", "the management account", "another account", "expired", "another action"],
)
def test_expected_use_is_never_wider_than_its_entry_or_than_a_window(item):
    assert len(Monitor(expected_use=EXPECTED).take(item).pages) == 1


def by_aws(name, at, **changes):
    return call(name, at, sourceIPAddress="AWS Internal", **changes)


def through(service, name, at, address=None):
    identity = {**body(name)["userIdentity"], "invokedBy": service}
    return call(name, at, userIdentity=identity, sourceIPAddress=address or service)


def in_session(name, at, **identity):
    """As the console calls on for whoever is signed in: it names AWS, and the session is a person's."""
    said = {**body(name)["userIdentity"], "invokedBy": "AWS Internal", **identity}
    return call(name, at, userIdentity=said, sourceIPAddress="AWS Internal")


BEGUN = {"attributes": {"creationDate": "2026-11-24T11:58:00Z", "mfaAuthenticated": "true"}}


def test_on_its_first_day_what_aws_itself_does_in_an_account_is_one_low_incident():
    monitor = Monitor(directory=Directory(joined=NOON))
    monitor.take(by_aws("CreateRole", after(1)), by_aws("CreateUser", after(2)))
    assert (monitor.pages, monitor.incident.severity, len(monitor.seen("slack"))) == ([], "low", 1)


@pytest.mark.parametrize(
    ("joined", "item"),
    [
        (None, by_aws("CreateRole", after(1))),
        (NOON - timedelta(days=2), by_aws("CreateRole", after(1))),
        (NOON, call("CreateRole", after(1))),
        (NOON, through("cloudformation.amazonaws.com", "CreateUser", after(1))),
        (NOON, through("cloudformation.amazonaws.com", "CreateUser", after(1), "AWS Internal")),
        (NOON, in_session("CreateUser", after(1), accessKeyId="ASIAIOSFODNN7EXAMPLE", sessionContext=BEGUN)),
        (NOON, in_session("CreateUser", after(1), sessionContext=BEGUN)),
        (NOON, by_aws("CreateUser", after(1), sessionCredentialFromConsole="true")),
        (NOON, by_aws("CreateAccessKey", after(1))),
        (after(5), by_aws("CreateRole", after(1))),
    ],
    ids=[
        "join unknown", "an older account", "a person", "a stack", "a stack from inside", "a key",
        "a session", "the console", "never coverable", "before it joined",
    ],
)  # fmt: skip
def test_the_first_day_excuses_nothing_else(joined, item):
    assert len(Monitor(directory=Directory(joined=joined)).take(item).pages) == 1


@pytest.mark.parametrize("end", [None, "until=2026-11-24T12:05Z"], ids=["removed", "overwritten"])
def test_a_reading_that_is_older_than_the_tag_s_last_record_brings_no_window_back(end):
    monitor = Monitor(directory=Directory(tag=WINDOW)).take(tag(WINDOW))
    monitor.now = after(5)
    monitor.take(call("CreateAccessKey", after(5)))
    monitor.now = after(5.4)
    monitor.take(tag(end, after(5.2)), call("CreateUser", after(5.3)))
    monitor.now = after(5.8)
    monitor.take(call("RunInstances", after(5.7), eventSource="ec2.amazonaws.com"))
    assert [key.split("/")[2] for key in monitor.pages] == ["credentials", "identity", "change"]


def test_a_stale_answer_right_after_a_removal_brings_no_window_back():
    monitor = Monitor(directory=Directory(tag=WINDOW)).take(tag(WINDOW), tag(None, after(5)))
    monitor.now = after(5.5)
    monitor.take(sign_in(after(5.4)))
    monitor.now = after(5.9)
    monitor.take(call("CreateUser", after(5.8)))
    assert [key.split("/")[2] for key in monitor.pages] == ["access", "identity"]
