"""AWS as a table of answers: real boto3 clients, whose calls are answered here and never leave the process."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.awsrequest
import botocore.exceptions

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]


class RefusedError(Exception):
    """What AWS answers instead, by its error code."""


# One for all: it keeps the services' descriptions, which take long to read.
_SESSION = boto3.session.Session("testing", "testing", region_name="us-east-1")


class Canned:
    """Stands in for ``rootwatch_cli.aws.Aws``: ``answers`` maps an operation's name to its answer, or to a function of
    its parameters. What has no answer is refused. ``calls`` keeps what was asked, in order."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = dict(answers)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        key = (service, region or "us-east-1")
        if key not in self._clients:
            client: Any = _SESSION.client(service, region_name=key[1])  # type: ignore[call-overload]
            client.meta.events.register("provide-client-params.*", self._note)
            client.meta.events.register("before-call.*", self._answer)
            self._clients[key] = client
        return self._clients[key]

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, dict(params)))

    def _answer(self, model: Any, context: Mapping[str, Any], **_: Any) -> Any:
        given = next(params for name, params in reversed(self.calls) if name == model.name)
        answer = self.answers.get(model.name)
        if answer is None:
            return _refusal("AccessDeniedException")
        try:
            said = answer(given) if callable(answer) else answer
        except RefusedError as error:
            return _refusal(str(error))
        return botocore.awsrequest.AWSResponse("", 200, {}, None), {"ResponseMetadata": {}, **said}


def _refusal(code: str) -> tuple[botocore.awsrequest.AWSResponse, dict[str, Any]]:
    parsed = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPHeaders": {}}}
    return botocore.awsrequest.AWSResponse("", 400, {}, None), parsed
