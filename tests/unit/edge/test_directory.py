"""AWS Organizations, answering, throttled, or out of reach (law 1: the alert goes out without the name)."""

from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber
from moto import mock_aws

from rootwatch.edge.directory import Directory
from tests.support.records import NOON, settings


@pytest.fixture
def organizations(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        yield boto3.client("organizations", "us-east-1")


@pytest.fixture
def payments(organizations):
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    workloads = organizations.create_organizational_unit(ParentId=root, Name="Workloads")
    production = organizations.create_organizational_unit(
        ParentId=workloads["OrganizationalUnit"]["Id"], Name="Production"
    )
    made = organizations.create_account(Email="payments@example.com", AccountName="prod-payments")
    account = made["CreateAccountStatus"]["AccountId"]
    organizations.move_account(
        AccountId=account, SourceParentId=root, DestinationParentId=production["OrganizationalUnit"]["Id"]
    )
    organizations.tag_resource(ResourceId=account, Tags=[{"Key": "owner", "Value": "team-payments@example.com"}])
    return account


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


def test_an_account_has_a_name_a_path_and_an_owner(organizations, payments):
    account = Directory(organizations, settings(), Clock()).account(payments)
    assert (account.name, account.path, account.owner) == (
        "prod-payments",
        "Root/Workloads/Production",
        "team-payments@example.com",
    )
    assert account.unknown == ""


def test_an_account_that_is_not_ours_is_unknown_and_says_why(organizations, payments):
    account = Directory(organizations, settings(), Clock()).account("999900001111")
    assert (account.name, account.path) == (None, None)
    assert "AccountNotFoundException" in account.unknown


def test_what_is_known_is_asked_once_an_hour_and_what_is_not_once_a_minute(organizations, payments, monkeypatch):
    clock, asked = Clock(), []
    describe = organizations.describe_account
    monkeypatch.setattr(organizations, "describe_account", lambda **k: asked.append(k["AccountId"]) or describe(**k))
    directory = Directory(organizations, settings(), clock)
    for _ in range(3):
        directory.account(payments)
        directory.account("999900001111")
    assert asked == [payments, "999900001111"]
    clock.now += timedelta(minutes=2)
    directory.account(payments)
    directory.account("999900001111")
    assert asked == [payments, "999900001111", "999900001111"]


def test_organizations_out_of_reach_raises_nothing():
    client = boto3.client(
        "organizations",
        "us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )
    account = Directory(client, settings(), Clock()).account("111122223333")
    assert account.id == "111122223333"
    assert "can't be reached" in account.unknown


def in_pages(client, operation, key, asked, *pages):
    """The client, which answers these pages of an operation and nothing else."""
    stubber = Stubber(client)
    for number, page in enumerate(pages, 1):
        more = {"NextToken": f"page-{number + 1}"} if number < len(pages) else {}
        before = {"NextToken": f"page-{number}"} if number > 1 else {}
        stubber.add_response(operation, {key: page, **more}, {**asked, **before})
    stubber.activate()
    return stubber


def test_a_tag_is_found_on_whichever_page_organizations_has_it(organizations):
    one, two = [{"Key": "team", "Value": "payments"}], [{"Key": "break-glass", "Value": "until=x"}]
    for pages, value in (((one, two), "until=x"), (([], two), "until=x"), ((one, []), None)):
        with in_pages(organizations, "list_tags_for_resource", "Tags", {"ResourceId": "777788889999"}, *pages) as stub:
            assert Directory(organizations, settings(), Clock()).break_glass_tag("777788889999")[0] == value
            stub.assert_no_pending_responses()


def test_an_empty_page_before_the_parent_is_not_taken_for_the_root(organizations):
    account, unit = "777788889999", "ou-a1b2-workload1"
    with Stubber(organizations) as stub:
        stub.add_response("describe_account", {"Account": {"Id": account, "Name": "prod-payments"}})
        stub.add_response("list_parents", {"Parents": [], "NextToken": "more"}, {"ChildId": account})
        stub.add_response(
            "list_parents",
            {"Parents": [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]},
            {"ChildId": account, "NextToken": "more"},
        )
        stub.add_response("describe_organizational_unit", {"OrganizationalUnit": {"Id": unit, "Name": "Workloads"}})
        stub.add_response("list_parents", {"Parents": [{"Id": "r-a1b2", "Type": "ROOT"}]}, {"ChildId": unit})
        stub.add_response("list_tags_for_resource", {"Tags": []}, {"ResourceId": account})
        assert Directory(organizations, settings(), Clock()).account(account).path == "Root/Workloads"
