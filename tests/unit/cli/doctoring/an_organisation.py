"""An organisation in which all is as it must be, as facts; a test changes what it is about."""

import json
from typing import Any

import msgspec

from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import parse
from rootwatch_cli.aws import Caller
from rootwatch_cli.doctoring.facts import Facts, Member, Organization, Policy, Secret, Trail, Tree

MANAGEMENT, HUB, PAYMENTS, SANDBOX = "111122223333", "444455556666", "777788889999", "210987654321"
ROOT, SECURITY, WORKLOADS = "r-a1b2", "ou-a1b2-security1", "ou-a1b2-workload1"
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-central-1")
FULL_ACCESS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TREE = Tree(
    parents={ROOT: "", SECURITY: ROOT, WORKLOADS: ROOT},
    names={ROOT: "Root", SECURITY: "Security", WORKLOADS: "Workloads"},
    members={
        MANAGEMENT: Member(MANAGEMENT, "org-management", ROOT, active=True),
        HUB: Member(HUB, "security", SECURITY, active=True),
        PAYMENTS: Member(PAYMENTS, "prod-payments", WORKLOADS, active=True),
        SANDBOX: Member(SANDBOX, "sandbox-ana", WORKLOADS, active=True),
    },
)
TRAIL_ARN = f"arn:aws:cloudtrail:eu-central-1:{MANAGEMENT}:trail/organisation"
TRAIL = Trail(
    description={
        "Name": "organisation",
        "TrailARN": TRAIL_ARN,
        "HomeRegion": "eu-central-1",
        "S3BucketName": "example-organisation-trail",
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
        "IsOrganizationTrail": True,
    },
    status={"IsLogging": True},
    selectors={"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]},
    bucket_region="eu-central-1",
)
SETTINGS = {
    "organization_id": "o-exampleorgid",
    "management_account": MANAGEMENT,
    "hub_account": HUB,
    "hub_region": "eu-central-1",
    "organizational_units": [ROOT],
    "regions": list(REGIONS),
    "slack": {"secret": "rootwatch/slack", "channel": "C0123456789"},
    "pagerduty": {"secret": "rootwatch/pagerduty"},
    "trail": {
        "bucket": "example-organisation-trail",
        "bucket_account": HUB,
        "bucket_region": "eu-central-1",
        "trail_arn": TRAIL_ARN,
    },
}


def settings(**changes: Any) -> Settings:
    return parse({key: value for key, value in {**SETTINGS, **changes}.items() if value is not None})


def facts(**changes: Any) -> Facts:
    healthy = Facts(
        caller=Caller(MANAGEMENT, f"arn:aws:sts::{MANAGEMENT}:assumed-role/Admin/ana"),
        organization=Organization("o-exampleorgid", MANAGEMENT, "ALL"),
        trusted=frozenset(
            {
                "account.amazonaws.com",
                "cloudtrail.amazonaws.com",
                "iam.amazonaws.com",
                "member.org.stacksets.cloudformation.amazonaws.com",
            }
        ),
        delegated={HUB: ("securityhub.amazonaws.com",)},
        trails=(TRAIL,),
        tree=TREE,
        regions=dict.fromkeys((MANAGEMENT, HUB, PAYMENTS, SANDBOX), REGIONS),
        policies=(policy("FullAWSAccess", FULL_ACCESS["Statement"], ROOT),),
        secrets=(Secret("slack", "rootwatch/slack", ""), Secret("pagerduty", "rootwatch/pagerduty", "")),
        concurrency=1000,
    )
    return msgspec.structs.replace(healthy, **changes)


def policy(name: str, statements: Any, *targets: str) -> Policy:
    content = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return Policy(id=f"p-{name.lower()}", name=name, content=content, targets=targets)


def trail(**changes: Any) -> Trail:
    """Changes whose names begin with a capital are of what DescribeTrails says."""
    described = {key: value for key, value in changes.items() if key[0].isupper()}
    others = {key: value for key, value in changes.items() if key not in described}
    return msgspec.structs.replace(TRAIL, description={**TRAIL.description, **described}, **others)


def with_accounts(*members: Member) -> Tree:
    return Tree(TREE.parents, TREE.names, {**TREE.members, **{member.id: member for member in members}})
