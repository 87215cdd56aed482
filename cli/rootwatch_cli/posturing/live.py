"""Looking at accounts now, with the credentials at hand: one's own account by itself, others by a role in them.

Nothing of rootwatch need be deployed. All calls read, but for the making of the credential report, which changes
nothing.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import sleep
from typing import Any, Final

from botocore.config import Config
from botocore.credentials import Credentials

from rootwatch.core.membership import listed
from rootwatch.core.posture import Central, Posture, Reading
from rootwatch.core.posture_roll import looked
from rootwatch.core.settings import Settings
from rootwatch.edge.assumed import MAKING, CallFailedError, calls, client_of
from rootwatch.edge.posture_reader import Clients, Reader, central
from rootwatch_cli.aws import Aws, Caller, asking

# What AWS Organizations makes in each account that it makes.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
ROLE: Final = "OrganizationAccountAccessRole"
_THREADS: Final = 8
_SESSION: Final = "rootwatch-posture-live"
_CONFIG: Final = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})


def look(
    aws: Aws, accounts: Sequence[str], role: str, settings: Settings, now: Callable[[], datetime]
) -> tuple[list[Posture], Central]:
    """All accounts, or these. What can't be read of one is unknown. Raises BadInputError if they can't be listed."""
    caller = aws.caller()
    names = dict.fromkeys(accounts, "") if accounts else _listed(aws)
    reader = Reader(settings.posture, now, sleep)
    enter = _door(aws, caller, role, settings.hub_region)
    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(lambda pair: _one(pair, reader, enter, now), sorted(names.items())))
    return found, _central(enter, settings)


def _listed(aws: Aws) -> dict[str, str]:
    with asking("list the organisation's accounts: give --account, or use the management account's"):
        pages = list(aws.client("organizations").get_paginator("list_accounts").paginate())
    found = [one for page in pages for account in page["Accounts"] if (one := listed(account))]
    return {one.id: one.name for one in found if one.status == "ACTIVE"}


def _one(
    account: tuple[str, str], reader: Reader, enter: Callable[[str], Clients], now: Callable[[], datetime]
) -> Posture:
    number, name = account
    try:
        reading = reader.read(enter(number), None)
    except CallFailedError as error:
        reading = Reading(via="", unknown={"account": f"the role there cannot be taken ({error})"})
    at = now()
    return looked(Posture(account=number, name=name, since=at), reading, at)


def _central(enter: Callable[[str], Clients], settings: Settings) -> Central:
    try:
        return central(enter(settings.management_account))
    except CallFailedError as error:
        return Central(unknown=f"the role in the management account cannot be taken ({error})")


def _door(aws: Aws, caller: Caller, role: str, region: str) -> Callable[[str], Clients]:
    sts = aws.client("sts")

    def enter(account: str) -> Clients:
        if account == caller.account:
            return lambda service: _own(aws, service)
        arn = f"arn:{caller.partition}:iam::{account}:role/{role}"
        with calls():
            given = sts.assume_role(RoleArn=arn, RoleSessionName=_SESSION, DurationSeconds=900)["Credentials"]
        credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return lambda service: client_of(credentials, service, region, _CONFIG)

    return enter


def _own(aws: Aws, service: str) -> Any:
    with MAKING:
        return aws.client(service)
