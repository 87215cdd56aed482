"""The queue of log files of the deployed organisation, and its bucket: what goes in, and until it is empty."""

from rootwatch_local.world import HUB, HUB_REGION, World
from tests.support.log_files import object_created

BUCKET = f"rootwatch-trail-{HUB.id}-{HUB_REGION}"


def put(world: World, key: str, content: bytes) -> None:
    """Puts any object there, of which S3 tells the account's default bus."""
    world.aws.client("s3", HUB.id, HUB_REGION).put_object(Bucket=BUCKET, Key=key, Body=content)


def tell(world: World, key: str, *, bucket: str = BUCKET) -> None:
    """Puts a message into the queue as EventBridge does: once more, or of another bucket."""
    send(world, object_created(key, bucket=bucket))


def send(world: World, message: str) -> None:
    """Puts any message into the queue of log files."""
    sqs = world.aws.client("sqs", HUB.id, HUB_REGION)
    sqs.send_message(QueueUrl=queue_url(world), MessageBody=message)


def queue_url(world: World, name: str = "rootwatch-log-files") -> str:
    """The queue's address."""
    return str(world.aws.client("sqs", HUB.id, HUB_REGION).get_queue_url(QueueName=name)["QueueUrl"])


def wait_until_read(world: World, timeout: float = 30.0) -> None:
    """Waits until no log file is left to be read."""
    sqs, url = world.aws.client("sqs", HUB.id, HUB_REGION), queue_url(world)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def empty() -> bool:
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(counts[name] == "0" for name in names)

    world.wait_for(empty, "the queue of log files did not become empty", timeout)
