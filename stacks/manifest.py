"""What every place should have, as the Lambda compares it: the member's template, with every name told."""

import json
from collections.abc import Mapping
from typing import Any

from rootwatch.core.comparison import Manifest, Role, Rule, Target
from rootwatch.core.deployable import partition_of
from rootwatch.core.settings import Settings
from stacks import member, names


def manifest(settings: Settings) -> Manifest:
    """The rules of a place and the roles of an account, in which ``{account}`` stands for that account."""
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
    )


def _roles(values: Mapping[str, str]) -> tuple[Role, ...]:
    resources = json.loads(member.template())["Resources"].values()
    found = [_plain(one["Properties"], values) for one in resources if one["Type"] == "AWS::IAM::Role"]
    return tuple(
        Role(
            name=role["RoleName"],
            trust=role["AssumeRolePolicyDocument"],
            policies={policy["PolicyName"]: policy["PolicyDocument"] for policy in role.get("Policies", [])},
        )
        for role in found
    )


def _plain(node: Any, values: Mapping[str, str]) -> Any:
    """A part of the template as CloudFormation would write it. Raises ``KeyError`` for a function that is not known
    here."""
    match node:
        case {"Ref": str(name)}:
            return values[name]
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(_plain(part, values) for part in parts)
        case {"Fn::Split": [str(between), whole]}:
            return _plain(whole, values).split(between)
        case {"Fn::Select": [int(number), whole]}:
            return _plain(whole, values)[number]
        case dict():
            unknown = next((name for name in node if name.startswith("Fn::")), None)
            if unknown:
                raise KeyError(unknown)
            return {name: _plain(below, values) for name, below in node.items()}
        case list():
            return [_plain(below, values) for below in node]
    return node
