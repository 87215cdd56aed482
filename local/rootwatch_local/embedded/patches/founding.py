"""Organizations: an organisation written as it is given, since CreateAccount draws ids and we choose them."""

import time

import ministack.services.organizations as org
from ministack.core.responses import get_region, request_scope

from rootwatch_local.embedded.organisation import Account, Organisation
from rootwatch_local.embedded.patches import delegation, trust


def forget() -> None:
    """Have no organisation."""
    org.reset()
    delegation.administrators.clear()
    trust.trust(())


def found(organisation: Organisation) -> None:
    """Write the organisation as it is given, with its ids, in the place of whatever there was."""
    forget()
    now = int(time.time())
    management = organisation.management.id
    prefix = f"arn:aws:organizations::{management}"
    with request_scope(management, get_region()):
        org._ensure_org()
        org._accounts.clear()
        (drawn_root,) = org._roots.keys()
        root = org._roots.pop(drawn_root)
        root |= {"Id": organisation.root_id, "Arn": f"{prefix}:root/{organisation.id}/{organisation.root_id}"}
        org._roots[organisation.root_id] = root
        org._attachments[org.FULL_ACCESS_POLICY_ID] = [organisation.root_id]
        org._orgs["self"] |= {
            "Id": organisation.id,
            "Arn": f"{prefix}:organization/{organisation.id}",
            "MasterAccountArn": f"{prefix}:account/{organisation.id}/{management}",
            "MasterAccountEmail": _email(organisation.management),
        }
        for unit in organisation.units:
            org._ous[unit.id] = {
                "Id": unit.id,
                "Arn": f"{prefix}:ou/{organisation.id}/{unit.id}",
                "Name": unit.name,
                "_ParentId": unit.parent,
            }
        for account in organisation.accounts:
            org._accounts[account.id] = {
                "Id": account.id,
                "Arn": f"{prefix}:account/{organisation.id}/{account.id}",
                "Email": _email(account),
                "Name": account.name,
                "Status": "ACTIVE",
                "JoinedMethod": "INVITED" if account.id == management else "CREATED",
                "JoinedTimestamp": now,
                "_ParentId": organisation.unit_id(account.unit),
            }
            org._tags[account.id] = dict(account.tags)
    for account_id, services in organisation.administrators.items():
        delegation.administrators[account_id] = dict.fromkeys(services, now)
    trust.trust(organisation.trusted)


def _email(account: Account) -> str:
    return account.email or f"aws+{account.id}@example.com"
