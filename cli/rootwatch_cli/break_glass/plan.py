"""What a command is about to do, as data: shown, printed as the AWS CLI's commands, or carried out."""

import json
import shlex

import msgspec

from rootwatch_cli.break_glass.accounts import Account


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A tag to be set on an account; or, with no value, tags to be removed."""

    account: Account
    keys: tuple[str, ...]
    value: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """``says`` what will be, ``warns`` of what somebody may not expect; sentences all."""

    says: tuple[str, ...]
    warns: tuple[str, ...] = ()
    changes: tuple[Change, ...]


def command(change: Change, profile: str | None = None) -> str:
    """The same as the AWS CLI does it, to be pasted into a shell: whatever stands in a value stays one argument."""
    words = ["aws", "organizations"]
    if change.value is None:
        words += ["untag-resource", "--resource-id", change.account.id, "--tag-keys", *change.keys]
    else:
        # As JSON: the short form would read commas and equals signs.
        tags = [{"Key": key, "Value": change.value} for key in change.keys]
        words += ["tag-resource", "--resource-id", change.account.id, "--tags", json.dumps(tags, ensure_ascii=False)]
    return shlex.join([*words, *(["--profile", profile] if profile else [])])
