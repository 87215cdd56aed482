"""CloudFormation: conditions know the pseudo parameters, and a call that changes a stack waits until it has settled.

The CDK command line looks at a stack once and then every five seconds: with nothing left to wait for, a deployment
takes as long as its work.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import ministack.services.cloudformation as cfn
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import changesets, engine, handlers, stacks

from rootwatch_local.embedded.patches.seam import replace

# Less than the minute after which an SDK takes an answer for lost.
_PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.002
_CHANGING = frozenset({"CreateStack", "UpdateStack", "DeleteStack", "ExecuteChangeSet"})

_handle_request: Callable[..., Any]
_evaluate_conditions: Callable[..., dict[str, bool]]


def apply() -> None:
    """Have CloudFormation's answers wait, and its conditions evaluated with all that they may refer to."""
    global _evaluate_conditions, _handle_request
    # Each of these has the function under a name of its own.
    for module in (engine, handlers, stacks, changesets):
        _evaluate_conditions = replace(module, "_evaluate_conditions", "template params", _evaluate)
    _handle_request = replace(cfn, "handle_request", "method path headers body query_params", _handle)


def _evaluate(template: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, bool]:
    """ministack takes a pseudo parameter in a condition for the text of its name."""
    pseudo = {"AWS::AccountId": get_account_id(), "AWS::Partition": "aws", "AWS::Region": get_region()}
    return _evaluate_conditions(template, {**{name: {"Value": value} for name, value in pseudo.items()}, **params})


async def _handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, list[str]]
) -> Any:
    answer = await _handle_request(method, path, headers, body, query_params)
    if _action(headers, body) in _CHANGING:
        # The stores show the stacks of the calling account and region alone.
        for stack in cfn._stacks.values():
            await ended(stack, _PATIENCE_SECONDS)
    return answer


def _action(headers: Mapping[str, str], body: bytes) -> str:
    """The operation of a request in either of CloudFormation's protocols."""
    target = headers.get("x-amz-target", "")
    return target.rpartition(".")[2] or parse_qs(body.decode()).get("Action", [""])[0]


async def ended(stack: Mapping[str, Any], patience: float = float("inf")) -> None:
    """Wait until the stack's operation has ended, or for `patience` seconds; a stack under review has none."""
    deadline = time.monotonic() + patience
    while _under_way(stack) and time.monotonic() < deadline:  # noqa: ASYNC110 - a stack is a dict that signals nothing
        await asyncio.sleep(_POLL_SECONDS)


def _under_way(stack: Mapping[str, Any]) -> bool:
    status = str(stack["StackStatus"])
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"
