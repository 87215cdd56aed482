"""What the handlers are made of. Clients are made when first asked for: a start pays for what it uses."""

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import msgspec
import requests
from aws_lambda_powertools import Logger, Metrics
from botocore.config import Config

import rootwatch
from rootwatch.core.ports import Channel
from rootwatch.core.settings import Settings, from_json
from rootwatch.core.words import ChannelName
from rootwatch.edge.directory import Directory
from rootwatch.edge.http import session
from rootwatch.edge.pagerduty import PagerDutyChannel
from rootwatch.edge.secrets import Secrets
from rootwatch.edge.slack import SlackChannel
from rootwatch.edge.sns import SnsChannel
from rootwatch.edge.table import Table

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient

# A call that hangs holds back other alerts: the queue and the outbox try again.
_QUICK: Final = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_TABLE: Final = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})

logger: Final = Logger()
metrics: Final = Metrics()


class Environment(msgspec.Struct, frozen=True, rename="upper"):
    """The names of what was deployed: all that the environment carries."""

    table_name: str
    topic_arn: str


def now() -> datetime:
    """The clock, in UTC."""
    return datetime.now(UTC)


@cache
def environment() -> Environment:
    """The environment, checked."""
    return msgspec.convert(dict(os.environ), Environment)


@cache
def settings() -> Settings:
    """The settings that synth checked and wrote into the asset, beside the package."""
    read = from_json((Path(rootwatch.__file__).parents[1] / "settings.json").read_bytes())
    for entry in read.expired_use(now().date()):
        logger.error(
            "an entry of expected_use has expired and is without effect: deploy without it, or with a later day",
            extra={"account": entry.account, "expired": entry.expires.isoformat(), "entry": entry.reason},
        )
    return read


@cache
def store() -> Table:
    """The table."""
    return Table(boto3.client("dynamodb", config=_TABLE), environment().table_name)


@cache
def directory() -> Directory:
    """AWS Organizations."""
    client: OrganizationsClient = boto3.client("organizations", config=_QUICK)
    return Directory(client, settings(), now)


@cache
def channel(name: ChannelName) -> Channel:
    """One channel, made when first sent to."""
    configured = settings()
    if name == "slack" and configured.slack:
        return SlackChannel(configured.slack, configured, _secrets(), _http())
    if name == "pagerduty" and configured.pagerduty:
        return PagerDutyChannel(configured.pagerduty, configured, _secrets(), _http())
    client: SNSClient = boto3.client("sns", config=_QUICK)
    return SnsChannel(environment().topic_arn, configured, client)


@cache
def _secrets() -> Secrets:
    client: SecretsManagerClient = boto3.client("secretsmanager", config=_QUICK)
    return Secrets(client)


@cache
def _http() -> requests.Session:
    return session()


Event = dict[str, Any]
