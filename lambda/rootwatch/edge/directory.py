"""AWS Organizations: whose account it is. Never raises: what it could not learn, it says.

Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeAccount.html
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from msgspec.structs import replace

from rootwatch.core.fields import text
from rootwatch.core.membership import Listed, listed
from rootwatch.core.ports import Account
from rootwatch.core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

_KEEP: Final = timedelta(hours=1)
_KEEP_UNKNOWN: Final = timedelta(minutes=1)
_KEEP_TAG: Final = timedelta(minutes=1)
_DEEPEST: Final = 6  # an organisation nests units five deep


class Directory:
    """Accounts by id, kept for an hour; a failure is asked again after a minute."""

    def __init__(self, client: "OrganizationsClient", settings: Settings, now: Callable[[], datetime]) -> None:
        self._client = client
        self._settings = settings
        self._now = now
        self._tags: dict[str, tuple[str | None, datetime]] = {}
        self._known: dict[str, tuple[datetime, Account]] = {}
        self._units: dict[str, str] = {}

    def account(self, account_id: str) -> Account:
        """Name, path of organisational units and owner, each None if it can't be learnt; ``unknown`` says why."""
        until, account = self._known.get(account_id, (None, None))
        if until is None or account is None or until <= self._now():
            account = self._ask(account_id)
            self._known[account_id] = (self._now() + (_KEEP_UNKNOWN if account.unknown else _KEEP), account)
        return account

    def break_glass_tag(self, account_id: str) -> tuple[str | None, datetime]:
        """The break-glass tag's value (None: none, or unreadable) and when it was read: a minute ago at most."""
        read = self._tags.get(account_id)
        if read is None or read[1] + _KEEP_TAG <= self._now():
            at = self._now()  # before the call: what it answers was true then or later
            read = self._tags[account_id] = (self._read_tag(account_id), at)
        return read

    def accounts(self) -> list[str]:
        """The ids of all accounts of the organisation. Raises botocore's errors: without the list there is no pass."""
        pages = self._client.get_paginator("list_accounts").paginate()
        return [account["Id"] for page in pages for account in page["Accounts"]]

    def listed(self) -> list[Listed]:
        """All accounts with their names and states. Raises botocore's errors."""
        pages = self._client.get_paginator("list_accounts").paginate()
        return [one for page in pages for account in page["Accounts"] if (one := listed(account))]

    def _read_tag(self, account_id: str) -> str | None:
        try:
            return self._tag(account_id, self._settings.break_glass_tag)
        except (ClientError, BotoCoreError):
            return None  # unreadable is unplanned: it can only make us louder

    def _tag(self, account_id: str, name: str) -> str | None:
        """A tag's value, on whichever page of the answer it stands; None if there is none."""
        answer = self._client.list_tags_for_resource(ResourceId=account_id)
        tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
        while name not in tags and (token := answer.get("NextToken")):
            answer = self._client.list_tags_for_resource(ResourceId=account_id, NextToken=token)
            tags |= {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
        return tags.get(name)

    def _ask(self, account_id: str) -> Account:
        """Asks for one thing after the other: what was learnt before a failure is kept."""
        account = Account(id=account_id)
        try:
            said = self._client.describe_account(AccountId=account_id)["Account"]
            joined = said.get("JoinedTimestamp")
            account = replace(
                account, name=text(said.get("Name"), 128), joined=joined.astimezone(UTC) if joined else None
            )
            account = replace(account, path=self._path(account_id))
            return replace(account, owner=self._owner(account_id))
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            return replace(account, unknown=f"Organizations answered {code}")
        except BotoCoreError as error:
            return replace(account, unknown=f"Organizations can't be reached: {type(error).__name__}")

    def _path(self, account_id: str) -> str:
        """The names of the units above the account, "Root/Production/Payments"."""
        names: list[str] = []
        child = account_id
        for _ in range(_DEEPEST):
            answer = self._client.list_parents(ChildId=child)
            # A page may be empty although another one follows.
            while not answer["Parents"] and (token := answer.get("NextToken")):
                answer = self._client.list_parents(ChildId=child, NextToken=token)
            parents = answer["Parents"]
            if not parents or parents[0].get("Type") == "ROOT":
                break
            child = parents[0].get("Id", "")
            names.append(self._unit(child))
        return "/".join(["Root", *reversed(names)])

    def _unit(self, unit_id: str) -> str:
        if unit_id not in self._units:
            unit = self._client.describe_organizational_unit(OrganizationalUnitId=unit_id)["OrganizationalUnit"]
            self._units[unit_id] = text(unit.get("Name"), 128) or unit_id
        return self._units[unit_id]

    def _owner(self, account_id: str) -> str | None:
        return text(self._tag(account_id, self._settings.owner_tag), 256)
