"""What should be deployed, as the Lambda compares it: the templates, with every name told."""

import json
from collections.abc import Mapping

from rootwatch.core.comparison import Manifest, Role, Rule, Target
from rootwatch.core.regions import partition_of
from rootwatch.core.settings import Settings
from stacks import member, names
from stacks.hub_parts import hub_parts
from stacks.plain import plain


def manifest(settings: Settings) -> Manifest:
    """The rules of a place; the roles of an account, for which ``{account}`` stands; and the hub's parts.

    Raises ``NotKnownError`` for a part of the template whose value is not known before it is deployed.
    """
    partition = partition_of(settings.hub_region)
    bus = f"arn:{partition}:events:{settings.hub_region}:{settings.hub_account}:event-bus/{names.BUS}"
    role = f"arn:{partition}:iam::{{account}}:role{names.ROLE_PATH}{names.FORWARDING_ROLE}"
    return Manifest(
        rules=tuple(
            Rule(
                name=name,
                pattern=dict(pattern),
                state=names.ALL_MANAGEMENT_EVENTS,
                targets=(Target(arn=bus, role_arn=role),),
            )
            for name, pattern in member.RULES.items()
        ),
        roles=_roles({"HubBusArn": bus, "AWS::Partition": partition, "AWS::AccountId": "{account}"}),
        hub=hub_parts(settings),
    )


def _roles(values: Mapping[str, str]) -> tuple[Role, ...]:
    resources = json.loads(member.template())["Resources"].items()
    found = [
        plain(one["Properties"], values, f"the member's template, {name}")
        for name, one in resources
        if one["Type"] == "AWS::IAM::Role"
    ]
    return tuple(
        Role(
            name=role["RoleName"],
            trust=role["AssumeRolePolicyDocument"],
            policies={policy["PolicyName"]: policy["PolicyDocument"] for policy in role.get("Policies", [])},
        )
        for role in found
    )
