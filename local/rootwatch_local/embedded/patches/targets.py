"""EventBridge: what a rule's target is, whether EventBridge may reach it, and what becomes of an event if not.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from collections.abc import Callable, Mapping
from typing import Any

import ministack.services.eventbridge as eb
import msgspec
from ministack.core import iam_evaluator
from ministack.core.arn import Arn, ArnParseError, parse_arn
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import iam, sqs

from rootwatch_local.embedded.patches import journal, organizations
from rootwatch_local.embedded.patches.permissions import Request, allows
from rootwatch_local.embedded.patches.seam import replace

_SERVICE = "events.amazonaws.com"
_PUT = "events:PutEvents"

Event = dict[str, Any]
Rule = Mapping[str, Any]
Target = Mapping[str, Any]

_invoke_target: Callable[..., None]


def apply() -> None:
    """Put our rules for targets before ministack's."""
    global _invoke_target
    _invoke_target = replace(eb, "_invoke_target", "target event rule view", _invoke)


def _invoke(target: Target, event: Event, rule: Rule, view: Any = None) -> None:
    try:
        arn = parse_arn(target.get("Arn", ""))
    except ArnParseError:
        _drop(target, event, rule, "The target's ARN is malformed.")
        return
    to_bus = arn.service == "events" and arn.resource.startswith("event-bus/")
    reason = _bus_refusal(target, event, rule, arn) if to_bus else _refusal(arn, rule)
    if reason:
        _drop(target, event, rule, reason)
    elif to_bus:
        _forward(event, arn, view)
    else:
        _invoke_target(target, event, rule, view)


def _refusal(arn: Arn, rule: Rule) -> str | None:
    """Why EventBridge would not reach a target that is no event bus; None if it would."""
    if (arn.account_id, arn.region) != (get_account_id(), get_region()):
        return f"EventBridge does not reach {arn.service} in another account or region from here."
    if arn.service == "sqs":
        return _queue_refusal(arn, rule)
    return None


def _queue_refusal(arn: Arn, rule: Rule) -> str | None:
    queue = sqs._queue_by_arn(str(arn))
    if queue is None:
        return f"The queue {arn} does not exist."
    request = Request(action="sqs:SendMessage", resource=str(arn), service=_SERVICE, context=_on_behalf_of(rule))
    if not allows(queue["attributes"].get("Policy"), request):
        return f"The policy of the queue {arn} does not allow it."
    return None


def _on_behalf_of(rule: Rule) -> dict[str, str]:
    """The condition keys of a call that EventBridge itself makes for a rule."""
    return {"aws:sourcearn": rule["Arn"], "aws:sourceaccount": get_account_id(), "aws:securetransport": "true"}


def _bus_refusal(target: Target, event: Event, rule: Rule, bus: Arn) -> str | None:
    """Why EventBridge would not put the event on the bus; None if it would."""
    if event.get("_Forwarded"):
        return "The event came from another event bus: EventBridge forwards an event once."
    if "InputTransformer" in target:
        return "An event bus as a target takes no InputTransformer."
    account, role_arn = get_account_id(), target.get("RoleArn", "")
    if not role_arn and (bus.account_id, bus.region) != (account, get_region()):
        return "An event bus of another account or region needs a RoleArn on the target."
    name = bus.resource.split("/", 1)[1]
    # Every account has a default bus in every region; ministack makes it when it is first asked for.
    if name != "default" and not eb._event_buses.contains_scoped(bus.account_id, bus.region, name):
        return f"The event bus {bus} does not exist."
    if role_arn and (reason := _role_refusal(role_arn, rule, str(bus))):
        return reason
    policy = eb._event_bus_policies.get_scoped(bus.account_id, bus.region, name)
    if bus.account_id != account and not allows(policy, _put_request(account, role_arn, str(bus))):
        return f"The policy of the event bus {bus} does not allow it."
    return None


def _put_request(account: str, role_arn: str, bus_arn: str) -> Request:
    """What the bus's policy is asked: a forwarded event of a rule of the account, put by the target's role."""
    context = {
        "aws:principalarn": role_arn,
        "aws:principalaccount": account,
        "events:eventbusinvocation": "true",
        "aws:securetransport": "true",
    }
    organization = organizations.organization_id(account)
    if organization:
        context["aws:principalorgid"] = organization
    principals = frozenset({account, f"arn:aws:iam::{account}:root", role_arn})
    return Request(action=_PUT, resource=bus_arn, principals=principals, context=context)


def _role_refusal(role_arn: str, rule: Rule, bus_arn: str) -> str | None:
    """Why the target's role may not put events on the bus; None if it may.

    It stands in the rule's own account, lets EventBridge take it, and allows events:PutEvents on the bus.
    """
    account = get_account_id()
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    if role is None or role["Arn"] != role_arn:
        return f"The role {role_arn} does not exist in the account {account}."
    trust = Request(action="sts:AssumeRole", service=_SERVICE, context=_on_behalf_of(rule))
    if not allows(role.get("AssumeRolePolicyDocument"), trust):
        return f"The role {role_arn} does not let {_SERVICE} take it."
    managed = [iam_evaluator._resolve_managed_policy_document(arn, account) for arn in role["AttachedPolicies"]]
    put = Request(action=_PUT, resource=bus_arn, context={"aws:principalaccount": account})
    if not any(allows(policy, put, of_principal=True) for policy in [*role["InlinePolicies"].values(), *managed]):
        return f"The role {role_arn} does not allow {_PUT} on {bus_arn}."
    return None


def _forward(event: Event, bus: Arn, view: Any) -> None:
    forwarded = {**event, "EventBusName": bus.resource.split("/", 1)[1], "_Forwarded": True}
    with request_scope(bus.account_id, bus.region):
        eb._ensure_default_bus()
        # The same view: account and region stay the origin's.
        eb._dispatch_event(forwarded, view)
        eb._archive_event(forwarded, view)


def _drop(target: Target, event: Event, rule: Rule, reason: str) -> None:
    account, region = get_account_id(), get_region()
    where = {"account": account, "region": region, "rule": rule.get("Name", "")}
    journal.drop(event, reason, **where, target=target.get("Arn", ""))
    dead_letters = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not dead_letters:
        return
    queue = parse_arn(dead_letters)
    refused = _refusal(queue, rule)
    if refused:
        journal.drop(event, refused, **where, target=dead_letters)
        return
    payload = msgspec.json.encode(eb._pattern_event_view(event).event_with_detail()).decode()
    eb._dispatch_to_sqs(queue, payload)
