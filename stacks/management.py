"""The management stack: what only the management account can deploy."""

from aws_cdk import Aws, Environment, Stack
from constructs import Construct

from rootwatch.core.settings import Settings
from stacks import names, permissions
from stacks.accepted import accept_wide
from stacks.quarantine import Quarantine
from stacks.stack_sets import HubMemberStackSet, ManagementMemberStackSet, MembersStackSet
from stacks.trail import OrganizationTrail
from stacks.visited_role import visited_role


class ManagementStack(Stack):
    """The trail, the member's rules in every account and Region, its own included, and a quarantine that waits."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        super().__init__(
            scope,
            "rootwatch-management",
            description="rootwatch: puts every account and Region of the organisation under watch.",
            env=Environment(account=settings.management_account, region=settings.hub_region),
        )
        if settings.trail and settings.trail.create:
            OrganizationTrail(self, settings=settings)
        trail_reader = visited_role(
            self,
            "TrailReaderRole",
            name=names.TRAIL_READER_ROLE,
            description="Lets the hub of rootwatch see whether the organisation's trail is logging everything.",
            partition=Aws.PARTITION,
            hub_account=settings.hub_account,
            statements=[permissions.describe_trails()],
        )
        accept_wide(trail_reader, [permissions.describe_trails()])
        MembersStackSet(self, settings=settings)
        if settings.hub_unit:
            HubMemberStackSet(self, settings=settings)
        ManagementMemberStackSet(self, settings=settings)
        Quarantine(self)
