"""The ledger in DynamoDB, as the embedded AWS has it: incidents by day and account, and how long they are kept."""

from datetime import timedelta

import pytest

from rootwatch.core.lifecycle import tick
from rootwatch.edge.table import Table
from rootwatch_local.world import HUB, HUB_REGION
from tests.support.records import NOON, after, sign_in, tag
from tests.support.records import settings as made_settings
from tests.support.store_contract import SENT, take
from tests.support.tables import shaped_as_deployed

pytestmark = pytest.mark.embedded

WINDOW = "until=2026-11-24T14:00Z ticket=SEC-142"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def client(world):
    return world.aws.client("dynamodb", HUB.id, HUB_REGION)


@pytest.fixture(scope="module")
def table_name(world):
    return shaped_as_deployed(world, "ledger")


def items_of(client, table_name):
    """Every item: sort key's first word → the days that it is kept, None for ever."""
    pages = client.get_paginator("scan").paginate(TableName=table_name)
    kept = {}
    for item in (one for page in pages for one in page["Items"]):
        word = item["SK"]["S"].split("#")[0]
        word = "entry" if word == "INC" or item["PK"]["S"].startswith("DAY#") else word
        days = round((int(item["expires"]["N"]) - NOON.timestamp()) / 86400) if "expires" in item else None
        kept.setdefault(word, set()).add(days)
    return kept


def test_incidents_are_found_by_the_day_of_their_opening(client, table_name):
    table = Table(client, table_name)
    early, late = NOON - 300 * DAY, NOON - 299 * DAY
    first = take(table, sign_in(early, account="100000000001"), early)
    second = take(table, sign_in(late, account="100000000002"), late)
    assert [head.id for head in table.opened_on(early)] == [first.incident.id]
    assert [head.id for head in table.opened_on(late)] == [second.incident.id]
    assert table.opened_on(early - DAY) == []
    assert [head.id for head in table.all_of("100000000001")] == [first.incident.id]
    kinds = {item["SK"]["S"].split("#")[0] for item in table.whole(first.incident.id)}
    assert kinds == {"HEAD", "FACT", "NOTE", "SEND"}


def test_more_incidents_of_a_day_than_one_request_reads_are_all_found(client, table_name):
    table, at = Table(client, table_name), NOON - 200 * DAY
    ids = {take(table, sign_in(at, account=f"2{number:011d}"), at).incident.id for number in range(120)}
    assert {head.id for head in table.opened_on(at)} == ids


def test_without_a_retention_the_ledger_is_kept_for_ever(world, client):
    name = shaped_as_deployed(world, "kept-for-ever")
    story(Table(client, name))
    kept = items_of(client, name)
    assert kept.pop("MARK") == {400}
    assert {days for each in kept.values() for days in each} == {None}


def test_with_a_retention_all_of_a_closed_incident_goes_and_nothing_of_an_open_one_s_head(world, client):
    name = shaped_as_deployed(world, "kept-a-year")
    table = Table(client, name, 365)
    head = story(table, close=False)
    assert items_of(client, name)["HEAD"] == {None}
    assert items_of(client, name)["entry"] == {None}
    assert table.advance(*tick(head, made_settings(), after(40)))
    kept = items_of(client, name)
    assert kept.pop("MARK") == {400}
    assert kept.pop("TAGS") == kept.pop("SEEN") == {None}, "what is known of an account is no ledger"
    assert kept.pop("OPEN", {None}) == kept.pop("SENT") == {None}
    # The incident of the tag itself stays open here.
    assert kept.pop("HEAD") == kept.pop("entry") == {None, 365}
    assert {days for each in kept.values() for days in each} == {365}


def story(table, *, close=True):
    """A window, and root inside it; settled, and closed if asked. Returns the head."""
    account = "300000000001"
    take(table, tag(WINDOW, account=account))
    plan = take(table, sign_in(after(5), account=account), after(5))
    for due in table.due(after(6), 100):
        claimed = table.claim(due, after(6), after(7)) if due.channel else None
        if claimed:
            table.settle(claimed, SENT, after(6), None)
    head = table.incident(plan.incident.id)
    if close:
        assert table.advance(*tick(head, made_settings(), after(40)))
    return head
