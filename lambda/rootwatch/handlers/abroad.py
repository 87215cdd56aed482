"""What coverage reaches other accounts with: the canaries and the audit."""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from rootwatch.core.regions import partition_of
from rootwatch.edge.assumed import MAKING, Roles, client_of
from rootwatch.edge.audit import Audit
from rootwatch.edge.canaries import Canaries
from rootwatch.edge.http import session
from rootwatch.edge.rounds import THREADS
from rootwatch.handlers import wiring

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

# In a Region far away, and from a Region that may not answer at all.
_FAR: Final = Config(
    connect_timeout=3,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=THREADS,
)


@cache
def canaries() -> Canaries:
    """What sends canaries."""
    return Canaries(roles(), _sts_of, session(THREADS))


@cache
def audit() -> Audit:
    """What reads rules and trails."""
    return Audit(roles(), client)


@cache
def roles() -> Roles:
    """What takes our roles in other accounts."""
    # At the Region's own endpoint: what the global one gives out is not valid in every Region.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
    region = wiring.settings().hub_region
    client: STSClient = boto3.client("sts", region_name=region, endpoint_url=_sts_of(region), config=_FAR)
    return Roles(client, partition_of(region))


@cache
def _sts_of(region: str) -> str:
    """The address of a Region's STS, as botocore knows it for each partition."""
    with MAKING:
        made = boto3.client("sts", region_name=region)
    address: str = made.meta.endpoint_url
    return address.replace("//sts.amazonaws.com", f"//sts.{region}.amazonaws.com")


def client(service: str, region: str, credentials: Credentials) -> Any:
    """A client with credentials of another account; to be asked for from any thread."""
    return client_of(credentials, service, region, _FAR)
