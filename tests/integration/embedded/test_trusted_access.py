"""What an organisation must open before StackSets and CloudTrail may work in it; which Regions its accounts have."""

import dataclasses

import pytest
from botocore.exceptions import ClientError

from rootwatch_local.embedded.aws import EmbeddedAws
from rootwatch_local.embedded.organisation import CLOUDTRAIL, STACKSETS
from tests.integration.embedded.scenes import AWAY, HOME, HUB, MANAGEMENT, ORGANISATION, deploy, deployed, failure
from tests.integration.embedded.test_stacksets import everywhere, places, stack_set

pytestmark = pytest.mark.embedded

TRAIL = {
    "Type": "AWS::CloudTrail::Trail",
    "Properties": {"S3BucketName": "example-logs", "IsLogging": True, "IsOrganizationTrail": True},
}


@pytest.fixture
def closed(aws: EmbeddedAws) -> EmbeddedAws:
    """An organisation that has opened nothing yet."""
    aws.found(dataclasses.replace(ORGANISATION, trusted=()))
    return aws


def trusted(aws: EmbeddedAws) -> set[str]:
    organizations = aws.client("organizations", MANAGEMENT, AWAY)
    listed = organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    return {one["ServicePrincipal"] for one in listed}


def test_stack_sets_come_in_only_once_they_are_let_in(closed: EmbeddedAws) -> None:
    assert deploy(closed, MANAGEMENT, HOME, "management", {"Set": stack_set()}).startswith("ROLLBACK")
    assert f"trusted access of {STACKSETS}" in failure(closed, MANAGEMENT, HOME, "management")
    closed.client("cloudformation", MANAGEMENT, HOME).activate_organizations_access()
    assert trusted(closed) == {STACKSETS}
    deployed(closed, MANAGEMENT, HOME, "again", {"Set": stack_set()})
    assert places(closed) >= everywhere([HUB])


def test_a_trail_of_the_organisation_needs_cloudtrail_to_be_let_in(closed: EmbeddedAws) -> None:
    assert deploy(closed, MANAGEMENT, HOME, "trail", {"Trail": TRAIL}).startswith("ROLLBACK")
    assert f"trusted access of {CLOUDTRAIL}" in failure(closed, MANAGEMENT, HOME, "trail")
    closed.client("organizations", MANAGEMENT, AWAY).enable_aws_service_access(ServicePrincipal=CLOUDTRAIL)
    deployed(closed, MANAGEMENT, HOME, "again", {"Trail": TRAIL})


def test_a_service_is_let_out_again(org: EmbeddedAws) -> None:
    assert trusted(org) == {STACKSETS, CLOUDTRAIL}
    org.client("organizations", MANAGEMENT, AWAY).disable_aws_service_access(ServicePrincipal=CLOUDTRAIL)
    assert trusted(org) == {STACKSETS}


def test_the_management_account_alone_lets_in(closed: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="Only the management account"):
        closed.client("cloudformation", HUB, HOME).activate_organizations_access()
    with pytest.raises(ClientError, match="AccessDenied"):
        closed.client("organizations", HUB, AWAY).enable_aws_service_access(ServicePrincipal=CLOUDTRAIL)
    assert trusted(closed) == set()


def test_what_is_no_service_is_refused(closed: EmbeddedAws) -> None:
    with pytest.raises(ClientError, match="unrecognized service principal"):
        closed.client("organizations", MANAGEMENT, AWAY).enable_aws_service_access(ServicePrincipal="cloudtrail")


def test_an_account_has_the_regions_that_need_no_opting_in(org: EmbeddedAws) -> None:
    account = org.client("account", MANAGEMENT, AWAY)
    found = account.list_regions(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])["Regions"]
    names = {one["RegionName"] for one in found}
    assert len(names) == 17
    assert "eu-central-1" in names
    assert "eu-south-1" not in names
