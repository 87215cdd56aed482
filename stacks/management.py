"""The management stack: what only the management account can deploy."""

from aws_cdk import Environment, Stack
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks.quarantine import Quarantine
from stacks.stack_sets import ManagementMemberStackSet, MembersStackSet


class ManagementStack(Stack):
    """Brings the member's rules to every account and Region, its own included, and keeps a quarantine ready."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(
            scope,
            "rootwatch-management",
            description="rootwatch: puts every account and Region of the organisation under watch.",
            env=Environment(account=settings.management_account, region=settings.hub_region),
        )
        MembersStackSet(self, settings=settings)
        ManagementMemberStackSet(self, settings=settings)
        Quarantine(self)
