"""Checks of the service control policies: would one stop StackSets, the rules, or what rootwatch does?

They reach no account's service-linked roles, and nobody in the management account.
Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

import msgspec

from rootwatch.core.regions import partition_of
from rootwatch.core.settings import Settings
from rootwatch_cli.doctoring.facts import Facts, Policy, Tree
from rootwatch_cli.doctoring.finding import Finding, Section, Unknown, named
from rootwatch_cli.doctoring.places import below
from rootwatch_cli.doctoring.policies import Answer, Call, denies, exempting, looks_at, statements

_finding: Final = Section("Service control policies")
# Where IAM and Organizations are asked, whatever Region one works in, by the partition.
# Source: https://docs.aws.amazon.com/general/latest/gr/iam-service.html and
# https://docs.aws.amazon.com/organizations/latest/userguide/region-support.html
_IAM: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-us-gov": "us-gov-west-1",
}
_ORGANIZATIONS: Final = {**_IAM, "aws-cn": "cn-northwest-1"}
# As IAM compares calls that can be granted on no resource in particular.
# Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
_NO_RESOURCE: Final = "*"
_STACK_SETS: Final = "role/stacksets-exec-0123456789abcdef0123456789abcdef"
_FORWARDING: Final = "role/rootwatch/rootwatch-forwarding"
_AUDIT: Final = "role/rootwatch/rootwatch-audit"
_POSTURE: Final = "role/rootwatch/rootwatch-posture-reader"
_CANARY: Final = "role/rootwatch/rootwatch-canary"
_LOG_READER: Final = "role/rootwatch/rootwatch-log-reader"
_LOG_FORWARDING: Final = "role/rootwatch/rootwatch-log-forwarding"
_HUB_S: Final = "role/rootwatch/a-function-of-the-hub"


class _Need(msgspec.Struct, frozen=True):
    """What a role must be able to call: in each Region under watch, or in some; and on what, where that is known."""

    role: str
    actions: tuple[str, ...]
    means: str
    regions: tuple[str, ...] = ()
    on: tuple[str, ...] = ()


def denials(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each statement that would stop something, or one that says that none does; and where policies can't
    be attached."""
    if not isinstance(facts.tree, Unknown):
        yield from map(_not_enabled, facts.tree.without_policies)
    if isinstance(facts.policies, Unknown):
        yield _finding.unknown("what the service control policies say", facts.policies)
        return
    if isinstance(facts.tree, Unknown):
        yield _finding.unknown("which accounts the service control policies reach", facts.tree)
        return
    stopped = False
    for policy in facts.policies:
        for finding in _of_policy(policy, facts.tree, settings, facts.caller.partition):
            stopped = True
            yield finding
    if not stopped:
        yield _finding("ok", f"{len(facts.policies)} service control policies, and none stops StackSets or rootwatch.")


def _not_enabled(root: str) -> Finding:
    """The quarantine policy could not be attached then, and by its page not even be made.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-organizations-policy.html
    """
    return _finding(
        "fail",
        f"Service control policies are not enabled in {root}: the policy that an alert has you attach to contain a "
        "root could not be.",
        "Enable them; without policies of yours they change nothing.",
        f"aws organizations enable-policy-type --root-id {root} --policy-type SERVICE_CONTROL_POLICY",
    )


def _of_policy(policy: Policy, tree: Tree, settings: Settings, partition: str) -> Iterator[Finding]:
    label = f"{policy.name} ({policy.id})"
    for part in (policy.content, policy.targets):
        if isinstance(part, Unknown):
            yield _finding.unknown(f"what the policy {label} says or reaches", part)
            return
    assert isinstance(policy.content, str)
    assert not isinstance(policy.targets, Unknown)
    try:
        all_of_it = statements(policy.content)
    except ValueError:
        yield _finding.unknown(f"what the policy {label} says", Unknown("its text is not JSON"))
        return
    reached = _reached(policy.targets, tree, settings)
    if not reached:
        return
    on = named((tree.name(target) for target in policy.targets), 3)
    for number, statement in enumerate(all_of_it, 1):
        sid = f"statement {statement.get('Sid') or number}"
        yield from _of_statement(statement, f"{label}, {sid}, attached to {on},", reached, settings, partition)


def _reached(targets: tuple[str, ...], tree: Tree, settings: Settings) -> list[str]:
    """An account for each target that stands for all of them there; and the hub's and the bucket's, if reached."""
    own = {settings.hub_account, *([settings.trail.bucket_account] if settings.trail else [])}
    watched = {member.id for member in below(tree, frozenset(settings.organizational_units))} | own
    found = []
    for target in targets:
        under = [member.id for member in below(tree, frozenset({target})) if member.id in watched]
        members = [account for account in under if account != settings.management_account]
        found += members[:1] + [account for account in members if account in own]
    return list(dict.fromkeys(found))


