"""Which stacks there are, and in which order they are deployed."""

from aws_cdk import App

from rootwatch.core.settings import Settings
from stacks.asset import Asset
from stacks.hub import HubStack
from stacks.management import ManagementStack


def add_stacks(app: App, *, settings: Settings, asset: Asset) -> None:
    """Adds the hub, in a security account or in the management account, and what the management account deploys."""
    hub = HubStack(app, settings=settings, asset=asset)
    management = ManagementStack(app, settings=settings)
    # Members forward from the moment they have their rules: the bus must be there.
    management.add_stack_dependency(hub)
