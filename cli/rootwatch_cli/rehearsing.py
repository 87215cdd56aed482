"""A rehearsal from outside: sent into the hub's queue, and watched in the table until each send is settled."""

import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from rootwatch.core.rehearsal import Rehearsal, message
from rootwatch.core.words import CHANNELS, ChannelName
from rootwatch_cli.aws import Aws, Deployed

_POLL_SECONDS: Final = 0.25


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """How a send ended: ``state`` sent, retry (it goes on being tried) or failed. ``seconds`` from our asking on."""

    channel: ChannelName
    state: str
    seconds: float
    reason: str = ""


class Rehearsing:
    """One rehearsal under way. Its methods raise ClientError and BotoCoreError."""

    def __init__(self, aws: Aws, hub: Deployed, rehearsal: Rehearsal) -> None:
        self._sqs = aws.client("sqs")
        self._dynamodb = aws.client("dynamodb")
        self._hub = hub
        self._rehearsal = rehearsal

    def send(self) -> None:
        """Asks for the alert."""
        self._began = time.monotonic()
        self._sqs.send_message(QueueUrl=self._hub.queue_url, MessageBody=message(self._rehearsal))

    def wait(self, seconds: float, tell: Callable[[Arrival], None]) -> list[Arrival]:
        """Tells of each send when it is settled; what is tried again until the time is up comes last."""
        arrived: dict[ChannelName, Arrival] = {}
        trying: dict[ChannelName, Arrival] = {}
        while len(arrived) < len(self._rehearsal.channels) and time.monotonic() - self._began < seconds:
            for item in self._sends(seq=1):
                one = self._arrival(item)
                if one.state in ("sent", "failed") and one.channel not in arrived:
                    arrived[one.channel] = one
                    tell(one)
                elif one.reason:
                    trying[one.channel] = one
            time.sleep(_POLL_SECONDS)
        for channel, one in trying.items():
            if channel not in arrived:
                arrived[channel] = one
                tell(one)
        return list(arrived.values())

    def resolve(self, seconds: float) -> bool:
        """Has PagerDuty's alert resolved; False if that was not settled in time."""
        step = msgspec.structs.replace(self._rehearsal, step="resolve")
        self._sqs.send_message(QueueUrl=self._hub.queue_url, MessageBody=message(step))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(item["state"]["S"] == "sent" for item in self._sends(seq=2)):
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _sends(self, seq: int) -> list[dict[str, Any]]:
        found = self._dynamodb.query(
            TableName=self._hub.table_name,
            KeyConditionExpression="PK = :pk AND begins_with(SK, :send)",
            ExpressionAttributeValues={
                ":pk": {"S": f"INC#{self._rehearsal.incident_id}"},
                ":send": {"S": "SEND#"},
            },
            ConsistentRead=True,
        )["Items"]
        return [item for item in found if int(item["SK"]["S"].split("#")[2]) == seq]

    def _arrival(self, item: dict[str, Any]) -> Arrival:
        channel = item["SK"]["S"].split("#")[1]
        return Arrival(
            channel=next(name for name in CHANNELS if name == channel),
            state=item["state"]["S"],
            seconds=time.monotonic() - self._began,
            reason=item["reason"]["S"] if "reason" in item else "",
        )
