"""CloudFormation StackSets: a template in every account and region that the set names, deployed here at once.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stackset.html
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

import ministack.app
import ministack.services.cloudformation as cfn
from ministack.core.responses import new_uuid, request_scope
from ministack.services.cloudformation import handlers, provisioners, stacks

from rootwatch_local.embedded.patches.places import Place, Properties, places
from rootwatch_local.embedded.patches.seam import replace
from rootwatch_local.embedded.patches.stacks import ended

_TYPE = "AWS::CloudFormation::StackSet"

Made = tuple[str, dict[str, Any]]


# Id of the stack set → name of the stack at each place.
_instances: dict[str, dict[Place, str]] = {}
_runs_on_worker_thread: Callable[[str], bool]


def apply() -> None:
    """Register the type, on a thread of its own: it waits for stacks that the event loop deploys."""
    global _runs_on_worker_thread
    _runs_on_worker_thread = replace(stacks, "_runs_on_worker_thread", "resource_type", _waits)
    provisioners._RESOURCE_HANDLERS[_TYPE] = {"create": _create, "update": _update, "delete": _delete}


def _waits(resource_type: str) -> bool:
    return resource_type == _TYPE or _runs_on_worker_thread(resource_type)


def _create(_logical_id: str, properties: Properties, _stack: str) -> Made:
    stack_set_id = f"{properties['StackSetName']}:{new_uuid()}"
    _instances[stack_set_id] = {}
    try:
        _bring_to(stack_set_id, properties)
    except ValueError:
        _delete(stack_set_id, properties)
        raise
    return stack_set_id, {"StackSetId": stack_set_id}


def _update(physical_id: str, _old: Properties, new: Properties, _stack: str) -> Made:
    _bring_to(physical_id, new)
    return physical_id, {"StackSetId": physical_id}


def _delete(physical_id: str, _properties: Properties) -> None:
    _on_the_loop(_settle(physical_id, {}, {}, ()))
    del _instances[physical_id]


def _bring_to(stack_set_id: str, properties: Properties) -> None:
    """Deploy to the places that the properties name, and delete from the others.

    Raises:
        ValueError: some stack failed; the sentence names account, region and reason.
    """
    wanted = dict(places(properties))
    common = {
        "TemplateBody": [properties["TemplateBody"]],
        **_members("Capabilities", properties.get("Capabilities") or []),
    }
    _on_the_loop(_settle(stack_set_id, wanted, common, properties.get("Parameters") or ()))


def _on_the_loop(work: Any) -> None:
    asyncio.run_coroutine_threadsafe(work, ministack.app._MAIN_LOOP).result()


async def _settle(
    stack_set_id: str,
    wanted: Mapping[Place, list[Mapping[str, str]]],
    common: Mapping[str, list[str]],
    parameters: Iterable[Mapping[str, str]],
) -> None:
    """Start every stack's operation, then wait for all, so that a failure leaves none under way."""
    present = _instances[stack_set_id]
    failures = []
    for place in sorted(present.keys() | wanted.keys()):
        name = present.setdefault(place, f"StackSet-{stack_set_id.partition(':')[0]}-{new_uuid()}")
        with request_scope(*place):
            if place not in wanted:
                handlers._delete_stack({"StackName": [name]})
                continue
            values = {p["ParameterKey"]: p["ParameterValue"] for p in [*parameters, *wanted[place]]}
            request = {**common, "StackName": [name], **_parameters(values)}
            deploy = handlers._update_stack if name in cfn._stacks else handlers._create_stack
            failures.append((place, _refusal(deploy(request))))
    for place, name in list(present.items()):
        failures.append((place, await _failure(place, name)))
        if place not in wanted:
            del present[place]
    for place, reason in failures:
        if reason:
            raise ValueError(f"Account {place.account}, region {place.region}: {reason}")


def _refusal(answer: tuple[int, Any, bytes]) -> str | None:
    if answer[0] < 400:
        return None
    answered = ET.fromstring(answer[2])  # noqa: S314 - ministack's own answer
    message = next(element.text or "" for element in answered.iter() if element.tag.rpartition("}")[2] == "Message")
    return None if "No updates are to be performed" in message else message


async def _failure(place: Place, name: str) -> str | None:
    """Why the stack's operation failed, when it has ended; None if it did not, or was refused before it began."""
    stack = cfn._stacks.get_scoped(*place, name)
    if stack is None:
        return None
    await ended(stack)
    if stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}:
        return None
    events = cfn._stack_events.get_scoped(*place, stack["StackId"])
    reasons = [e["ResourceStatusReason"] for e in events if e["ResourceStatus"] in {"CREATE_FAILED", "UPDATE_FAILED"}]
    return reasons[0] if reasons else str(stack["StackStatus"])


def _parameters(values: Mapping[str, str]) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for number, (key, value) in enumerate(values.items(), 1):
        form[f"Parameters.member.{number}.ParameterKey"] = [key]
        form[f"Parameters.member.{number}.ParameterValue"] = [str(value)]
    return form


def _members(name: str, values: Iterable[str]) -> dict[str, list[str]]:
    return {f"{name}.member.{number}": [value] for number, value in enumerate(values, 1)}
