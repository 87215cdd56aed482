"""Would a service control policy stop a call? Yes, no, or perhaps: where it asks for what can't be known beforehand.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import translate
from typing import Final, Literal

import msgspec

Answer = Literal["yes", "no", "perhaps"]
_OPERATOR: Final = re.compile(r"(?:ForAllValues:|ForAnyValue:)?(String|Arn)(Not)?(Equals|Like)(IgnoreCase)?(IfExists)?")


class Call(msgspec.Struct, frozen=True):
    """A call of the API: ``events:PutRule``, the ARN of the role that makes it, and the Region that it goes to; and the
    ARN that it is made on, "" where that is not known beforehand."""

    action: str
    principal: str
    region: str
    resource: str = ""

    @property
    def known(self) -> dict[str, str]:
        """The condition keys whose values are known, in lower case."""
        return {
            "aws:requestedregion": self.region,
            "aws:principalarn": self.principal,
            "aws:principalaccount": self.principal.split(":")[4],
            "aws:principaltype": "AssumedRole",
        }


def statements(content: str) -> list[Mapping[str, object]]:
    """The statements of a policy's JSON text. Raises ValueError."""
    document = msgspec.json.decode(content)
    if not isinstance(document, Mapping):
        raise ValueError("a policy is an object")  # noqa: TRY004 # JSON of another kind is bad input, not a fault of ours
    found = document.get("Statement", [])
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]


def denies(statement: Mapping[str, object], call: Call) -> Answer:
    """Whether a statement of a service control policy denies the call."""
    if statement.get("Effect") != "Deny" or not _names(statement, call.action):
        return "no"
    conditions = statement.get("Condition", {})
    answers = set(_conditions(conditions, call)) if isinstance(conditions, Mapping) else {"perhaps"}
    answers.add(_reaches(statement, call.resource))
    return "no" if "no" in answers else "perhaps" if "perhaps" in answers else "yes"


def looks_at(statement: Mapping[str, object]) -> list[str]:
    """The condition keys of a statement, as they are written there."""
    conditions = statement.get("Condition")
    blocks = conditions.values() if isinstance(conditions, Mapping) else ()
    return sorted({str(key) for block in blocks if isinstance(block, Mapping) for key in block})


def exempting(statement: Mapping[str, object], principals: Iterable[str]) -> dict[str, object]:
    """The statement's Condition with these roles left out of its reach, and nothing else changed."""
    given = statement.get("Condition")
    conditions = {str(key): value for key, value in given.items()} if isinstance(given, Mapping) else {}
    block = conditions.get("ArnNotLike")
    block = dict(block) if isinstance(block, Mapping) else {}
    key = next((name for name in block if str(name).lower() == "aws:principalarn"), "aws:PrincipalArn")
    block[key] = list(dict.fromkeys([*_texts(block.get(key, [])), *principals]))
    return {**conditions, "ArnNotLike": block}


def _names(statement: Mapping[str, object], action: str) -> bool:
    if "NotAction" in statement:
        return not _like(action.lower(), [text.lower() for text in _texts(statement["NotAction"])])
    return _like(action.lower(), [text.lower() for text in _texts(statement.get("Action", []))])


def _reaches(statement: Mapping[str, object], resource: str) -> Answer:
    """Whether it is about what the call is made on."""
    without = "NotResource" in statement
    patterns = _texts(statement["NotResource"] if without else statement.get("Resource", "*"))
    if "*" in patterns:
        return "no" if without else "yes"
    if not resource or any("${" in pattern for pattern in patterns):
        return "perhaps"
    return "yes" if _like(resource, patterns) != without else "no"


def _conditions(conditions: Mapping[object, object], call: Call) -> Iterator[Answer]:
    for operator, block in conditions.items():
        if not isinstance(block, Mapping):
            yield "perhaps"
            continue
        for key, values in block.items():
            yield _condition(str(operator), call.known.get(str(key).lower()), _texts(values))


def _condition(operator: str, known: str | None, values: list[str]) -> Answer:
    if known is None or any("${" in value for value in values):
        return "perhaps"
    if operator == "Null":
        return "yes" if values == ["false"] else "no"
    read = _OPERATOR.fullmatch(operator)
    if read is None:
        return "perhaps"
    family, negated, _, ignoring_case, _ = read.groups()
    if ignoring_case:
        known, values = known.lower(), [value.lower() for value in values]
    # ArnEquals and ArnLike mean the same.
    found = _like(known, values) if family == "Arn" or "Like" in operator else known in values
    return "yes" if found != bool(negated) else "no"


def _like(text: str, patterns: list[str]) -> bool:
    """``*`` and ``?`` as IAM reads them; what fnmatch calls a set of characters is none to IAM."""
    return any(re.fullmatch(translate(pattern.replace("[", "[[]")), text) for pattern in patterns)


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