def _of_statement(
    statement: Mapping[str, object], label: str, reached: list[str], settings: Settings, partition: str
) -> Iterator[Finding]:
    if statement.get("Effect") == "Allow" and any(key.lower() == "aws:requestedregion" for key in looks_at(statement)):
        yield _finding(
            "warn",
            f"{label} allows by Region, which denies all other Regions without saying so: not judged here.",
            f"See that it allows {named(settings.regions, 40)}.",
        )
        return
    found: dict[Answer, list[tuple[_Need, Call]]] = defaultdict(list)
    for account in reached:
        for need, call in _calls(account, settings, partition):
            answer = denies(statement, call)
            if answer != "no":
                found[answer].append((need, call))
    for answer, stopped in sorted(found.items(), reverse=True):
        yield _stops(statement, label, answer, stopped, partition)


def _stops(
    statement: Mapping[str, object], label: str, answer: Answer, stopped: list[tuple[_Need, Call]], partition: str
) -> Finding:
    means = "; ".join(dict.fromkeys(need.means for need, _ in stopped))
    calls = [call for _, call in stopped]
    actions = named(dict.fromkeys(call.action for call in calls), 4)
    regions = named(dict.fromkeys(call.region for call in calls), 20)
    roles = [f"arn:{partition}:iam::*:role/stacksets-exec-*", f"arn:{partition}:iam::*:role/rootwatch/*"]
    condition = msgspec.json.format(msgspec.json.encode({"Condition": exempting(statement, roles)})).decode()
    if answer == "yes":
        return _finding(
            "fail",
            f"{label} denies {actions} in {regions}: {means}.",
            "Leave these roles out of its reach: write its Condition so.",
            condition,
        )
    return _finding(
        "warn",
        f"{label} may deny {actions} in {regions}, depending on "
        f"{named(looks_at(statement)) or 'the resource'}: {means}, if it does.",
        "Look whether it does; if so, write its Condition so.",
        condition,
    )


def _needs(account: str, settings: Settings) -> Iterator[_Need]:
    """What must work in an account, in each Region unless it says which."""
    hub, trail = (settings.hub_region,), settings.trail
    partition = partition_of(settings.hub_region)
    iam = _IAM.get(partition, settings.hub_region)
    yield _Need(
        _STACK_SETS,
        ("cloudformation:CreateStack", "events:PutRule", "events:PutTargets"),
        "StackSets can't bring the rules there",
    )
    yield _Need(
        _STACK_SETS,
        ("iam:CreateRole", "iam:PutRolePolicy"),
        "StackSets can't make the roles by which rootwatch hears and looks there",
        (iam,),
        on=(_FORWARDING, _CANARY, _AUDIT, _POSTURE),
    )
    yield _Need(_FORWARDING, ("events:PutEvents",), "EventBridge can't forward records to the hub", hub)
    yield _Need(
        _AUDIT, ("events:DescribeRule", "events:ListTargetsByRule"), "nobody can see whether the rules are whole"
    )
    yield _Need(
        _POSTURE,
        ("iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:GetAccountSummary"),
        "nobody can see how root is guarded there",
        (iam,),
        on=(_NO_RESOURCE,),
    )
    if account == settings.hub_account:
        yield from _needs_of_hub(hub, (_ORGANIZATIONS.get(partition, settings.hub_region),))
    if trail and account == trail.bucket_account:
        bucket = (trail.bucket_region,)
        yield _Need(_LOG_READER, ("s3:GetObject",), "the log files can't be read", bucket)
        yield _Need(_LOG_FORWARDING, ("events:PutEvents",), "the hub is not told of new log files", hub)


def _needs_of_hub(hub: tuple[str, ...], organizations: tuple[str, ...]) -> Iterator[_Need]:
    yield _Need(
        _HUB_S,
        ("sqs:ReceiveMessage", "dynamodb:PutItem", "sns:Publish", "secretsmanager:GetSecretValue"),
        "the hub can't take records in or tell of them",
        hub,
    )
    yield _Need(_HUB_S, ("sts:AssumeRole",), "the hub can't send canaries or read log files", hub)
    yield _Need(
        _HUB_S,
        ("organizations:DescribeAccount", "organizations:ListAccounts", "organizations:ListTagsForResource"),
        "the hub can't read accounts and break-glass tags",
        organizations,
    )


def _calls(account: str, settings: Settings, partition: str) -> Iterator[tuple[_Need, Call]]:
    of_account = f"arn:{partition}:iam::{account}:"
    for need in _needs(account, settings):
        resources = [one if one == _NO_RESOURCE else f"{of_account}{one}" for one in need.on] or [""]
        for region, action, resource in product(need.regions or settings.regions, need.actions, resources):
            yield need, Call(action, f"{of_account}{need.role}", region, resource)
