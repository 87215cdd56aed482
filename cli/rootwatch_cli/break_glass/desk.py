"""The desk's way to AWS: accounts and tags in Organizations, and the hub's table where the credentials reach it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec
from botocore.exceptions import ClientError

from rootwatch.core.fields import account_id
from rootwatch.core.ports import StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tags
from rootwatch.edge.table import Table
from rootwatch_cli.aws import Aws, Caller, asking
from rootwatch_cli.break_glass.accounts import Account, account_of, looked_at, meant
from rootwatch_cli.break_glass.plan import Change
from rootwatch_cli.hub_table import hub_postures, hub_table
from rootwatch_cli.settings_file import BadInputError

_NOT_FOUND: Final = ("AccountNotFoundException", "TargetNotFoundException")
_NO_ALIASES: Final = "An IAM account alias can be asked for with credentials of the hub account that read its table."
T = TypeVar("T")


class Set(msgspec.Struct, frozen=True):
    """The values of the two tags on an account, None where one is not there."""

    window: str | None
    approval: str | None


class Desk:
    """One set of credentials at work. Raises BadInputError, which names the right that is missing."""

    def __init__(self, aws: Aws, settings: Settings) -> None:
        self._aws = aws
        self._settings = settings
        self._organizations: Any = aws.client("organizations")

    def caller(self) -> Caller:
        """Whose credentials these are; raises for those whose tags nobody would believe."""
        caller = self._aws.caller()
        if caller.arn.endswith(":root"):
            raise BadInputError("These are root's own credentials: a tag that root sets declares nothing.")
        if caller.account not in self._settings.may_tag:
            raise BadInputError(
                f"These credentials are of the account {caller.account}, whose tags are not believed: use those of "
                f"{' or '.join(sorted(self._settings.may_tag))}."
            )
        return caller

    def account(self, asked: str) -> Account:
        """The account that is meant. Aliases are known to credentials of the hub account alone."""
        if account_id(asked) is None:
            aliases = self._aliases()
            try:
                return meant(asked, list(self.accounts(aliases or {})))
            except BadInputError as error:
                raise (error if aliases is not None else BadInputError(f"{error} {_NO_ALIASES}")) from None
        with asking("read accounts (organizations:DescribeAccount)"):
            try:
                said = self._organizations.describe_account(AccountId=asked)["Account"]
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _NOT_FOUND:
                    raise BadInputError(f"The account {asked} is not one of this organisation.") from None
                raise
        return account_of(said) or Account(asked, "")

    def accounts(self, aliases: Mapping[str, str] | None = None) -> Iterator[Account]:
        """All of the organisation's."""
        with asking("list accounts (organizations:ListAccounts)"):
            for page in self._organizations.get_paginator("list_accounts").paginate():
                yield from (one for said in page["Accounts"] if (one := account_of(said, aliases)))

    def tags(self, account: str) -> Set:
        """The two tags as they stand."""
        found: dict[str, str] = {}
        with asking(f"read the tags of {account} (organizations:ListTagsForResource)"):
            for page in self._organizations.get_paginator("list_tags_for_resource").paginate(ResourceId=account):
                found |= {tag["Key"]: tag["Value"] for tag in page["Tags"]}
        return Set(found.get(self._settings.break_glass_tag), found.get(self._settings.approval_tag))

    def carry_out(self, change: Change) -> None:
        """Sets or removes the tags of one account."""
        if change.value is None:
            with asking(f"remove tags of {change.account.id} (organizations:UntagResource)"):
                self._organizations.untag_resource(ResourceId=change.account.id, TagKeys=list(change.keys))
            return
        tags = [{"Key": key, "Value": change.value} for key in change.keys]
        with asking(f"tag {change.account.id} (organizations:TagResource)"):
            self._organizations.tag_resource(ResourceId=change.account.id, Tags=tags)

    def table(self) -> Table | None:
        """The hub's table, None where these are no credentials of the hub account, or its stack can't be read."""
        return self._at_the_hub(hub_table)

    def _aliases(self) -> dict[str, str] | None:
        """The accounts' aliases as the daily look found them, by account; None where the table can't be asked."""
        postures = self._at_the_hub(hub_postures)
        try:
            return {one.id: one.alias for one in looked_at(postures.all())} if postures else None
        except StoreDownError:
            return None

    def _at_the_hub(self, reach: Callable[[Aws, Settings], T]) -> T | None:
        if self._aws.caller().account != self._settings.hub_account:
            return None
        try:
            return reach(self._aws, self._settings)
        except BadInputError:
            return None

    def known(self, account: str) -> Tags | None:
        """What the hub's table knows of the tags of an account; None where it can't be asked."""
        table = self.table()
        try:
            return table.tags(account) if table else None
        except StoreDownError:
            return None
