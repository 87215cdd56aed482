"""What real threads on one table must leave: imported where there is a fixture ``table``, which makes adapters."""

from tests.support.records import call, sign_in
from tests.support.workers import Workers


def test_many_workers_with_the_same_records_of_one_account_store_and_send_each_once(table):
    account = "300000000777"
    items = [sign_in(mfa="No", account=account), *(call("ListUsers", account=account) for _ in range(4))]
    items += [call("CreateAccessKey", account=account), call("CreateUser", account=account)]
    workers = Workers(table, 4).take(*items).sweep()
    assert sorted(workers.stored) == sorted(item.key for item in items), "each is stored by one worker"
    [head] = [workers.tables[0].open_incident(account)]
    assert head.seen == len(items)
    assert len(workers.tables[0].facts(head.id)) == len(items)
    for channel in workers.channels.values():
        assert set(channel.sent.values()) == {1}
    pages = workers.channels["pagerduty"].pages
    assert {f"rootwatch/{head.id}/{harm}/{severity}" for harm, severity in head.harms.items()} <= pages.keys()
    assert set(pages.values()) == {1}


def test_many_workers_on_many_accounts_open_one_incident_each(table):
    accounts = [f"3000000008{number:02d}" for number in range(8)]
    items = [call("CreateAccessKey", account=account) for account in accounts for _ in range(2)]
    workers = Workers(table, 4).take(*items).sweep()
    assert sorted(workers.stored) == sorted(item.key for item in items)
    assert {workers.tables[0].open_incident(account).seen for account in accounts} == {2}
    assert set(workers.channels["pagerduty"].pages.values()) == {1}
    assert len(workers.channels["pagerduty"].pages) == len(accounts)
