"""What windows tell by time alone: an end that comes while root is at work, an end with what was done; each once."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootwatch.core import reminders
from rootwatch.core.ports import StoreDownError
from rootwatch.edge.observer import Observer
from rootwatch.edge.reminding import Reminding
from rootwatch.render.sns import sns
from tests.support.monitor import Directory, Monitor
from tests.support.records import ACCOUNT, BEN, HUB, NOON, OTHER, after, call, sign_in, tag, task_call

WINDOW = "until=2026-11-24T14:00Z ticket=SEC-142"
ROLES = {"readOnly": True, "eventSource": "iam.amazonaws.com"}


class Desk(Monitor):
    """A monitor whose sweep also looks at windows."""

    def at(self, minutes, *, sweep=True):
        self.now = after(minutes)
        if sweep:
            self.remind()
            self.later()
        return self

    def remind(self):
        observer = Observer(self.store, self.directory, self.delivery, self.settings, lambda: self.now)
        return Reminding(self.store, observer, self.settings, lambda: self.now, self.logger).look()

    def told(self, kind):
        return [notice for notice in self.watched("slack") if notice.fact and notice.fact.kind == kind]


def test_ten_minutes_before_the_end_root_still_at_work_is_reminded_of():
    desk = Desk().take(tag(WINDOW), sign_in(after(5)), call("ListRoles", after(100), **ROLES))
    desk.now = after(100)
    desk.take(call("ListRoles", after(100), **ROLES)).at(109)
    assert desk.told("window-ending") == []
    [notice] = desk.at(110).told("window-ending")
    assert notice.fact.title == "root is still at work, window SEC-142 ends at 14:00Z"
    assert "3 things, the last at 13:40Z" in notice.fact.says
    assert "rootwatch break-glass open 777788889999 --for 1h --ticket SEC-142" in notice.fact.do_now
    assert (notice.severity, notice.page, notice.incident.account_name) == ("low", None, "prod-payments")


def test_nobody_is_reminded_where_root_is_not_at_work_any_more():
    desk = Desk().take(tag(WINDOW), sign_in(after(5))).at(40)
    assert desk.incident.state == "closed"
    assert desk.at(111).told("window-ending") == []
    assert desk.at(112).told("window-ending") == []


def test_nobody_is_reminded_of_an_end_that_has_passed_meanwhile():
    desk = Desk().take(tag(WINDOW))
    desk.now = after(100)
    desk.take(sign_in(after(100))).at(121)
    assert desk.told("window-ending") == []
    assert len(desk.told("window-ended")) == 1


def test_a_short_window_has_no_reminder():
    desk = Desk().take(tag("until=2026-11-24T12:08Z ticket=SEC-142"), sign_in(after(1))).at(2)
    assert desk.told("window-ending") == []
    assert len(desk.at(8).told("window-ended")) == 1


def test_the_end_is_told_with_what_was_done_in_the_window():
    desk = Desk().take(
        tag(WINDOW), sign_in(after(5)), call("ListRoles", after(6), **ROLES), call("CreateAccessKey", after(7))
    )
    [notice] = desk.at(120).told("window-ended")
    assert notice.fact.title == "root did 3 things in window SEC-142, ended at 14:00Z"
    assert "signed in to the console with MFA" in notice.fact.says
    assert "the window did not cover 1 of them" in notice.fact.says
    assert notice.fact.means == "Root use of this account pages again."
    assert "rootwatch break-glass close 777788889999 removes it" in notice.fact.do_now
    assert (notice.severity, notice.page) == ("low", None)
    assert notice.channels == ("pagerduty", "sns", "slack")


def test_an_unused_window_says_that_it_was_not_used():
    [notice] = Desk().take(tag(WINDOW)).at(121).told("window-ended")
    assert notice.fact.title == "root did nothing in window SEC-142, ended at 14:00Z"


def test_what_another_account_or_a_colleague_s_task_did_is_none_of_the_window_s():
    desk = Desk().take(tag(WINDOW), sign_in(after(5), account=OTHER), call("ListUsers", after(-1), **ROLES))
    assert "root did nothing" in desk.at(121).told("window-ended")[0].fact.title


def test_a_window_that_is_closed_by_hand_ends_then():
    desk = Desk().take(tag(WINDOW), sign_in(after(5)))
    desk.now = after(30)
    [notice] = desk.take(tag(None, after(30))).at(30).told("window-ended")
    assert notice.fact.title == "root did 1 thing in window SEC-142, ended at 12:30Z"
    assert "close" not in notice.fact.do_now, "the tag is gone"
    assert len(desk.at(120).told("window-ended")) == 1


def test_an_extension_is_told_as_what_it_is():
    desk = Desk().take(tag(WINDOW), sign_in(after(5)))
    desk.now = after(90)
    desk.take(tag("until=2026-11-24T15:00Z ticket=SEC-142", after(90))).at(91)
    [notice] = desk.told("window-ended")
    assert notice.fact.means == "Another window is open until 2026-11-24 15:00Z, SEC-142."
    assert len(desk.at(181).told("window-ended")) == 2


def test_a_window_that_was_taken_back_before_it_began_tells_nothing():
    desk = Desk().take(tag(WINDOW + " from=2026-11-24T13:00Z"), tag(None, after(10))).at(130)
    assert desk.told("window-ended") == []


def test_an_end_of_long_ago_is_no_news():
    desk = Desk().take(tag(WINDOW)).at(120 + 24 * 60 + 1)
    assert desk.told("window-ended") == []
    assert desk.remind() == 0, "and is not looked at again"


@pytest.mark.parametrize("crash", ["before the commit", "after the commit", "before it is noted"])
def test_nothing_is_told_twice_whatever_breaks(monkeypatch, crash):
    desk = Desk().take(tag(WINDOW), sign_in(after(5)))
    name = "looked" if crash == "before it is noted" else "commit"
    real = getattr(desk.store, name)

    def broken(*arguments):
        if crash == "after the commit":
            real(*arguments)
        raise StoreDownError("down")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, name, broken)
        desk.at(120)
    desk.at(121).at(122)
    assert len(desk.told("window-ended")) == 1


def test_a_tag_that_changes_while_it_is_looked_at_is_looked_at_again(monkeypatch):
    desk = Desk().take(tag(WINDOW), sign_in(after(5)))
    real = desk.store.looked

    def late(tags):
        desk.take(tag("until=2026-11-24T16:00Z ticket=SEC-143", after(119), by=BEN))
        return real(tags)

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "looked", late)
        desk.at(120)
    assert desk.at(241).told("window-ended")[-1].fact.ticket == "SEC-143"


def test_use_after_a_window_names_the_last_one():
    desk = Desk().take(tag(WINDOW), tag(None, after(60)), sign_in(after(185)))
    why = desk.seen("pagerduty")[-1].fact.verdict_why
    assert why == "the last break-glass window ended at 2026-11-24 13:00Z, 2 h 5 min before, SEC-142"
    assert why in sns(desk.seen("sns")[-1], desk.settings).message


def test_a_privileged_task_in_a_window_is_no_use_of_it():
    desk = Desk().take(tag(WINDOW, account=HUB), task_call("ListUsers", after(5), account=ACCOUNT))
    assert "root did nothing" in desk.at(121).told("window-ended")[0].fact.title


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300), st.booleans()), min_size=1, max_size=5), st.data())
def test_every_window_is_told_to_have_ended_exactly_once_however_often_it_is_looked_at(settings_of, data):
    desk = Desk()
    records = []
    for number, (at, length, removed) in enumerate(settings_of):
        until = NOON + timedelta(minutes=at + length)
        records.append((at, tag(f"until={until:%Y-%m-%dT%H:%MZ} ticket=SEC-{number}", after(at))))
        records += [(at + 1, tag(None, after(at + 1)))] if removed else []
    looks = data.draw(st.lists(st.integers(0, 700), max_size=8).map(sorted))
    events = sorted(
        [*((at, 0, record) for at, record in records), *((at, 1, None) for at in looks)], key=lambda e: e[:2]
    )
    for at, _, record in events:
        desk.now = after(at)
        if record:
            desk.take(record)
        else:
            desk.at(at)
    desk.at(701).at(702)
    tags = desk.store.tags(ACCOUNT)
    ended = [one for one in tags.reminded if one.what == "ended"]
    assert len(ended) == len(set(ended)) == len(desk.told("window-ended"))
    assert reminders.next_look(tags) is None
    assert msgspec.json.decode(msgspec.json.encode(tags), type=type(tags)) == tags


def test_a_removal_that_is_heard_late_is_told_as_the_end_that_it_was():
    desk = Desk().take(tag(WINDOW), sign_in(after(5))).at(120)
    desk.now = after(125)
    [first, again] = desk.take(tag(None, after(60))).at(125).told("window-ended")
    assert first.fact.title.endswith("ended at 14:00Z")
    assert again.fact.title.endswith("ended at 13:00Z")


def test_an_account_that_breaks_us_holds_up_no_other(monkeypatch):
    desk = Desk().take(tag(WINDOW), tag(WINDOW, account=OTHER))
    real = desk.store.incidents_of

    def broken(account, until):
        if account == ACCOUNT:
            raise KeyError("a fault of ours")
        return real(account, until)

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "incidents_of", broken)
        desk.at(120)
    assert [notice.fact.account for notice in desk.told("window-ended")] == [OTHER]
    assert "could not be looked at" in desk.log.getvalue()
    assert len(desk.at(121).told("window-ended")) == 2


def test_without_names_an_end_is_told_all_the_same():
    desk = Desk(directory=Directory(unknown="Organizations answered ThrottlingException")).take(tag(WINDOW)).at(120)
    [notice] = desk.told("window-ended")
    assert (notice.incident.account, notice.incident.account_name) == (ACCOUNT, None)
