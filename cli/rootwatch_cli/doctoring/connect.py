"""``doctor --connect-bucket``: reads the trail bucket's notifications, shows the difference, asks, sets, reads back."""

from typing import Any

import click

from rootwatch.core.sections import Trail
from rootwatch.core.settings import Settings
from rootwatch_cli.aws import Aws, asking
from rootwatch_cli.doctoring.bucket import as_read, difference, key_statement, telling, tells
from rootwatch_cli.settings_file import BadInputError


def connect(aws: Aws, settings: Settings, *, yes: bool) -> int:
    """Returns the exit code: 1 where nothing was set although it must be. Raises BadInputError."""
    trail = settings.trail
    if trail is None or trail.create:
        raise BadInputError(
            "The settings name no bucket of yours: rootwatch.trail's bucket is what this is for; a trail of "
            "rootwatch's own has a bucket that is connected already."
        )
    caller = aws.caller()
    if caller.account != trail.bucket_account:
        raise BadInputError(
            f"These credentials are of the account {caller.account}: use those of {trail.bucket_account}, which owns "
            "the bucket."
        )
    s3 = aws.client("s3", trail.bucket_region)
    with asking(f"read and write the notifications of the bucket {trail.bucket}"):
        done = _connected(s3, trail, yes=yes)
    _tell_of_key(trail, caller.partition)
    return 0 if done else 1


def _connected(s3: Any, trail: Trail, *, yes: bool) -> bool:
    before = _read(s3, trail)
    if tells(before):
        click.echo(f"The bucket {trail.bucket} tells EventBridge already: nothing is to be done.")
        return True
    after = telling(before)
    click.echo(f"The notifications of the bucket {trail.bucket} would become (everything that is there stays):\n")
    click.echo(difference(before, after))
    if not yes and not click.confirm("\nSet them so?", default=False):
        click.echo("Nothing was changed.")
        return False
    if _read(s3, trail) != before:
        raise BadInputError("The notifications changed meanwhile, and nothing was written: look again.")
    s3.put_bucket_notification_configuration(
        Bucket=trail.bucket,
        ExpectedBucketOwner=trail.bucket_account,
        NotificationConfiguration=after,
        # The destinations are as they were: S3 need not send each of them a test event.
        SkipDestinationValidation=True,
    )
    found = _read(s3, trail)
    if found != after:
        click.echo("S3 shows something else than what was written:\n")
        click.echo(difference(after, found))
        return False
    click.echo("Done, and read back: S3 tells EventBridge of each new object from now on.")
    return True


def _read(s3: Any, trail: Trail) -> dict[str, Any]:
    return as_read(
        s3.get_bucket_notification_configuration(Bucket=trail.bucket, ExpectedBucketOwner=trail.bucket_account)
    )


def _tell_of_key(trail: Trail, partition: str) -> None:
    """A key of the bucket's own account is opened to the reader by the reader's policy, if the key's policy lets it."""
    if not trail.key_arn or trail.key_arn.split(":")[4] == trail.bucket_account:
        return
    click.echo(
        f"\nThe log files are encrypted with a key of the account {trail.key_arn.split(':')[4]}. Once "
        f"rootwatch-log-archive is deployed, add this statement to the policy of {trail.key_arn} there:\n\n"
        f"{key_statement(trail, partition)}"
    )
