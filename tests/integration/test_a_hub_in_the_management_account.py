"""The hub in the management account, which StackSets leave out: every place is heard all the same."""

from collections import Counter

import pytest

from rootwatch_local.world import HUB_REGION, MANAGEMENT, ORGANISATION, REGIONS, World
from tests.support.live import call_now

pytestmark = pytest.mark.embedded

PLACES = [(account.id, region) for account in ORGANISATION.accounts for region in REGIONS]


def test_a_read_only_root_call_in_each_account_and_region_is_heard_exactly_once(in_management: World) -> None:
    calls = [call_now("ListUsers", account, region, readOnly=True) for account, region in PLACES]
    for call, (account, region) in zip(calls, PLACES, strict=True):
        in_management.emit(account, region, call)
    became = Counter(in_management.wait_until_taken(call["eventID"], timeout=90) for call in calls)
    in_management.wait_until_drained()
    accounts = len(ORGANISATION.accounts)
    assert became == {"opened": accounts, "folded": len(PLACES) - accounts}
    pages = [one for one in in_management.receivers.pagerduty.alerts if one.dedup_key.endswith("/access/high")]
    assert sorted(one.source for one in pages) == sorted(account.id for account in ORGANISATION.accounts)
    assert {one.triggers for one in pages} == {1}
    assert in_management.aws.dropped() == []
    assert in_management.receivers.refused == ()


def test_the_trail_and_the_log_files_are_in_the_same_account_and_are_read(in_management: World) -> None:
    [trail] = in_management.aws.client("cloudtrail", MANAGEMENT.id, HUB_REGION).describe_trails()["trailList"]
    assert trail["S3BucketName"] == f"rootwatch-trail-{MANAGEMENT.id}-{HUB_REGION}"
    account, region = PLACES[-1]
    missed = call_now("CreateUser", account, region, requestParameters={"userName": "backdoor"})
    in_management.write_log_file(account, region, [missed])
    assert in_management.wait_until_taken(missed["eventID"], timeout=90) in ("opened", "escalated", "folded")


def test_the_roles_that_coverage_takes_are_there_in_every_account(in_management: World) -> None:
    for account in ORGANISATION.accounts:
        roles = in_management.aws.client("iam", account.id, HUB_REGION).list_roles(PathPrefix="/rootwatch/")["Roles"]
        assert {"rootwatch-forwarding", "rootwatch-canary", "rootwatch-audit"} <= {role["RoleName"] for role in roles}
