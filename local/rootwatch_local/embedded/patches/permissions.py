"""Whether a policy allows a request, by IAM's rules and denying by default what it does not understand.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

# The condition keys that a request here can have; any other is unknown, not merely absent.
_KEYS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "events:eventbusinvocation",
    }
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be allowed.

    Attributes:
        action: such as `events:PutEvents`.
        resource: the ARN it acts on; `*` for a role's trust policy, which names none.
        principals: every way in which a statement can name an IAM principal that asks: account id, root, role.
        service: the service principal that asks, such as `events.amazonaws.com`.
        context: the condition keys, in lower case, since IAM compares their names so.
    """

    action: str
    resource: str = "*"
    principals: frozenset[str] = frozenset()
    service: str | None = None
    context: Mapping[str, str]


def allows(policy: Any, request: Request, *, of_principal: bool = False) -> bool:
    """Whether some statement allows the request and none denies it.

    A condition key or operator that is not known here fulfils no Allow and every Deny.

    Args:
        policy: the document as JSON or decoded, None for none.
        request: what is asked for.
        of_principal: the policy stands on the principal itself, so its statements name none.
    """
    matching = [s for s in _statements(policy) if _covers(s, request) and (of_principal or _names(s, request))]
    if any(s.get("Effect") == "Deny" and _fulfilled(s, request.context, unknown=True) for s in matching):
        return False
    return any(s.get("Effect") == "Allow" and _fulfilled(s, request.context, unknown=False) for s in matching)


def _statements(policy: Any) -> list[Mapping[str, Any]]:
    document = msgspec.json.decode(policy) if isinstance(policy, str) and policy else policy
    statements = (document or {}).get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _covers(statement: Mapping[str, Any], request: Request) -> bool:
    return any(_like(request.action.lower(), action.lower()) for action in _listed(statement.get("Action"))) and any(
        _like(request.resource, resource) for resource in _listed(statement.get("Resource", "*"))
    )


def _names(statement: Mapping[str, Any], request: Request) -> bool:
    principal = statement.get("Principal", {})
    if not isinstance(principal, Mapping):
        principal = {"AWS": principal}
    return any(name == "*" or name in request.principals for name in _listed(principal.get("AWS"))) or any(
        name == request.service for name in _listed(principal.get("Service"))
    )


def _fulfilled(statement: Mapping[str, Any], context: Mapping[str, str], *, unknown: bool) -> bool:
    for operator, keys in (statement.get("Condition") or {}).items():
        holds = _OPERATORS.get(operator)
        for key, wanted in keys.items():
            actual = context.get(key.lower())
            if holds is None or key.lower() not in _KEYS:
                if not unknown:
                    return False
            elif actual is None or not any(holds(actual, value) for value in _listed(wanted)):
                return False
    return True


def _like(actual: str, pattern: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, actual, re.DOTALL) is not None


def _arn_like(actual: str, pattern: str) -> bool:
    """Each of an ARN's six parts is compared by itself: a `*` does not reach over a colon."""
    parts, patterns = actual.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(_like, parts, patterns))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda actual, value: actual == value,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda actual, value: actual == value.lower(),
}


def _listed(value: Any) -> Iterable[str]:
    if value is None:
        return []
    return [_text(each) for each in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
