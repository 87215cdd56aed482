"""Both paths, in every order: each record is told once; and where EventBridge did not bring one, that is told too."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core.fast_path import Place
from rootwatch.core.ports import Plan
from rootwatch.core.record import Envelope, from_body
from rootwatch.core.roll import Heard
from rootwatch.core.roll import Place as Watched
from rootwatch.edge.retrying import NotStoredError
from tests.support.log_files import log_file, log_file_key, object_created
from tests.support.records import ACCOUNT, MANAGEMENT, NOON, OTHER, THIRD, after, body, sign_in_body
from tests.support.two_paths import TwoPaths
from tests.support.watch import by

LOST = "fast-path-lost"
GAP = "fast-path-gap"


def signed_in(at=NOON, **changes):
    return sign_in_body(at, mfa="No", **changes)


def rule_deleted(at=NOON, account=ACCOUNT, rule="rootwatch-root-use", **changes):
    arn = f"arn:aws:sts::{account}:assumed-role/Admin/eve"
    return body(
        "DeleteRule",
        at,
        account=account,
        eventSource="events.amazonaws.com",
        userIdentity=by(arn, account),
        requestParameters={"name": rule},
        **changes,
    )


def cut(at=NOON, **changes):
    """Both paths, after a sign-in that only the log file shows, when its grace is over."""
    both = TwoPaths()
    both.now = at + timedelta(minutes=5)
    return both.by_log_file(signed_in(at, **changes)).later(minutes=11)


@pytest.mark.parametrize("first", ["by_eventbridge", "by_log_file"])
def test_a_record_that_comes_by_both_paths_is_told_once_whichever_is_first(first):
    both, record = TwoPaths(), signed_in()
    second = {"by_eventbridge": "by_log_file", "by_log_file": "by_eventbridge"}[first]
    getattr(both, first)(record)
    both.later(minutes=5)
    getattr(both, second)(record).later(minutes=60)
    assert len(both.pages) == 1
    assert [notice.type for notice in both.seen("slack")] == ["opened", "closed"]
    assert both.told(LOST) == both.told(GAP) == []


def test_a_record_of_a_log_file_alone_is_told_when_it_is_read_and_says_so():
    both = TwoPaths()
    both.now = after(6)
    both.by_log_file(signed_in())
    [notice] = both.seen("pagerduty")
    assert notice.from_log_file
    assert both.told(LOST) == [], "EventBridge has nine minutes left"


def test_what_eventbridge_brings_says_nothing_of_log_files():
    [notice] = TwoPaths().by_eventbridge(signed_in()).seen("pagerduty")
    assert not notice.from_log_file


def test_after_the_grace_the_fast_path_is_booked_as_lost_and_pages():
    both = cut()
    [notice] = both.told(LOST, "pagerduty")
    assert (notice.type, notice.severity, notice.page.harm) == ("opened", "high", "watch")
    assert (notice.fact.account, notice.fact.region) == (ACCOUNT, "us-east-1")
    assert "rootwatch-root-use" in notice.fact.do_now
    [path] = both.paths.lost()
    assert (path.place, path.lost["rootwatch-root-use"].records) == (Place(ACCOUNT, "us-east-1"), 1)


def test_one_second_before_the_end_of_the_grace_nothing_is_lost_yet():
    both = TwoPaths()
    both.now = after(5)
    both.by_log_file(signed_in()).later(minutes=9, seconds=59)
    assert both.told(LOST) == []
    assert len(both.later(seconds=1).told(LOST)) == 1


def test_a_record_that_is_read_after_its_grace_is_booked_at_once():
    both = TwoPaths()
    both.now = after(16)
    assert len(both.by_log_file(signed_in()).book().told(LOST)) == 1


def test_eventbridge_within_the_grace_settles_the_wait():
    both, record = TwoPaths(), signed_in()
    both.now = after(5)
    both.by_log_file(record).later(minutes=9)
    both.by_eventbridge(record).later(minutes=60)
    assert both.told(LOST) == []
    assert both.counted.total("FastPathMissed") == 0


def test_the_same_log_file_twice_settles_no_wait():
    both, record = TwoPaths(), signed_in()
    both.now = after(5)
    both.by_log_file(record).by_log_file(record).later(minutes=11)
    assert len(both.told(LOST)) == 1
    assert both.counted.total("FastPathMissed") == 1


def test_a_loss_is_told_once_however_many_records_follow():
    both = cut()
    for minute in range(17, 80, 3):
        both.now = after(minute)
        both.by_log_file(body("ListUsers", after(minute - 5), readOnly=True))
    both.later(minutes=60).later(minutes=60)
    assert len(both.lost_pages) == 1
    assert [notice.type for notice in both.told(LOST)] == ["opened"], "not closed by quiet either"
    [path] = both.paths.lost()
    assert path.lost["rootwatch-root-use"].records == 22


def test_it_is_over_when_a_later_record_comes_by_eventbridge():
    both = cut()
    both.by_eventbridge(body("ListUsers", both.now)).later(minutes=1)
    assert both.paths.lost() == []
    opened, closed = both.told(LOST)
    assert (opened.type, closed.type) == ("opened", "closed")
    assert "1 record" in closed.fact.means
    assert [notice.type for notice in both.told(LOST, "pagerduty")] == ["opened"], "only a person resolves"


def test_an_earlier_record_that_was_long_under_way_ends_nothing():
    both = cut()
    both.by_eventbridge(body("ListUsers", NOON - timedelta(seconds=1))).later(minutes=1)
    assert [notice.type for notice in both.told(LOST)] == ["opened"]


def test_the_very_record_that_was_booked_ends_it_when_it_comes_after_all():
    both, record = TwoPaths(), signed_in()
    both.now = after(5)
    both.by_log_file(record).later(minutes=11)
    both.by_eventbridge(record).later(minutes=1)
    assert [notice.type for notice in both.told(LOST)] == ["opened", "closed"]


@pytest.mark.parametrize("source", [None, "a log file's envelope"])
def test_a_record_that_eventbridge_did_not_bring_says_nothing_of_it(source):
    both = cut()
    envelope = Envelope(account=ACCOUNT, region="us-east-1", source=None) if source else None
    item = from_body(body("ListUsers", both.now), envelope)
    both.hearing.heard(item, both.intake.take(item, 1))
    assert len(both.book().paths.lost()) == 1


def test_another_region_or_rule_ends_nothing():
    both = cut()
    both.by_eventbridge(body("ListUsers", both.now, awsRegion="eu-central-1"), rule_deleted(both.now)).later(minutes=1)
    assert len(both.paths.lost()) == 1


def test_what_is_lost_again_pages_again():
    both = cut()
    both.by_eventbridge(body("ListUsers", both.now)).later(minutes=40)
    both.by_log_file(signed_in(both.now)).later(minutes=16)
    assert len(set(both.lost_pages)) == 2


def test_a_single_record_that_was_dropped_pages_nobody():
    both = TwoPaths()
    both.by_eventbridge(body("ListUsers", after(1))).later(minutes=5)
    both.by_log_file(signed_in()).later(minutes=11)
    assert both.told(LOST) == []
    [notice] = both.told(GAP)
    assert (notice.severity, notice.page) == ("low", None)
    assert both.paths.lost() == []


def canary_heard(both, at, **noted):
    """One of our canaries, as the monitor has taken it in by EventBridge."""
    account, role = ACCOUNT, "rootwatch-canary"
    item = from_body(
        body("GetCallerIdentity", at, eventSource="sts.amazonaws.com", userIdentity=by(f"role/{role}/0a1b", account)),
        Envelope(account=account, region="us-east-1", source="aws.sts"),
    )
    both.hearing.heard(item, Plan(key=item.key, disposition="canary", reason="a canary", **noted))


HERE = Place(ACCOUNT, "us-east-1")
NOTED = {"heard": Heard(account=ACCOUNT, region="us-east-1")}


def watched(**changes):
    """What coverage knows of a place."""
    return Watched(made=NOON, asked_from=NOON, **{"state": "fast", **changes})


@pytest.mark.parametrize(
    "known",
    [
        None,
        watched(),
        watched(compared_at=after(-30)),
        watched(compared_at=after(16), differs=("its pattern was narrowed",)),
    ],
    ids=["unknown", "never compared", "compared before", "another than deployed"],
)
def test_a_canary_ends_no_loss_unless_its_rule_was_found_as_deployed_since(known):
    """Somebody may have cut the branch of the rule by which root is heard, and left that of the canaries."""
    both = cut()
    both.paths.rolls = {HERE: known} if known else {}
    canary_heard(both, both.now, **NOTED)
    assert len(both.book().paths.lost()) == 1


@pytest.mark.parametrize(("noted", "over"), [(NOTED, True), ({}, False)], ids=["of ours", "of somebody else"])
def test_a_canary_of_ours_ends_a_loss_once_its_rule_was_found_as_deployed(noted, over):
    both = cut()
    both.paths.rolls[HERE] = watched(compared_at=both.now)
    canary_heard(both, both.now + timedelta(minutes=1), **noted)
    assert (both.book().paths.lost() == []) is over
    assert [notice.type for notice in both.told(LOST)] == (["opened", "closed"] if over else ["opened"])


def test_a_new_account_whose_rules_are_not_deployed_yet_wakes_nobody():
    both = TwoPaths()
    both.now = after(5)
    both.paths.rolls[HERE] = watched(state="new")
    [notice] = both.by_log_file(signed_in()).later(minutes=11).told(LOST)
    assert (notice.severity, notice.page) == ("medium", None)
    assert "StackSet" in notice.fact.do_now


def test_of_a_place_whose_silence_was_told_already_nobody_is_woken_again():
    both = TwoPaths()
    both.now = after(5)
    both.paths.rolls[HERE] = watched(told="backstop-only")
    [notice] = both.by_log_file(signed_in()).later(minutes=11).told(LOST)
    assert (notice.severity, notice.page) == ("medium", None)
    assert len(both.paths.lost()) == 1


def test_a_region_that_is_declared_to_have_no_rules_awaits_nothing():
    declared = {"regions": ["us-east-1", "eu-central-1", "sa-east-1"], "coverage": {"backstop_only": ["sa-east-1"]}}
    both = TwoPaths(**declared, trail={"create": True})
    both.now = after(5)
    both.by_log_file(signed_in(awsRegion="sa-east-1")).later(minutes=60)
    assert both.told(LOST) == []


def test_two_places_are_told_apart_and_the_third_with_what_they_share():
    both = TwoPaths()
    both.now = after(5)
    for account in (ACCOUNT, OTHER, THIRD, "101010101010", "202020202020"):
        both.by_log_file(signed_in(account=account))
    both.later(minutes=11)
    alone, shared = both.told(LOST)[:2], both.told(LOST)[2:]
    assert sorted(notice.incident.account for notice in alone) == sorted((ACCOUNT, OTHER))
    assert [notice.type for notice in shared] == ["opened"]
    assert shared[0].incident.account is None
    assert "Look at the hub first" in shared[0].fact.do_now
    assert len(both.lost_pages) == 3


def test_what_several_places_share_is_over_with_the_last_of_them():
    both = TwoPaths()
    both.now = after(5)
    accounts = (ACCOUNT, OTHER, THIRD, "101010101010")
    for account in accounts:
        both.by_log_file(signed_in(account=account))
    both.later(minutes=11)
    for account in accounts[:-1]:
        both.by_eventbridge(body("ListUsers", both.now, account=account)).later(minutes=1)
    ends = [notice.incident.account for notice in both.told(LOST) if notice.type == "closed"]
    assert ends == [ACCOUNT, OTHER]
    both.by_eventbridge(body("ListUsers", both.now, account=accounts[-1])).later(minutes=1)
    assert [notice.incident.account for notice in both.told(LOST) if notice.type == "closed"] == [ACCOUNT, OTHER, None]


def test_an_old_loss_that_nobody_mends_keeps_no_new_one_quiet():
    both = TwoPaths()
    both.now = after(5)
    for account in (ACCOUNT, OTHER, THIRD):
        both.by_log_file(signed_in(account=account))
    both.later(minutes=11)
    both.now = after(60 * 24 * 30)
    both.by_log_file(signed_in(both.now, account="101010101010")).later(minutes=16)
    assert both.told(LOST)[-1].incident.account == "101010101010"
    assert len(both.lost_pages) == 4


def test_a_region_without_rules_is_told_as_that_and_wakes_nobody():
    both = cut(awsRegion="sa-east-1")
    [notice] = both.told(LOST)
    assert (notice.severity, notice.page) == ("medium", None)
    assert "rootwatch.regions" in notice.fact.do_now


def test_the_watch_events_rule_is_lost_by_itself():
    both = TwoPaths()
    both.now = after(5)
    both.by_log_file(rule_deleted()).later(minutes=11)
    both.by_eventbridge(signed_in(after(1)))
    [notice] = both.told(LOST)
    assert "rootwatch-tampering" in notice.fact.do_now
    assert len(both.paths.lost()) == 1


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(signed_in(userAgent="x" * 260_000), id="of more than 256 KB"),
        pytest.param(signed_in(userIdentity="Root"), id="with a userIdentity that is a text"),
        pytest.param(signed_in(userIdentity={"type": "ROOT"}), id="with Root spelled otherwise"),
        pytest.param(
            body("PasswordRecoveryRequested", eventSource="signin.amazonaws.com", userIdentity=None),
            id="without a userIdentity",
        ),
        pytest.param(signed_in(eventTime=None), id="without a time"),
        pytest.param(signed_in(eventCategory="Data"), id="of a data event"),
        pytest.param(
            rule_deleted(account=MANAGEMENT) | {"eventType": "AwsServiceEvent"}, id="that a service tells of itself"
        ),
    ],
)
def test_what_eventbridge_may_never_bring_is_told_and_never_booked(record):
    both = TwoPaths()
    both.now = after(5)
    both.by_log_file(record).later(minutes=60)
    assert both.seen("slack") or both.watched("slack")
    assert both.told(LOST) == both.told(GAP) == []


def test_a_file_of_last_week_tells_nothing_of_the_path_today():
    both = TwoPaths()
    both.by_log_file(signed_in(NOON - timedelta(days=7))).later(minutes=60)
    assert len(both.pages) == 1
    assert both.told(LOST) == []


def test_when_we_were_down_ourselves_eventbridge_s_copies_are_given_their_time():
    both, record = TwoPaths(), signed_in()
    both.now = after(60)
    both.by_log_file(record, waited=timedelta(minutes=55)).book()
    assert both.told(LOST) == []
    both.by_eventbridge(record).later(minutes=60)
    assert both.told(LOST) == []


def test_a_forged_record_in_a_log_file_is_told_of_its_own_account_and_awaits_nothing():
    both = TwoPaths()
    both.now = after(5)
    key = log_file_key(ACCOUNT)
    both.bucket.files[key] = log_file({**signed_in(), "recipientAccountId": OTHER})
    both.read(object_created(key)).later(minutes=60)
    assert both.seen("slack") == []
    [notice] = [one for one in both.watched("slack") if one.type == "opened"]
    assert notice.fact.account == ACCOUNT
    assert both.told(LOST) == []


CRASHES = ("told", "book", "tell", "store")


@pytest.mark.parametrize("step", CRASHES)
def test_a_crash_at_any_step_of_booking_loses_nothing_and_tells_nothing_twice(step, monkeypatch):
    both = TwoPaths()
    both.now = after(16)
    both.by_log_file(signed_in())
    owner = both.observer if step == "tell" else both.paths
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, _crash)
        if step != "store":
            with pytest.raises(ZeroDivisionError):
                both.book()
    both.book().book()
    assert [notice.type for notice in both.told(LOST)] == ["opened"]
    assert both.counted.total("FastPathMissed") == 1
    both.by_eventbridge(body("ListUsers", both.now))
    with monkeypatch.context() as patch:
        patch.setattr(
            both.observer if step == "tell" else both.paths, "tell_over" if step == "tell" else "store", _crash
        )
        with pytest.raises(ZeroDivisionError):
            both.book()
    both.book().book()
    assert [notice.type for notice in both.told(LOST)] == ["opened", "closed"]


def test_a_record_that_arrives_while_it_is_booked_is_not_booked(monkeypatch):
    both, record = TwoPaths(), signed_in()
    both.now = after(16)
    both.by_log_file(record)
    of = both.paths.of

    def arrives(place):
        monkeypatch.undo()
        both.by_eventbridge(record)
        return of(place)

    monkeypatch.setattr(both.paths, "of", arrives)
    both.book().later(minutes=60)
    assert both.told(LOST) == []


def test_a_worker_that_is_never_first_gives_its_message_back(monkeypatch):
    both = TwoPaths()
    monkeypatch.setattr(both.paths, "store", lambda path: False)
    with pytest.raises(NotStoredError):
        both.by_eventbridge(signed_in())
    assert len(both.pages) == 1, "told all the same"


def _crash(*_):
    return 1 / 0


ARRIVALS = st.permutations([(path, number) for path in ("fast", "log") for number in range(3)])


@given(arrivals=ARRIVALS, missing=st.sets(st.integers(0, 2)), gap=st.integers(1, 9))
def test_in_every_order_each_record_is_told_once_and_the_path_is_lost_only_if_the_last_did_not_come(
    arrivals, missing, gap
):
    records = [body(f"Create{number}", after(number), sourceIPAddress="203.0.113.5") for number in range(3)]
    both = TwoPaths()
    both.now = after(4)
    for path, number in arrivals:
        both.now += timedelta(seconds=gap)
        if path == "log":
            both.by_log_file(records[number])
        elif number not in missing:
            both.by_eventbridge(records[number])
    both.later(minutes=20)
    assert sorted(fact.key for fact in both.facts) == sorted(record["eventID"] for record in records)
    lost = both.paths.lost()
    assert bool(lost) == (2 in missing)
    if lost:
        first = max(set(range(3)) - missing, default=-1) + 1
        assert lost[0].lost["rootwatch-root-use"].records == 3 - first


@given(order=st.permutations(range(4)), twice=st.lists(st.integers(0, 3), max_size=3))
def test_doubles_of_messages_change_nothing(order, twice):
    records = [body(f"Create{number}", after(number)) for number in range(4)]
    both = TwoPaths()
    both.now = after(16)
    for number in (*order, *twice):
        both.by_log_file(records[number])
    both.later(minutes=20)
    assert both.counted.total("FastPathMissed") == 4
    assert len(both.told(LOST)) == 1
