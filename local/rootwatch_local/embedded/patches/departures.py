"""Organizations: an account that is let go, which ministack lacks.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_RemoveAccountFromOrganization.html
"""

from typing import Any

import ministack.services.organizations as org
from ministack.core.responses import get_account_id

from rootwatch_local.embedded.patches.delegation import Answer, refusal


def apply() -> None:
    """Add the operation."""
    org._DISPATCH["RemoveAccountFromOrganization"] = _remove


def _remove(payload: dict[str, Any]) -> Answer:
    account = payload.get("AccountId", "")
    if account not in org._accounts:
        return refusal("AccountNotFoundException", f"The account {account} is not in the organization.")
    if account == get_account_id():
        message = "You cannot remove the management account from the organization."
        return refusal("MasterCannotLeaveOrganizationException", message)
    del org._accounts[account]
    answer: Answer = org._json(200, {})
    return answer
