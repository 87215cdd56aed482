"""Organizations: delegated administrators, which ministack lacks.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
"""

import time
from collections.abc import Mapping
from typing import Any

import ministack.services.organizations as org
from ministack.core.responses import error_response_json, get_account_id

Answer = tuple[int, dict[str, str], bytes]

# Account id of an administrator → the services it administers, by service principal, each since when.
administrators: dict[str, dict[str, float]] = {}


def apply() -> None:
    """Add the operations."""
    org._DISPATCH.update(
        RegisterDelegatedAdministrator=_register,
        DeregisterDelegatedAdministrator=_deregister,
        ListDelegatedAdministrators=_list_administrators,
        ListDelegatedServicesForAccount=_list_services,
    )


def refusal(code: str, message: str) -> Answer:
    """The answer to a request that is refused."""
    answer: Answer = error_response_json(code, message, 400)
    return answer


def _answer(body: Mapping[str, Any]) -> Answer:
    answer: Answer = org._json(200, body)
    return answer


def _register(payload: dict[str, Any]) -> Answer:
    account, service = payload.get("AccountId", ""), payload.get("ServicePrincipal", "")
    if account not in org._accounts:
        return refusal("AccountNotFoundException", f"The account {account} is not in the organization.")
    if account == get_account_id():
        message = "You cannot register the management account as a delegated administrator."
        return refusal("ConstraintViolationException", message)
    if service in administrators.get(account, {}):
        message = f"The account {account} is a delegated administrator of {service} already."
        return refusal("AccountAlreadyRegisteredException", message)
    administrators.setdefault(account, {})[service] = time.time()
    return _answer({})


def _deregister(payload: dict[str, Any]) -> Answer:
    account, service = payload.get("AccountId", ""), payload.get("ServicePrincipal", "")
    services = administrators.get(account, {})
    if services.pop(service, None) is None:
        message = f"The account {account} is no delegated administrator of {service}."
        return refusal("AccountNotRegisteredException", message)
    if not services:
        administrators.pop(account)
    return _answer({})


def _list_administrators(payload: dict[str, Any]) -> Answer:
    wanted = payload.get("ServicePrincipal")
    shown = [
        {**_without_paths(org._accounts[account]), "DelegationEnabledDate": min(services.values())}
        for account, services in administrators.items()
        if wanted is None or wanted in services
    ]
    return _answer({"DelegatedAdministrators": shown})


def _without_paths(account: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in org._public_account(account).items() if key != "Paths"}


def _list_services(payload: dict[str, Any]) -> Answer:
    services = administrators.get(payload.get("AccountId", ""), {})
    shown = [{"ServicePrincipal": name, "DelegationEnabledDate": since} for name, since in services.items()]
    return _answer({"DelegatedServices": shown})
