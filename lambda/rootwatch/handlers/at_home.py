"""What coverage compares in the hub itself while a deployment of ours is under way: its functions, and the rest."""

import os
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from rootwatch.edge.functions import Functions
from rootwatch.edge.hub_parts import HubParts
from rootwatch.handlers import wiring

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sqs import SQSClient


@cache
def functions() -> Functions:
    """The hub's functions, for the one that compares them."""
    handlers = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    client: LambdaClient = boto3.client("lambda", config=wiring.QUICK)
    return Functions(client, os.environ, [f"rootwatch-{name}" for name in handlers])


@cache
def hub_parts() -> HubParts:
    """What else the hub has, for the one that compares it."""
    scheduler: EventBridgeSchedulerClient = boto3.client("scheduler", config=wiring.QUICK)
    sqs: SQSClient = boto3.client("sqs", config=wiring.QUICK)
    return HubParts(
        events=boto3.client("events", config=wiring.QUICK),
        sqs=sqs,
        scheduler=scheduler,
        dynamodb=wiring.dynamodb(),
        wanted=wiring.manifest().hub,
        table=wiring.environment().table_name,
    )
