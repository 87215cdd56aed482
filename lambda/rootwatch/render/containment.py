"""What a person runs to contain root, or to declare the use after the fact: ready to be pasted into a shell.

Contain before declare. Nothing that a record says stands in a command: an account id is twelve digits, and the tag's
key is one that the settings let through.
"""

import re
from datetime import timedelta
from typing import Final

import msgspec

from rootwatch.core.notice import Notice
from rootwatch.core.settings import Settings
from rootwatch.render.subject import is_task

# The service control policy that the management stack makes and attaches to nothing.
QUARANTINE_POLICY: Final = "rootwatch-quarantine-root"
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html (what SCPs don't affect)
CANNOT: Final = (
    "Run it with credentials of the management account. It denies every call of this account's root, also in sessions "
    "that are open. It can't stop the sign-in itself, password recovery, the few calls that SCPs don't reach, or the "
    "users, roles and federation sessions that root made."
)
DECLARE: Final = "Only if it was planned after all, and with its ticket filled in"
_HOUR: Final = timedelta(hours=1)


class Containment(msgspec.Struct, frozen=True):
    """Two commands; "" where one has no place."""

    contain: str = ""
    declare: str = ""


def containment(notice: Notice, settings: Settings) -> Containment:
    """The commands for an unplanned page of root use; none for the management account, which SCPs don't reach."""
    incident, fact = notice.incident, notice.fact
    account = incident.account or ""
    of_root = not is_task(notice) and not incident.is_watch
    unplanned = fact is not None and fact.verdict in ("unplanned", "breakthrough") and of_root
    if notice.page is None or not unplanned or not re.fullmatch("[0-9]{12}", account):
        return Containment()
    may_declare = incident.coverable and incident.verdict == "unplanned" and account not in settings.guarded_accounts
    return Containment(
        contain="" if account == settings.management_account else _attach(account),
        declare=_tag(account, settings.break_glass_tag, notice) if may_declare else "",
    )


def _attach(account: str) -> str:
    policy_id = (
        "$(aws organizations list-policies --filter SERVICE_CONTROL_POLICY "
        f"--query \"Policies[?Name=='{QUARANTINE_POLICY}'].Id\" --output text)"
    )
    return f"aws organizations attach-policy --target-id {account} --policy-id {policy_id}"


def _tag(account: str, key: str, notice: Notice) -> str:
    until = notice.created_at + _HOUR
    return (
        f"aws organizations tag-resource --resource-id {account} "
        f'--tags "Key={key},Value=until={until:%Y-%m-%dT%H:%MZ} ticket="'
    )
