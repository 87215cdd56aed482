"""What is gathered of an organisation for the preflight, and that a refusal anywhere leaves the rest in place."""

import json
import threading

import pytest

from rootwatch_cli.aws import Caller
from rootwatch_cli.doctoring.facts import Member, Organization, Policy, Trail
from rootwatch_cli.doctoring.finding import Unknown
from rootwatch_cli.doctoring.gather import gather
from tests.support.canned import Canned, RefusedError
from tests.unit.cli.doctoring.an_organisation import HUB, MANAGEMENT, PAYMENTS, settings

ARN = f"arn:aws:sts::{MANAGEMENT}:assumed-role/Admin/ana"
SERVICE_CONTROL = {"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}
TRAIL_ARN = f"arn:aws:cloudtrail:us-west-2:{MANAGEMENT}:trail/main"


class Organisation(Canned):
    def __init__(self):
        super().__init__(
            DescribeOrganization={
                "Organization": {"Id": "o-exampleorgid", "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL"}
            },
            ListAWSServiceAccessForOrganization=lambda asked: (
                {"EnabledServicePrincipals": [{"ServicePrincipal": "two.amazonaws.com"}]}
                if asked.get("NextToken")
                else {"EnabledServicePrincipals": [{"ServicePrincipal": "one.amazonaws.com"}], "NextToken": "more"}
            ),
            ListDelegatedAdministrators={"DelegatedAdministrators": [{"Id": HUB}]},
            ListDelegatedServicesForAccount={"DelegatedServices": [{"ServicePrincipal": "iam.amazonaws.com"}]},
            ListRoots={"Roots": [{"Id": "r-a1b2", "Name": "Root", "PolicyTypes": [dict(SERVICE_CONTROL)]}]},
            ListOrganizationalUnitsForParent=lambda asked: {
                "OrganizationalUnits": [{"Id": "ou-a1b2-security1", "Name": "Security"}]
                if asked["ParentId"] == "r-a1b2"
                else []
            },
            ListAccountsForParent=lambda asked: {
                "Accounts": [{"Id": MANAGEMENT, "Name": "org-management", "State": "ACTIVE", "Status": "ACTIVE"}]
                if asked["ParentId"] == "r-a1b2"
                else [{"Id": HUB, "Name": "security", "Status": "ACTIVE"}, {"Id": PAYMENTS, "State": "SUSPENDED"}]
            },
            DescribeTrails={
                "trailList": [
                    {
                        "Name": "main",
                        "TrailARN": TRAIL_ARN,
                        "HomeRegion": "us-west-2",
                        "S3BucketName": "example-logs",
                        "IsMultiRegionTrail": True,
                        "IsOrganizationTrail": True,
                    }
                ]
            },
            GetTrailStatus={"IsLogging": True, "LatestDeliveryError": "AccessDenied"},
            GetEventSelectors={"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]},
            HeadBucket={"ResponseMetadata": {"HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}}},
            ListPolicies={"Policies": [{"Id": "p-examplepolicy", "Name": "Guardrails"}]},
            DescribePolicy={"Policy": {"Content": '{"Statement": []}'}},
            ListTargetsForPolicy={"Targets": [{"TargetId": "r-a1b2"}]},
            ListRegions=lambda asked: {"Regions": [{"RegionName": "us-east-1"}, {"RegionName": "eu-west-1"}]},
            GetAccountSettings={"AccountLimit": {"ConcurrentExecutions": 10}},
            GetSecretValue={"SecretString": json.dumps({"bot_token": "xoxb-example"})},
        )
        self.lock = threading.Lock()

    def caller(self):
        return Caller(MANAGEMENT, ARN)

    def _note(self, params, model, **more):
        # Regions are asked for by several threads: each finds its own parameters.
        self.lock.acquire()
        super()._note(params, model, **more)

    def _answer(self, model, context, **more):
        try:
            return super()._answer(model, context, **more)
        finally:
            self.lock.release()


def test_everything_is_gathered_page_by_page():
    aws = Organisation()
    facts = gather(aws, aws, settings(pagerduty=None), lambda _: None)
    assert facts.organization == Organization("o-exampleorgid", MANAGEMENT, "ALL")
    assert facts.trusted == {"one.amazonaws.com", "two.amazonaws.com"}
    assert facts.delegated == {HUB: ("iam.amazonaws.com",)}
    assert facts.tree.parents == {"r-a1b2": "", "ou-a1b2-security1": "r-a1b2"}
    assert facts.tree.members[HUB] == Member(HUB, "security", "ou-a1b2-security1", active=True)
    assert not facts.tree.members[PAYMENTS].active
    assert facts.trails == (
        Trail(
            description=aws.answers["DescribeTrails"]["trailList"][0],
            status=aws.answers["GetTrailStatus"],
            selectors=aws.answers["GetEventSelectors"],
            bucket_region="eu-west-1",
        ),
    )
    assert facts.policies == (
        Policy(id="p-examplepolicy", name="Guardrails", content='{"Statement": []}', targets=("r-a1b2",)),
    )
    assert facts.regions == {MANAGEMENT: ("us-east-1", "eu-west-1"), HUB: ("us-east-1", "eu-west-1")}
    assert (facts.concurrency, facts.secrets[0].fault) == (10, "")


@pytest.mark.parametrize(
    ("types", "without"),
    [
        ([SERVICE_CONTROL], ()),
        ([{"Type": "TAG_POLICY", "Status": "ENABLED"}, SERVICE_CONTROL], ()),
        ([{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_ENABLE"}], ("r-a1b2",)),
        ([{"Type": "TAG_POLICY", "Status": "ENABLED"}], ("r-a1b2",)),
        ([], ("r-a1b2",)),
    ],
)
def test_a_root_says_whether_policies_can_be_attached_in_it(types, without):
    aws = Organisation()
    aws.answers["ListRoots"] = {"Roots": [{"Id": "r-a1b2", "Name": "Root", "PolicyTypes": types}]}
    facts = gather(aws, aws, settings(), lambda _: None)
    assert facts.tree.without_policies == without


def test_the_management_account_is_asked_for_its_regions_without_its_id():
    aws = Organisation()
    gather(aws, aws, settings(), lambda _: None)
    asked = [params.get("AccountId") for name, params in aws.calls if name == "ListRegions"]
    assert sorted(asked, key=str) == [HUB, None]


@pytest.mark.parametrize("operation", sorted(Organisation().answers))
def test_a_refusal_is_unknown_and_leaves_the_rest(operation):
    aws = Organisation()
    del aws.answers[operation]
    facts = gather(aws, aws, settings(), lambda _: None)
    if operation == "HeadBucket":
        assert facts.trails[0].bucket_region == ""
        return
    unknowns = [why for why in _all(facts) if isinstance(why, Unknown)]
    assert any(operation in one.why and "AccessDenied" in one.why for one in unknowns)
    assert len(unknowns) < 4


def test_a_hub_that_nobody_gave_credentials_for_is_unknown():
    facts = gather(Organisation(), Unknown("no credentials"), settings(), lambda _: None)
    assert {secret.fault for secret in facts.secrets} == {Unknown("no credentials")}
    assert facts.concurrency == Unknown("no credentials")


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ({"bot_token": "xoxb-example"}, True),
        ({"webhook_url": "https://hooks.slack.com/services/T/B/x"}, True),
        ({"webhook_url": "http://example.com/"}, False),
        ({"bot_token": ""}, False),
        ([], False),
        ("not JSON at all, s3cr3t", False),
    ],
)
def test_a_secret_is_judged_by_its_shape_and_its_value_is_never_repeated(value, good):
    aws = Organisation()
    text = value if isinstance(value, str) else json.dumps(value)
    aws.answers["GetSecretValue"] = {"SecretString": text}
    [secret] = gather(aws, aws, settings(pagerduty=None), lambda _: None).secrets
    assert (secret.fault == "") is good
    assert "s3cr3t" not in secret.fault


def test_a_secret_that_is_not_there_is_known_to_be_missing():
    def gone(_):
        raise RefusedError("ResourceNotFoundException")

    aws = Organisation()
    aws.answers["GetSecretValue"] = gone
    facts = gather(aws, aws, settings(), lambda _: None)
    assert {secret.fault for secret in facts.secrets} == {"there is no such secret"}


def _all(facts):
    yield from (facts.organization, facts.trusted, facts.delegated, facts.trails, facts.tree, facts.policies)
    yield facts.concurrency
    yield from facts.regions.values()
    yield from (secret.fault for secret in facts.secrets)
    for trail in () if isinstance(facts.trails, Unknown) else facts.trails:
        yield from (trail.status, trail.selectors)
    for policy in () if isinstance(facts.policies, Unknown) else facts.policies:
        yield from (policy.content, policy.targets)
