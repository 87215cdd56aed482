"""What must hold between the settings, beyond each by itself: of the log files, of your own topics, of the Regions."""

from collections.abc import Iterator
from typing import Final

from rootwatch.core.regions import ALWAYS_ENABLED, ROOT_SIGNS_IN, partition_of
from rootwatch.core.sections import Trail
from rootwatch.core.settings import Settings

_OF_OUR_OWN: Final = ("retention_days", "object_lock_days")
_OF_ANOTHER: Final = ("bucket", "bucket_account", "bucket_region", "prefix", "key_arn", "trail_arn")


def contradictions(settings: Settings) -> Iterator[str]:
    """A sentence for each pair of settings that cannot both be meant."""
    if settings.trail:
        yield from _of_trail(settings.trail)
    if settings.topic:
        yield from _of_topic("topic.arn", settings.topic.arn, settings)
        if settings.emails:
            yield "rootwatch.emails cannot be subscribed to rootwatch.topic: subscribe them there, and leave them out."
    operations = settings.operations
    if operations and operations.topic_arn:
        yield from _of_topic("operations.topic_arn", operations.topic_arn, settings)
        if operations.emails or operations.pagerduty_secret:
            yield (
                "rootwatch.operations.topic_arn is a topic of your own: subscribe people and PagerDuty there, "
                "and leave out emails and pagerduty_secret."
            )
    if operations and operations.pagerduty_secret and not settings.pagerduty:
        yield (
            "rootwatch.operations.pagerduty_secret needs rootwatch.pagerduty, which says in which of PagerDuty's "
            "service regions it is: write both, or leave it out."
        )
    if settings.posture.assume_root and settings.hub_account not in settings.may_assume_root:
        yield (
            "rootwatch.posture.assume_root needs the hub account among rootwatch.root_access_administrators, as IAM's "
            "delegated administrator: add it there, or leave it out."
        )
    if settings.hub_unit and settings.hub_account == settings.management_account:
        yield (
            "rootwatch.hub_unit is for a hub outside of the management account, which has a StackSet of its own: "
            "leave it out."
        )


def obstacles(settings: Settings) -> Iterator[str]:
    """A sentence for each reason not to deploy these settings. What is deployed already goes on with them."""
    partition = partition_of(settings.hub_region)
    for region in settings.regions:
        if partition_of(region) != partition:
            yield (
                f"rootwatch.regions names {region}, which lies in another partition than {settings.hub_region}: "
                "an organisation is of one; write its Regions alone."
            )
    missing = [region for region in ROOT_SIGNS_IN if region not in settings.regions]
    if partition == "aws" and missing:
        yield (
            f"rootwatch.regions is without {' and '.join(missing)}: a sign-in of root may appear nowhere else; "
            "write them too, every account has them."
        )
    if settings.trail and settings.trail.create and partition == "aws" and settings.hub_region not in ALWAYS_ENABLED:
        yield (
            f"rootwatch.trail.create makes a trail in {settings.hub_region}, which accounts must opt into: it would "
            "log only those that did; choose another hub_region, or name a trail that you have."
        )


def _of_trail(trail: Trail) -> Iterator[str]:
    given = [key for key in _OF_ANOTHER if getattr(trail, key)]
    if trail.create:
        if given:
            yield f"rootwatch.trail has both create and {given[0]}: write create alone, or leave it out."
        if trail.object_lock_days > trail.retention_days:
            yield "rootwatch.trail.object_lock_days is more than retention_days: write a smaller number."
        return
    missing = [key for key in _OF_ANOTHER[:3] if not getattr(trail, key)]
    if missing:
        yield (
            f"rootwatch.trail is without {' and '.join(missing)}: write create, or bucket, bucket_account "
            "and bucket_region of the trail that you have."
        )
    for key in _OF_OUR_OWN:
        if getattr(trail, key) != getattr(Trail(), key):
            yield f"rootwatch.trail.{key} is for a trail of rootwatch's own: write create too, or leave it out."
    if trail.key_arn and trail.bucket_region and trail.key_arn.split(":")[3] != trail.bucket_region:
        yield "rootwatch.trail.key_arn is in another Region than the bucket, where S3 could not use it: look again."


def _of_topic(key: str, arn: str, settings: Settings) -> Iterator[str]:
    if arn.split(":")[3] != settings.hub_region:
        yield f"rootwatch.{key} is in another Region than the hub: write a topic in {settings.hub_region}."
