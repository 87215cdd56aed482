"""The Organizations API tells of the organisation that we found, to those who may ask."""

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws
from rootwatch_local.embedded.organisation import Account
from tests.integration.embedded.scenes import AWAY, HUB, MANAGEMENT, MEMBER, NESTED, ORGANISATION

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize("caller", [MANAGEMENT, HUB])
def test_the_management_account_and_an_administrator_see_every_account(org: EmbeddedAws, caller: str) -> None:
    accounts = org.client("organizations", caller, AWAY).list_accounts()["Accounts"]
    assert {account["Id"]: account["Name"] for account in accounts} == {
        MANAGEMENT: "Example Management",
        HUB: "Security",
        MEMBER: "Shop",
        NESTED: "Lab",
    }


def test_an_account_is_described_as_aws_describes_it(org: EmbeddedAws) -> None:
    account = org.client("organizations", HUB, AWAY).describe_account(AccountId=NESTED)["Account"]
    above = [
        ORGANISATION.unit_id(path) for path in ("Workloads", "Workloads/Production", "Workloads/Production/Europe")
    ]
    assert account["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:account/{ORGANISATION.id}/{NESTED}"
    assert account["State"] == account["Status"] == "ACTIVE"
    assert account["Paths"] == ["/".join([ORGANISATION.id, ORGANISATION.root_id, *above, NESTED]) + "/"]
    assert account["Email"] == f"aws+{NESTED}@example.com"


def test_parents_lead_up_to_the_root(org: EmbeddedAws) -> None:
    organizations = org.client("organizations", HUB, AWAY)
    names = []
    child = MEMBER
    while True:
        (parent,) = organizations.list_parents(ChildId=child)["Parents"]
        if parent["Type"] == "ROOT":
            break
        child = parent["Id"]
        names.append(
            organizations.describe_organizational_unit(OrganizationalUnitId=child)["OrganizationalUnit"]["Name"]
        )
    assert names == ["Production", "Workloads"]
    assert parent["Id"] == ORGANISATION.root_id


def test_tags_can_be_read_set_and_removed(org: EmbeddedAws) -> None:
    organizations = org.client("organizations", HUB, AWAY)
    organizations.tag_resource(ResourceId=MEMBER, Tags=[{"Key": "break-glass", "Value": "until=2026-11-24T12:00Z"}])
    tags = {tag["Key"]: tag["Value"] for tag in organizations.list_tags_for_resource(ResourceId=MEMBER)["Tags"]}
    assert tags == {"owner": "shop@example.com", "break-glass": "until=2026-11-24T12:00Z"}
    organizations.untag_resource(ResourceId=MEMBER, TagKeys=["break-glass"])
    assert len(organizations.list_tags_for_resource(ResourceId=MEMBER)["Tags"]) == 1


@pytest.mark.parametrize("value", ["a,b", "a;b", '"a"', "{a}", "#1", "a|b", "line\nbreak", "x" * 257])
def test_a_tag_value_that_aws_refuses_is_refused(org: EmbeddedAws, value: str) -> None:
    organizations = org.client("organizations", MANAGEMENT, AWAY)
    with pytest.raises(ClientError, match="InvalidInputException"):
        organizations.tag_resource(ResourceId=MEMBER, Tags=[{"Key": "break-glass", "Value": value}])


@pytest.mark.parametrize("value", ["", "Zürich 日本", "a.b:c/d=e+f-g@h_i", "x" * 256])
def test_a_tag_value_that_aws_takes_is_taken(org: EmbeddedAws, value: str) -> None:
    org.client("organizations", MANAGEMENT, AWAY).tag_resource(
        ResourceId=MEMBER, Tags=[{"Key": "break-glass", "Value": value}]
    )


def test_a_member_may_ask_for_nothing_but_the_organisation(org: EmbeddedAws) -> None:
    organizations = org.client("organizations", MEMBER, AWAY)
    assert organizations.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    for ask in (organizations.list_accounts, lambda: organizations.list_tags_for_resource(ResourceId=MEMBER)):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            ask()


def test_an_account_outside_hears_that_it_is_in_no_organisation(org: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
        org.client("organizations", "000000000000", AWAY).describe_organization()


def test_an_administrator_is_registered_and_deregistered(org: EmbeddedAws) -> None:
    organizations = org.client("organizations", MANAGEMENT, AWAY)
    service = "account.amazonaws.com"
    organizations.register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=service)
    shown = organizations.list_delegated_administrators(ServicePrincipal=service)["DelegatedAdministrators"]
    assert [account["Id"] for account in shown] == [MEMBER]
    assert len(org.client("organizations", MEMBER, AWAY).list_accounts()["Accounts"]) == len(ORGANISATION.accounts)
    organizations.deregister_delegated_administrator(AccountId=MEMBER, ServicePrincipal=service)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        org.client("organizations", MEMBER, AWAY).list_accounts()


def test_an_account_moves_and_closes(org: EmbeddedAws) -> None:
    organizations = org.client("organizations", MANAGEMENT, AWAY)
    organizations.move_account(
        AccountId=MEMBER,
        SourceParentId=ORGANISATION.unit_id("Workloads/Production"),
        DestinationParentId=ORGANISATION.root_id,
    )
    assert organizations.list_parents(ChildId=MEMBER)["Parents"][0]["Type"] == "ROOT"
    organizations.close_account(AccountId=MEMBER)
    assert organizations.describe_account(AccountId=MEMBER)["Account"]["State"] == "SUSPENDED"


def test_an_account_id_has_twelve_digits() -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        Account(id="1234", name="Short")
