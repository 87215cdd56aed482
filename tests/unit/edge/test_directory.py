"""AWS Organizations, answering, throttled, or out of reach (law 1: the alert goes out without the name)."""

from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
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
