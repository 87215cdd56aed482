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
from rootwatch.core import comparison
from rootwatch.core.comparison import Manifest
from rootwatch.core.ports import Channel
from rootwatch.core.settings import Settings
from rootwatch.core.settings_json import from_json
from rootwatch.core.words import ChannelName
from rootwatch.edge.borrowed import session_in
from rootwatch.edge.coverage_table import CoverageTable
from rootwatch.edge.directory import Directory
from rootwatch.edge.fast_paths import FastPaths
from rootwatch.edge.heartbeat import Heartbeat
from rootwatch.edge.http import session
from rootwatch.edge.log_files import LogFiles
from rootwatch.edge.pace import Pace
from rootwatch.edge.pagerduty import PagerDutyChannel
from rootwatch.edge.posture_table import PostureTable
from rootwatch.edge.secrets import Secrets
from rootwatch.edge.slack import SlackChannel
from rootwatch.edge.sns import SnsChannel
from rootwatch.edge.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient

# A call that hangs holds back other alerts: the queue and the outbox try again.
QUICK: Final = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
_TABLE: Final = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
# A log file is large, and nobody waits for it.
_FILES: Final = Config(connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})

_QUEUES: Final = ("rootwatch-records", "rootwatch-log-files")

logger: Final = Logger()
metrics: Final = Metrics()


class Environment(msgspec.Struct, frozen=True, rename="upper"):
    """The names of what was deployed: all that the environment carries."""

    table_name: str
    topic_arn: str
    log_bucket: str = ""  # the backstop's alone
    log_reader_role_arn: str = ""  # and only where the bucket is another account's


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
def manifest() -> Manifest:
    """The rules that synth deployed, beside the settings in the asset."""
    return comparison.from_json((Path(rootwatch.__file__).parents[1] / "manifest.json").read_bytes())


@cache
def store() -> Table:
    """The table."""
    return Table(dynamodb(), environment().table_name, settings().record_retention_days)


@cache
def directory() -> Directory:
    """AWS Organizations."""
    client: OrganizationsClient = boto3.client("organizations", config=QUICK)
    return Directory(client, settings(), now)


@cache
def fast_paths() -> FastPaths:
    """What the table keeps of the fast path."""
    return FastPaths(dynamodb(), environment().table_name)


@cache
def pace() -> Pace:
    """The pace that the channels take."""
    return Pace(dynamodb(), environment().table_name, now)


@cache
def coverage_table() -> CoverageTable:
    """What the table keeps of coverage."""
    return CoverageTable(dynamodb(), environment().table_name)


@cache
def posture_table() -> PostureTable:
    """What the table keeps of credentials."""
    return PostureTable(dynamodb(), environment().table_name)


@cache
def heartbeat() -> Heartbeat:
    """The switch outside of AWS; this function is deployed only where the settings name one."""
    configured = settings().heartbeat
    assert configured is not None
    return Heartbeat(
        table=coverage_table(),
        cloudwatch=boto3.client("cloudwatch", config=QUICK),
        queues=_QUEUES if settings().trail else _QUEUES[:1],
        secrets=_secrets(),
        secret=configured.secret,
        http=_http(),
        now=now,
        logger=logger,
        metrics=metrics,
    )


@cache
def log_files() -> LogFiles:
    """The trail's bucket: read by our own role, or by that of its account."""
    trail, role = settings().trail, environment().log_reader_role_arn
    reader = session_in(role, "rootwatch-backstop") if role else boto3.Session()
    region = (trail.bucket_region if trail else "") or None
    return LogFiles(reader.client("s3", region_name=region, config=_FILES), environment().log_bucket)


@cache
def channel(name: ChannelName) -> Channel:
    """One channel, made when first sent to."""
    configured = settings()
    if name == "slack" and configured.slack:
        return SlackChannel(configured.slack, configured, _secrets(), _http())
    if name == "pagerduty" and configured.pagerduty:
        return PagerDutyChannel(configured.pagerduty, configured, _secrets(), _http())
    client: SNSClient = boto3.client("sns", config=QUICK)
    return SnsChannel(environment().topic_arn, configured, client)


@cache
def dynamodb() -> "DynamoDBClient":
    """The table's client."""
    return boto3.client("dynamodb", config=_TABLE)


@cache
def _secrets() -> Secrets:
    client: SecretsManagerClient = boto3.client("secretsmanager", config=QUICK)
    return Secrets(client)


@cache
def _http() -> requests.Session:
    return session()


Event = dict[str, Any]
