"""The rest of AWS that the handlers call, as clients that answer what AWS would, late, wrongly or not at all.

Each call passes the border of the process. SNS tries a call without an answer once more, as its client does: a message
may then be there twice though nobody sent it twice.
"""

import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tests.chaos.dynamodb import Client, DynamoDB, broken, refused
from tests.chaos.outside import Border
from tests.chaos.received import Received
from tests.chaos.wire import HANGS, SLOW

_ROUND_TRIPS: Final = {"TransactWriteItems": 0.012, "UpdateItem": 0.006, "BatchGetItem": 0.005, "Query": 0.005}
_SNS_PATIENCE: Final = 5.0
_SNS_TRIES: Final = 2


def dynamodb(table: DynamoDB, border: Border, updated: Callable[[bool], None]) -> Client:
    """A client of the table across the border. ``updated`` is told of each update whether its condition held."""

    def call(name: str, effect: Callable[[], Any]) -> Any:
        fault = border.trouble.of_aws(name)

        def outside() -> Any:
            if fault == "conflict":
                raise refused("TransactionCanceledException", name, ["TransactionConflict"])
            return broken(fault, name, told) if fault else told()

        def told() -> Any:
            held = False
            try:
                answer = effect()
                held = True
            finally:
                if name == "UpdateItem":
                    updated(held)
            return answer

        return border.call(name, _ROUND_TRIPS[name], outside)

    return Client(table, call)


class Sns:
    """Publishes to one topic; what it took is received."""

    def __init__(self, border: Border, received: Received, numbers: Iterator[int]) -> None:
        self._border = border
        self._received = received
        self._numbers = numbers
        self.answered: Callable[[int], None] = lambda number: None

    def publish(self, **message: Any) -> dict[str, str]:
        """The MessageId; raises as botocore does, after its second try."""
        fault = self._border.trouble.of_channel("sns")
        if fault in ("503", "500, but taken", "hung", "hung, but taken"):
            tries = [fault, self._border.trouble.of_channel("sns")]  # the client tries these again
        else:
            tries = [fault]
        for left, one in zip(reversed(range(len(tries))), tries, strict=True):
            number = next(self._numbers)
            try:
                answer = self._try(message, one, number)
            except (ClientError, ReadTimeoutError, EndpointConnectionError):
                if not left:
                    raise
            else:
                self._received.unanswered.discard(number)
                self.answered(number)
                return answer
        raise AssertionError("a try answers or raises")

    def _try(self, message: Mapping[str, Any], fault: str | None, number: int) -> dict[str, str]:
        hung = fault in ("hung", "hung, but taken")
        seconds = {"slow": SLOW, "wrong TLS": 0.1}.get(fault or "", _SNS_PATIENCE if hung else 0.04)
        return self._border.call("Publish", seconds, lambda: self._effect(message, fault, number))

    def _effect(self, message: Mapping[str, Any], fault: str | None, number: int) -> dict[str, str]:
        if fault == "InvalidParameter":
            raise refused("InvalidParameter", "Publish")
        if fault == "429 with Retry-After":
            raise refused("Throttled", "Publish")
        if fault == "503":
            raise refused("InternalError", "Publish")
        if fault in ("reset", "wrong TLS"):
            raise EndpointConnectionError(endpoint_url="https://sns")
        if fault == "hung":
            raise ReadTimeoutError(endpoint_url="https://sns")
        assert len(str(message["Message"]).encode()) < 262_144
        document = json.loads(message["Message"])["sqs"]
        self._received.take(self._border.loop.now, "sns", document.encode(), "", number)
        if fault == "hung, but taken":
            raise ReadTimeoutError(endpoint_url="https://sns")
        if fault == "500, but taken":
            raise refused("InternalError", "Publish")
        return {"MessageId": f"message-{number}"}


class Organizations:
    """Names every account; knows the tags that were set until now."""

    def __init__(self, border: Border, tags: Mapping[str, list[tuple[float, str | None]]]) -> None:
        self._border = border
        self._tags = tags

    def describe_account(self, *, AccountId: str) -> dict[str, Any]:  # noqa: N803
        joined = datetime(2020, 1, 1, tzinfo=UTC)
        return self._answer(
            "DescribeAccount",
            {"Account": {"Id": AccountId, "Name": f"team-{AccountId[-4:]}", "JoinedTimestamp": joined}},
        )

    def list_parents(self, *, ChildId: str) -> dict[str, Any]:  # noqa: N803
        return self._answer("ListParents", {"Parents": [{"Id": "r-abcd", "Type": "ROOT"}]})

    def list_tags_for_resource(self, *, ResourceId: str) -> dict[str, Any]:  # noqa: N803
        known = [value for at, value in self._tags.get(ResourceId, ()) if at <= self._border.loop.now]
        value = known[-1] if known else None
        return self._answer("ListTagsForResource", {"Tags": [{"Key": "break-glass", "Value": value}] if value else []})

    def _answer(self, name: str, answer: dict[str, Any]) -> dict[str, Any]:
        fault = self._border.trouble.of_aws("Organizations")
        seconds = HANGS if fault == "lost answer" else 0.06
        return self._border.call(name, seconds, lambda: broken(fault, name, lambda: answer) if fault else answer)


class SecretsManager:
    """Holds what the channels sign in with; ``secrets`` by name, missing where there is none."""

    def __init__(self, border: Border, secrets: Mapping[str, dict[str, str]]) -> None:
        self._border = border
        self._secrets = secrets

    def get_secret_value(self, *, SecretId: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        def effect() -> dict[str, Any]:
            if SecretId not in self._secrets:
                raise refused("ResourceNotFoundException", "GetSecretValue")
            return {"SecretString": json.dumps(self._secrets[SecretId])}

        return self._border.call("GetSecretValue", 0.03, effect)


class S3:
    """Log files by key."""

    def __init__(self, border: Border, files: Mapping[str, bytes]) -> None:
        self._border = border
        self._files = files

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        return self._border.call("GetObject", 0.05, lambda: {"Body": _Body(self._files[Key])})


class _Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Any:
        return itertools.takewhile(bool, iter(lambda: self.read(size), None))
