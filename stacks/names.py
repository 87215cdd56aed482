"""Names that two stacks, or a stack and the code, must agree on."""

from aws_cdk import Aws

from rootwatch.core.settings import Settings

BUS = "rootwatch"
QUEUE = "rootwatch-records"
# The bus admits only roles below this path, wherever in the organisation they stand.
ROLE_PATH = "/rootwatch/"
FORWARDING_ROLE = "rootwatch-forwarding"
ROOT_USE_RULE = "rootwatch-root-use"
WATCH_EVENTS_RULE = "rootwatch-watch-events"
TAMPERING_RULE = "rootwatch-tampering"

# A rule that is merely ENABLED never receives read-only management events.
# Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def hub_bus_arn(settings: Settings) -> str:
    """The ARN of the hub's bus, told from the settings: a member needs it before it can ask the hub."""
    return f"arn:{Aws.PARTITION}:events:{settings.hub_region}:{settings.hub_account}:event-bus/{BUS}"
