"""CloudFormation: the call by which StackSets gets its trusted access to the organisation, which ministack lacks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ActivateOrganizationsAccess.html
"""

import time
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services.cloudformation import handlers, helpers

from rootwatch_local.embedded.patches import trust
from rootwatch_local.embedded.patches.organizations import management_of


def apply() -> None:
    """Add the operation."""
    handlers._ACTION_HANDLERS["ActivateOrganizationsAccess"] = _activate


def _activate(_params: Any) -> Any:
    caller = get_account_id()
    if caller != management_of(caller):
        return helpers._error(
            "InvalidOperationException", "Only the management account of an organization may do that."
        )
    trust.trusted.setdefault(trust.STACKSETS, time.time())
    return helpers._xml(200, "ActivateOrganizationsAccessResponse", "<ActivateOrganizationsAccessResult/>")
