"""cdk-nag's AwsSolutions rules over every stack: each finding is put right, or accepted beside its resource."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from stacks import accepted
from stacks.function import HubFunction
from tests.stacks.placements import PLACEMENTS
from tests.stacks.trees import tree

# A rule's id, and the path of the construct that it is about.
Finding = tuple[str, str]


def findings(app: App) -> set[Finding]:
    """What cdk-nag says of an app, less what is accepted."""
    return {
        (violation.rule_name, resource.construct_path)
        for violation in AwsSolutionsChecks(app).validate_scope(app).violations
        for resource in violation.violating_resources
    }


def acceptances(app: App) -> dict[Finding, str]:
    """Everything that is accepted in an app, with the reason."""
    return {
        (rule.partition("::")[2], construct.node.path): reason
        for construct in app.node.find_all()
        for entry in construct.node.metadata
        if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY
        for rule, reason in entry.data.items()
    }


@pytest.fixture(scope="module")
def trees(context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], App]:
    """The tree of a placement."""

    @cache
    def one(placement: str) -> App:
        return tree(context, placement, tmp_path_factory.mktemp("tree"))

    return one


@pytest.fixture(scope="module")
def bare(context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], App]:
    """The same with nothing accepted."""

    @cache
    def one(placement: str) -> App:
        with pytest.MonkeyPatch.context() as patch:
            # Every way to accept something ends there.
            patch.setattr(accepted.Validations, "of", lambda _: Silent())
            return tree(context, placement, tmp_path_factory.mktemp("bare"))

    return one


class Silent:
    """Takes every acceptance and keeps none."""

    def acknowledge(self, *rules: object) -> None:
        pass


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_no_finding_is_left_that_is_not_accepted_with_a_reason(placement: str, trees: Callable[[str], App]) -> None:
    assert findings(trees(placement)) == set()


def test_every_acceptance_is_needed_by_a_finding_in_some_placement(
    trees: Callable[[str], App], bare: Callable[[str], App]
) -> None:
    found = set().union(*(findings(bare(placement)) for placement in PLACEMENTS))
    assert len(found) > 20
    accepts = {finding for placement in PLACEMENTS for finding in acceptances(trees(placement))}
    unneeded = {
        (rule, path)
        for rule, path in accepts
        if not any(rule == name and f"{where}/".startswith(f"{path}/") for name, where in found)
    }
    assert unneeded == set()


def test_every_reason_for_a_star_is_used(trees: Callable[[str], App]) -> None:
    given = {reason for placement in PLACEMENTS for reason in acceptances(trees(placement)).values()}
    assert {*accepted._WHY_WIDE.values(), *accepted._WHY_WILD.values()} <= given
    assert all(reason.endswith((".", "html")) and len(reason) > 40 for reason in given)


def test_a_star_without_a_reason_stays_a_finding() -> None:
    app = App(analytics_reporting=False)
    stack = Stack(app, "Sample")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    statements: list[Mapping[str, Any]] = [
        {"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::logs/*"},
        {"Action": ["s3:DeleteObject"], "Resource": "arn:aws:s3:::logs-2/*"},
    ]
    for statement in statements:
        role.add_to_policy(iam.PolicyStatement(actions=statement["Action"], resources=[statement["Resource"]]))
    accepted.accept_wide(role, statements)
    assert findings(app) == {
        ("AwsSolutions-IAM5[Resource::arn:aws:s3:::logs-2/*]", "Sample/Role/DefaultPolicy/Resource")
    }


def test_a_queue_without_tls_would_be_found() -> None:
    app = App(analytics_reporting=False)
    sqs.Queue(Stack(app, "Sample"), "Queue")
    assert {rule for rule, _ in findings(app)} >= {"AwsSolutions-SQS3", "AwsSolutions-SQS4"}


def test_functions_of_the_hub_are_what_the_check_looks_at(trees: Callable[[str], App]) -> None:
    functions = [one for one in trees("delegated").node.find_all() if isinstance(one, HubFunction)]
    assert len(functions) >= 6
