"""The slow pass tells what no record told of, and leaves the sending to the sweep."""

from datetime import timedelta

import pytest

from rootwatch.core.ports import Account
from rootwatch.handlers import tags, wiring
from tests.support.memory_store import MemoryStore
from tests.support.records import ACCOUNT, NOON, OTHER, THIRD, settings
from tests.unit.handlers.test_sweep import Context

OLD = "until=2026-11-20T14:00Z ticket=SEC-142"


class Organizations:
    """Accounts and the value of each one's tag."""

    def __init__(self, **values):
        self.values = {ACCOUNT: None, OTHER: None, THIRD: None, **values}
        self.now = NOON

    def accounts(self):
        return list(self.values)

    def account(self, account_id):
        return Account(id=account_id, name="prod-payments")

    def break_glass_tag(self, account_id):
        return self.values[account_id], self.now


class TagsStore(MemoryStore):
    """As the table: a reading is kept once."""

    def keep(self, *arguments):
        super().keep(arguments[1:] if len(arguments) == 2 else arguments[0])
        return True


@pytest.fixture
def passing(monkeypatch):
    """``passing(organizations, minutes)``: one pass so much later; the store that all passes share is ``store``."""
    store = TagsStore()

    def run(organizations, minutes=0.0, **changes):
        organizations.now = NOON + timedelta(minutes=minutes)
        monkeypatch.setattr(wiring, "store", lambda: store)
        monkeypatch.setattr(wiring, "directory", lambda: organizations)
        monkeypatch.setattr(wiring, "settings", lambda: settings(**changes))
        monkeypatch.setattr(wiring, "now", lambda: organizations.now)
        monkeypatch.setattr(tags.metrics, "namespace", "rootwatch", raising=False)
        monkeypatch.setattr(tags.time, "sleep", lambda _: None)
        return tags.handler({}, Context())

    run.store = store
    return run


def told(store):
    """The kinds of what is due to be told, as often as it is."""
    return [fact.kind for story in store.story.values() for fact in story.values()]


def test_a_wrong_value_is_told_by_a_pass_when_no_record_has_told_it(passing):
    organizations = Organizations(**{ACCOUNT: "until=tomorrow"})
    assert passing(organizations) == {"read": 3, "kept": 1}
    assert told(passing.store) == []
    passing(organizations, 15)
    assert told(passing.store) == []
    passing(organizations, 30)
    passing(organizations, 45)
    assert told(passing.store) == ["tag-without-record"]
    assert {due.channel for due in passing.store.due(organizations.now, 100)} >= {"slack", "sns"}


def test_expired_tags_are_told_once_a_week(passing):
    organizations = Organizations(**{OTHER: OLD, THIRD: OLD})
    passing(organizations)
    passing(organizations, 15)
    assert told(passing.store) == ["tags-expired"]
    passing(organizations, 7 * 24 * 60)
    assert told(passing.store) == ["tags-expired"] * 2


def test_where_all_is_well_nothing_is_told(passing):
    passing(Organizations(**{ACCOUNT: "until=2026-11-24T14:00Z ticket=SEC-142"}))
    assert told(passing.store) == []
