"""Which stacks there are, and in which order they are deployed."""

from aws_cdk import App

from rootwatch.core.settings import Settings
from stacks.asset import Asset
from stacks.hub import HubStack
from stacks.log_archive import LogArchiveStack
from stacks.management import ManagementStack


def add_stacks(app: App, *, settings: Settings, asset: Asset) -> None:
    """Adds the hub, in a security account or in the management account, what the management account deploys, and what
    stands beside a bucket of log files that is there already."""
    hub = HubStack(app, settings=settings, asset=asset)
    management = ManagementStack(app, settings=settings)
    # Members forward from the moment they have their rules: the bus must be there.
    management.add_stack_dependency(hub)
    trail = settings.trail
    if trail and not trail.create:
        # Its rule forwards to the hub's bus too.
        LogArchiveStack(app, settings=settings, trail=trail).add_stack_dependency(hub)
