"""An embedded AWS, and talking to it."""

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.session
import msgspec
from botocore.config import Config

from rootwatch_local.embedded.child import Child, EmbeddedAwsError
from rootwatch_local.embedded.organisation import Organisation

__all__ = ["Drop", "EmbeddedAws", "EmbeddedAwsError", "Mail"]

_DETAIL_TYPES = {
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
    "AwsConsoleSignin": "AWS Console Sign In via CloudTrail",
    "AwsConsoleAction": "AWS Console Action via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
}
_API_CALL = "AWS API Call via CloudTrail"


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """An event that EventBridge did not deliver, and why. On AWS, the rule's FailedInvocations metric counts it.

    `account` and `region` are where the rule stands, `origin_account` and `origin_region` the event's own.
    """

    reason: str
    account: str
    region: str
    rule: str
    target: str
    event_id: str
    source: str
    origin_account: str
    origin_region: str


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """An e-mail of SNS. `time` is in seconds since 1970, `attributes` are the message's, by name."""

    topic: str
    message_id: str
    to: str
    subject: str
    body: str
    attributes: dict[str, str]
    time: float


class EmbeddedAws:
    """An AWS of any number of accounts and regions on a port of 127.0.0.1, as a context manager.

    IAM is enforced: a Lambda function may do what its role allows, and nothing else. Two can run side by side.
    Every process and file of it ends with the context, or with this process, however that ends.

    Args:
        mailbox_url: takes each e-mail of SNS as a POST of JSON with the fields of `Mail`.
        log: file for what the embedded AWS has to say; by default it ends with the context.

    Raises:
        EmbeddedAwsError: it did not start.
    """

    def __init__(self, *, mailbox_url: str | None = None, log: Path | None = None) -> None:
        self._mailbox_url = mailbox_url
        self._log = log
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()
        self._session = _session()

    def __enter__(self) -> Self:
        self._child = Child(mailbox_url=self._mailbox_url, log=self._log)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        try:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
        finally:
            self._child.end()

    @property
    def url(self) -> str:
        """Where every AWS API is answered."""
        return f"http://127.0.0.1:{self._child.port}"

    @property
    def folder(self) -> Path:
        """Where all its files are; what a user of it puts there is deleted with them."""
        return self._child.folder

    def client(self, service: str, account: str, region: str) -> Any:
        """A boto3 client that acts as the account itself, with every right; the same one for the same arguments."""
        key = (service, account, region)
        # Making one is not safe from several threads, using one is.
        with self._lock:
            if key not in self._clients:
                make: Callable[..., Any] = self._session.client
                self._clients[key] = make(
                    service,
                    region_name=region,
                    endpoint_url=self.url,
                    aws_access_key_id=account,
                    aws_secret_access_key=self._child.secret,
                    # An empty mapping, not None: botocore would else take proxies from the environment.
                    config=Config(proxies={}, retries={"total_max_attempts": 1, "mode": "standard"}),
                )
            return self._clients[key]

    def environment(self, account: str, region: str) -> dict[str, str]:
        """The environment of a process that acts as the account: its SDKs find this AWS and nothing else."""
        return self._child.environment(
            {
                "AWS_ENDPOINT_URL": self.url,
                "AWS_ACCESS_KEY_ID": account,
                "AWS_SECRET_ACCESS_KEY": self._child.secret,
                "AWS_REGION": region,
                "AWS_DEFAULT_REGION": region,
            }
        )

    def emit(
        self,
        account: str,
        region: str,
        record: Mapping[str, Any],
        *,
        detail_type: str | None = None,
        source: str | None = None,
    ) -> str:
        """Have CloudTrail put a record on the default bus of an account and region.

        It returns when every rule has been matched and every queue and bus has its event.

        Args:
            account: twelve digits; the envelope's account.
            region: the envelope's region.
            record: the record as in a log file; it becomes the event's detail.
            detail_type: by default, the one that goes with the record's `eventType`.
            source: by default, `aws.` and the first word of the record's `eventSource`.

        Returns:
            the id of the EventBridge event.
        """
        service = str(record.get("eventSource", "cloudtrail.amazonaws.com")).partition(".")[0]
        emission = {
            "account": account,
            "region": region,
            "source": source or f"aws.{service}",
            "detail_type": detail_type or _DETAIL_TYPES.get(str(record.get("eventType")), _API_CALL),
            "detail": record,
        }
        return str(self.door("records", json.dumps(emission).encode())["event_id"])

    def found(self, organisation: Organisation) -> None:
        """Make the organisation the only one here; one that was before is gone.

        The Organizations API answers the management account and, for reads and tags, the administrators.
        """
        self.door("organisation", msgspec.json.encode(organisation))

    def reset(self) -> None:
        """Delete everything in every account, which is quicker than another start."""
        self.door("reset")

    def dropped(self) -> list[Drop]:
        """Every event that EventBridge did not deliver, oldest first."""
        return msgspec.convert(self.door("dropped"), list[Drop])

    def mail(self) -> list[Mail]:
        """Every e-mail that SNS sent, oldest first."""
        return msgspec.convert(self.door("mail"), list[Mail])

    def function_logs(self, account: str, region: str, function_name: str) -> list[str]:
        """The lines that a Lambda function logged, oldest first; none if it never ran.

        Raises:
            ClientError: there is no such function.
        """
        functions = self.client("lambda", account, region)
        group = functions.get_function_configuration(FunctionName=function_name)["LoggingConfig"]["LogGroup"]
        logs = self.client("logs", account, region)
        try:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            return [event["message"] for page in pages for event in page["events"]]
        except logs.exceptions.ResourceNotFoundException:
            return []

    def log(self) -> str:
        """What the embedded AWS itself has to say, such as why a function could not be started."""
        return self._child.said()

    def door(self, room: str, body: bytes = b"") -> Any:
        """Ask for what no AWS interface offers; see `door`.

        Raises:
            EmbeddedAwsError: it is not running, or refused.
        """
        return self._child.ask(room, body)


def _session() -> boto3.session.Session:
    """A session that sees none of the user's profiles, which could be missing or point elsewhere."""
    unset = (None, None, None, None)
    nowhere = (None, None, os.devnull, None)
    variables = {"profile": unset, "config_file": nowhere, "credentials_file": nowhere}
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=variables))
