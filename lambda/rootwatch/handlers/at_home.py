"""What coverage compares in the hub itself while a deployment of ours is under way."""

from functools import cache
from typing import TYPE_CHECKING

import boto3

from rootwatch.edge.hub_parts import HubParts
from rootwatch.handlers import wiring

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient


@cache
def hub_parts() -> HubParts:
    """The hub's parts, for the one that compares them."""
    lambda_: LambdaClient = boto3.client("lambda", config=wiring.QUICK)
    scheduler: EventBridgeSchedulerClient = boto3.client("scheduler", config=wiring.QUICK)
    sqs: SQSClient = boto3.client("sqs", config=wiring.QUICK)
    return HubParts(
        lambda_=lambda_,
        events=boto3.client("events", config=wiring.QUICK),
        sqs=sqs,
        scheduler=scheduler,
        dynamodb=wiring.dynamodb(),
        wanted=wiring.manifest().hub,
        table=wiring.environment().table_name,
        topic=wiring.environment().topic_arn,
    )
