"""Parts of a template as CloudFormation would write them, as far as that is known before a deployment.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_VARIABLE: Final = re.compile(r"\$\{(!?)([^}]*)\}")


class NotKnownError(ValueError):
    """One sentence that names the function and its place: its value is not known before a deployment."""


def plain(node: Any, values: Mapping[str, str], place: str) -> Any:
    """A part of a template without its functions. ``values`` are those of parameters, pseudo parameters and, as
    ``<resource>.<attribute>``, of attributes; ``place`` says where the part stands. Raises ``NotKnownError``.
    """
    if isinstance(node, list):
        return [plain(part, values, f"{place}.{number}") for number, part in enumerate(node)]
    if not isinstance(node, Mapping):
        return node
    name = next((key for key in node if key == "Ref" or key.startswith("Fn::")), None)
    if name is None or len(node) > 1:
        return {key: plain(part, values, f"{place}.{key}") for key, part in node.items()}
    if name == "Ref":
        return _value(node[name], values, name, place)
    if name == "Fn::GetAtt":
        return _value(".".join(map(str, _listed(node[name]))), values, name, place)
    if name == "Fn::Sub":
        return _substituted(node[name], values, place)
    return _applied(name, plain(node[name], values, f"{place}.{name}"), place)


def _applied(name: str, argument: Any, place: str) -> Any:
    match name, argument:
        case "Fn::Join", [str(between), list(parts)]:
            return between.join(map(str, parts))
        case "Fn::Split", [str(between), str(whole)]:
            return whole.split(between)
        case "Fn::Select", [int() | str() as number, list(parts)] if str(number).isdigit() and int(number) < len(parts):
            return parts[int(number)]
    raise _not_known(name, place)


def _substituted(argument: Any, values: Mapping[str, str], place: str) -> str:
    match argument:
        case str(text):
            own: Any = {}
        case [str(text), Mapping() as given]:
            own = plain(given, values, f"{place}.Fn::Sub")
        case _:
            raise _not_known("Fn::Sub", place)
    return _VARIABLE.sub(
        lambda found: f"${{{found[2]}}}" if found[1] else _value(found[2], {**values, **own}, "Fn::Sub", place), text
    )


def _value(name: Any, values: Mapping[str, str], function: str, place: str) -> str:
    if not isinstance(name, str) or name not in values:
        raise _not_known(f"{function} of {name}", place)
    return str(values[name])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _not_known(function: str, place: str) -> NotKnownError:
    return NotKnownError(f"{place}: {function} has no value that is known before it is deployed")
