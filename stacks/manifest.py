"""What every place should have, as the Lambda compares it: the rules of the member's template, with every name told."""

from rootwatch.core.comparison import Manifest, Rule, Target
from rootwatch.core.deployable import partition_of
from rootwatch.core.settings import Settings
from stacks import member, names


def manifest(settings: Settings) -> Manifest:
    """The rules of a place, in which ``{account}`` stands for its account."""
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
        )
    )
