"""Names that two stacks, or a stack and the code, must agree on."""

from aws_cdk import Aws

from rootwatch.core import canary
from rootwatch.core.settings import Settings

BUS = "rootwatch"
QUEUE = "rootwatch-records"
# The bus admits only roles below this path, wherever in the organisation they stand.
ROLE_PATH = "/rootwatch/"
FORWARDING_ROLE = "rootwatch-forwarding"
ROOT_USE_RULE = "rootwatch-root-use"
WATCH_EVENTS_RULE = "rootwatch-watch-events"
TAMPERING_RULE = "rootwatch-tampering"
# What the hub's coverage takes in other accounts, and the role that takes it: each must be known to the other's account
# before it is there.
COVERAGE_ROLE = "rootwatch-coverage"
CANARY_ROLE = canary.ROLE_NAME
AUDIT_ROLE = "rootwatch-audit"
TRAIL_READER_ROLE = "rootwatch-trail-reader"
# What the hub's posture takes in other accounts, and the role that takes it.
POSTURE_ROLE = "rootwatch-posture"
POSTURE_READER_ROLE = "rootwatch-posture-reader"
VISITED_ROLES = (CANARY_ROLE, AUDIT_ROLE, POSTURE_READER_ROLE)
LOG_FILES = "rootwatch-log-files"
# Both are named, since each must be known to the other's account before it is there.
BACKSTOP_ROLE = "rootwatch-backstop"
LOG_READER_ROLE = "rootwatch-log-reader"
LOG_FORWARDING_ROLE = "rootwatch-log-forwarding"
TRAIL = "rootwatch"
# CloudTrail takes aliases of at most 32 characters.
# Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
TRAIL_KEY = "alias/rootwatch-trail"

# A rule that is merely ENABLED never receives read-only management events.
# Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


def hub_bus_arn(settings: Settings) -> str:
    """The ARN of the hub's bus, told from the settings: a member needs it before it can ask the hub."""
    return f"arn:{Aws.PARTITION}:events:{settings.hub_region}:{settings.hub_account}:event-bus/{BUS}"


def role_arn(account: str, name: str) -> str:
    """The ARN of one of our roles, in any account."""
    return f"arn:{Aws.PARTITION}:iam::{account}:role{ROLE_PATH}{name}"


def trail_arn(settings: Settings) -> str:
    """The ARN of the organisation trail: our own, or the one that the settings name; empty where they name none."""
    if settings.trail and settings.trail.create:
        return f"arn:{Aws.PARTITION}:cloudtrail:{settings.hub_region}:{settings.management_account}:trail/{TRAIL}"
    return settings.trail.trail_arn if settings.trail else ""


def trail_key_arn(settings: Settings) -> str:
    """The key of our own trail, by its alias: its id is known to the hub alone."""
    return f"arn:{Aws.PARTITION}:kms:{settings.hub_region}:{settings.hub_account}:{TRAIL_KEY}"
