"""A member: the rules and the forwarding role that every account and Region under watch receives."""

import json
import tempfile
from collections.abc import Mapping
from functools import cache

from aws_cdk import App, CfnCondition, CfnParameter, DefaultStackSynthesizer, Fn, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks import names, patterns, permissions
from stacks.accepted import accept_wide
from stacks.visited_role import visited_role

RULES = {
    names.ROOT_USE_RULE: patterns.ROOT_USE,
    names.WATCH_EVENTS_RULE: patterns.WATCH_EVENTS,
    names.TAMPERING_RULE: patterns.TAMPERING,
}


class MemberStack(Stack):
    """Forwards what the patterns let through from the default bus straight to the hub's bus, in one hop."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(
            scope,
            "rootwatch-member",
            description="rootwatch: forwards root use of this account and Region to the hub.",
            # A StackSet's template can ask for no bootstrap: the members have none.
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        hub_bus = CfnParameter(self, "HubBusArn", description="The ARN of the hub's event bus.").value_as_string
        home = CfnParameter(self, "HomeRegion", description="The Region whose stack makes the roles.").value_as_string
        is_home = CfnCondition(self, "IsHomeRegion", expression=Fn.condition_equals(self.region, home))
        self._add_forwarding_role(hub_bus, is_home)
        self._add_visited_roles(Fn.select(4, Fn.split(":", hub_bus)), is_home)
        role_arn = f"arn:{self.partition}:iam::{self.account}:role{names.ROLE_PATH}{names.FORWARDING_ROLE}"
        for name, pattern in RULES.items():
            events.CfnRule(
                self,
                _logical_id(name),
                name=name,
                event_pattern=pattern,
                state=names.ALL_MANAGEMENT_EVENTS,
                # The role stands on the target: on the rule it would be ignored for a bus of another account.
                targets=[events.CfnRule.TargetProperty(id="hub", arn=hub_bus, role_arn=role_arn)],
            )

    def _add_visited_roles(self, hub_account: str, is_home: CfnCondition) -> None:
        """What coverage takes: a role that may do nothing, for canaries, and one that reads our rules; and posture: one
        that looks at credentials."""
        described: Mapping[str, object] = {
            "Effect": "Allow",
            "Action": ["events:DescribeRule", "events:ListTargetsByRule"],
            "Resource": f"arn:{self.partition}:events:*:{self.account}:rule/rootwatch-*",
        }
        canary = "Has no permission: the calls of its sessions prove that the hub of rootwatch hears this account."
        audit = "Lets the hub of rootwatch compare its rules in this account with those that were deployed."
        posture = "Lets the hub of rootwatch see how root and the other credentials of this account are guarded."
        looked_at: list[Mapping[str, object]] = [*permissions.look_at_credentials(self.partition, self.account)]
        for name, words, taker, statements in (
            (names.CANARY_ROLE, canary, names.COVERAGE_ROLE, []),
            (names.AUDIT_ROLE, audit, names.COVERAGE_ROLE, [described]),
            (names.POSTURE_READER_ROLE, posture, names.POSTURE_ROLE, looked_at),
        ):
            role = visited_role(
                self,
                f"{_logical_id(name)}Role",
                name=name,
                description=words,
                partition=self.partition,
                hub_account=hub_account,
                statements=statements,
                taker=taker,
            )
            role.cfn_options.condition = is_home
            accept_wide(role, statements)

    def _add_forwarding_role(self, hub_bus: str, is_home: CfnCondition) -> None:
        """IAM is global: one Region's stack makes the role, under a name by which the others point to it.

        The other Regions do not wait for it: EventBridge takes a target whose role is not there yet, and forwards from
        the moment it is.
        """
        role = iam.CfnRole(
            self,
            "ForwardingRole",
            role_name=names.FORWARDING_ROLE,
            path=names.ROLE_PATH,
            description="Lets the rules of rootwatch put events on the hub's bus, and nothing else.",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Condition": {"StringEquals": {"aws:SourceAccount": self.account}},
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="forward",
                    policy_document={
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": hub_bus}],
                    },
                )
            ],
        )
        role.cfn_options.condition = is_home


@cache
def template() -> str:
    """The member's template as JSON text, for a StackSet's ``TemplateBody`` (at most 51,200 bytes)."""
    with tempfile.TemporaryDirectory() as out:
        app = App(
            outdir=out,
            analytics_reporting=False,
            tree_metadata=False,
            # It takes as long as all the rest; the tests do it.
            builtin_cloud_formation_validation=False,
            post_cli_context={"aws:cdk:enable-path-metadata": False},
        )
        stack = MemberStack(app)
        written = app.synth().get_stack_by_name(stack.stack_name).template
        return json.dumps(written, separators=(",", ":"))


def _logical_id(rule_name: str) -> str:
    return "".join(word.capitalize() for word in rule_name.removeprefix("rootwatch-").split("-"))
