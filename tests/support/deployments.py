"""Records of a deployment of ours, and what should be deployed, for the tests that tell it from tampering."""

import json
from datetime import datetime
from typing import Any

import msgspec

from rootwatch.core.comparison import Manifest, Role, Rule, Target
from rootwatch.core.record import Record
from tests.support.coverage_store import Watched
from tests.support.records import ACCOUNT, HUB, MANAGEMENT, OTHER, THIRD
from tests.support.watch import by, by_stack_sets, done

BUS = "arn:aws:events:eu-central-1:444455556666:event-bus/rootwatch"
ROLE = "arn:aws:iam::{account}:role/rootwatch/rootwatch-forwarding"
READS_ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
ROOT_RULE = Rule(
    name="rootwatch-root-use",
    pattern={"source": [{"prefix": "aws."}]},
    state=READS_ALL,
    targets=(Target(arn=BUS, role_arn=ROLE),),
)
TAMPERING_RULE = msgspec.structs.replace(ROOT_RULE, name="rootwatch-tampering", pattern={"source": ["aws.events"]})
FORWARD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "events.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": "{account}"}},
        }
    ],
}
FORWARDING = Role(name="rootwatch-forwarding", trust=TRUST, policies={"forward": FORWARD})
MANIFEST = Manifest(rules=(ROOT_RULE, TAMPERING_RULE), roles=(FORWARDING,))
ANA_IN_HUB = f"arn:aws:sts::{HUB}:assumed-role/cdk-hnb659fds-deploy-role-{HUB}-eu-central-1/ana"
MEMBERS = (ACCOUNT, OTHER, THIRD)
BY_CLOUDFORMATION = "cloudformation.amazonaws.com"


def in_account(rule: Rule, account: str, **changes: Any) -> Rule:
    """The rule as the account's own EventBridge shows it."""
    targets = tuple(Target(arn=one.arn, role_arn=one.role_arn.format(account=account)) for one in rule.targets)
    return msgspec.structs.replace(rule, **{"targets": targets, **changes})


def deployed(manifest: Manifest = MANIFEST, **changes: Any) -> Watched:
    """Coverage, and the monitor, over an organisation in which all is as it should be for hours."""
    one = Watched(*MEMBERS, manifest=manifest, **changes)
    for account in one.accounts:
        for region in one.settings.regions:
            set_rules(one, account, region, manifest)
    one.go_on(hours=3)
    assert one.watched("slack") == []
    return one


def set_rules(one: Watched, account: str, region: str, manifest: Manifest = MANIFEST) -> None:
    """Puts the rules there that the manifest says."""
    one.abroad.rules_there[account, region] = {rule.name: in_account(rule, account) for rule in manifest.rules}


def execute_change_set(
    at: datetime, *, account: str = HUB, who: str = ANA_IN_HUB, stack: str = "rootwatch-hub"
) -> Record:
    """A person deploys a stack of ours."""
    parameters = {"stackName": stack, "changeSetName": "cdk-deploy-change-set"}
    return done("ExecuteChangeSet", "cloudformation", at, account=account, who=who, parameters=parameters)


def by_hub_stack(account: str = HUB) -> dict[str, Any]:
    """The keywords that make a call one of CloudFormation with the CDK's own role."""
    arn = f"arn:aws:sts::{account}:assumed-role/cdk-hnb659fds-cfn-exec-role-{account}-eu-central-1/AWSCloudFormation"
    identity = by(arn, account, invokedBy=BY_CLOUDFORMATION)
    return {"account": account, "identity": identity, "sourceIPAddress": BY_CLOUDFORMATION}


def update_function(at: datetime, name: str = "rootwatch-monitor", **changes: Any) -> Record:
    """A function's code is replaced, through CloudFormation unless told otherwise, in the hub's Region."""
    keywords = {**by_hub_stack(), "awsRegion": "eu-central-1", **changes}
    return done("UpdateFunctionCode20150331v2", "lambda", at, parameters={"functionName": name}, **keywords)


def put_rule(
    at: datetime, account: str = ACCOUNT, rule: Rule = ROOT_RULE, *, change: Any = None, **changes: Any
) -> Record:
    """StackSets put a rule; ``change`` its request."""
    request = {"name": rule.name, "eventPattern": json.dumps(rule.pattern), "state": rule.state, **(change or {})}
    return done("PutRule", "events", at, parameters=request, **{**by_stack_sets(account), **changes})


def put_targets(
    at: datetime, account: str = ACCOUNT, rule: Rule = ROOT_RULE, *, arn: str = BUS, **changes: Any
) -> Record:
    """StackSets put a rule's target."""
    target = {"id": "hub", "arn": arn, "roleArn": ROLE.format(account=account)}
    parameters = {"rule": rule.name, "targets": [target]}
    return done("PutTargets", "events", at, parameters=parameters, **{**by_stack_sets(account), **changes})


def update_stack_set(at: datetime) -> Record:
    """CloudFormation updates the members' StackSet, as the management account's stack says."""
    return done(
        "UpdateStackSet",
        "cloudformation",
        at,
        parameters={"stackSetName": "rootwatch-members"},
        **by_hub_stack(MANAGEMENT),
    )
