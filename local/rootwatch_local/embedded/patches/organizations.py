"""Organizations: one organisation, asked by those who may, with the tags that AWS takes.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_Tag.html
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import ministack.services.organizations as org
import msgspec
from ministack.core.responses import get_account_id, get_region, request_scope

from rootwatch_local.embedded.patches.delegation import Answer, administrators, refusal
from rootwatch_local.embedded.patches.seam import replace

# What a delegated administrator of a service may call, beside the management account.
_FOR_ADMINISTRATORS = re.compile(r"(Describe|List)\w+|TagResource|UntagResource")
_FOR_EVERYBODY = frozenset({"DescribeOrganization"})
_LONGEST_KEY = 128
_LONGEST_VALUE = 256

_handle_request: Callable[..., Any]


def apply() -> None:
    """Guard every operation with who may call it and which tags it takes, and show accounts and units as AWS does."""
    global _handle_request
    _handle_request = replace(org, "handle_request", "method path headers body query_params", _handle)
    replace(org, "_public_account", "a", _account_shape)
    replace(org, "_public_ou", "o", _unit_shape)


def organization_id(account: str) -> str | None:
    """Id of the organisation that the account is in, None if in none."""
    management = management_of(account)
    organization = org._orgs.get_scoped(management, None, "self") if management else None
    return organization["Id"] if organization else None


def resource_arn(caller: str, body: bytes) -> str:
    """ARN of what a request of the caller's is about: a root, a unit, an account; `*` if it names none of these."""
    management = management_of(caller)
    named = [value for value in msgspec.json.decode(body or b"{}").values() if isinstance(value, str)]
    for store in (org._accounts, org._ous, org._roots):
        for name in named:
            record = store.get_scoped(management, None, name)
            if record is not None:
                return str(record["Arn"])
    return "*"


def accounts_below(management: str, parent: str) -> list[str]:
    """Ids of the active accounts below a root or organisational unit, at any depth, the management account apart."""
    with request_scope(management, get_region()):
        units = {parent} | {unit for unit, record in org._ous.items() if _is_below(record, parent)}
        return [
            each
            for each, record in org._accounts.items()
            if record["_ParentId"] in units and each != management and record["Status"] == "ACTIVE"
        ]


def _is_below(record: Mapping[str, Any], parent: str) -> bool:
    above = record["_ParentId"]
    return above == parent or (above in org._ous and _is_below(org._ous[above], parent))


async def _handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any) -> Answer:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    caller = get_account_id()
    management = management_of(caller)
    if management is None:
        # ministack would make an organisation for whoever asks; here there is the one that was founded.
        return refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if not _may_call(operation, caller, management):
        return refusal("AccessDeniedException", "You don't have permissions to access this resource.")
    refused = _tag_refusal(msgspec.json.decode(body or b"{}"))
    if refused:
        return refusal("InvalidInputException", refused)
    with request_scope(management, get_region()):
        answer: Answer = await _handle_request(method, path, headers, body, query_params)
        return answer


def _may_call(operation: str, caller: str, management: str) -> bool:
    if caller == management or operation in _FOR_EVERYBODY:
        return True
    return caller in administrators and _FOR_ADMINISTRATORS.fullmatch(operation) is not None


def management_of(account: str) -> str | None:
    """The management account of the organisation that the account is in."""
    return next((scope for scope, member in list(org._accounts._data) if member == account), None)


def _tag_refusal(payload: Mapping[str, Any]) -> str | None:
    for tag in payload.get("Tags") or []:
        key, value = tag.get("Key", ""), tag.get("Value", "")
        if not 1 <= len(key) <= _LONGEST_KEY or not _allowed(key) or key.lower().startswith("aws:"):
            return f"You provided a value that does not match the required pattern: the tag key {key!r}."
        if len(value) > _LONGEST_VALUE or not _allowed(value):
            return f"You provided a value that does not match the required pattern: the tag value {value!r}."
    return None


def _allowed(text: str) -> bool:
    return all(character in "_.:/=+-@" or unicodedata.category(character)[0] in "LZN" for character in text)


def _account_shape(a: dict[str, Any]) -> dict[str, Any]:
    """An Account as AWS shows it: `State` beside the older `Status`, and `Paths` made of ids."""
    shown = {key: value for key, value in a.items() if not key.startswith("_") and key != "Path"}
    return {**shown, "State": a["Status"], "Paths": [_path(a)]}


def _unit_shape(o: dict[str, Any]) -> dict[str, Any]:
    shown = {key: value for key, value in o.items() if not key.startswith("_")}
    return {**shown, "Path": _path(o)}


def _path(record: Mapping[str, Any]) -> str:
    ids = [record["Id"]]
    parent = record["_ParentId"]
    while parent:
        ids.insert(0, parent)
        parent = (org._ous.get(parent) or {}).get("_ParentId")
    return "/".join([org._orgs["self"]["Id"], *ids]) + "/"
