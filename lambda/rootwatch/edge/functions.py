"""The hub's functions as they are deployed, against the one that compares: all are made of the same asset.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rootwatch.edge.assumed import CallFailedError, calls

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

OWN: Final = "rootwatch-coverage"
_SHARED: Final = ("TABLE_NAME", "TOPIC_ARN")
_PREFIX: Final = "rootwatch-"
_LAYERS: Final = "Layers"


class Functions:
    """``environment``: our own, whose names of table and topic the others must have. ``may_be``: the names of all that
    may be there."""

    def __init__(self, client: "LambdaClient", environment: Mapping[str, str], may_be: Iterable[str]) -> None:
        self._client = client
        self._environment = environment
        self._may_be = tuple(may_be)

    def look(self, touched: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """What is not as it should be with each of these, and with every other that is there; () where all is. That one
        could not be read is no all-clear. Nothing, if none was touched.

        Never raises.
        """
        names = list(touched)
        if not names:
            return {}
        try:
            own = self._read(OWN)
        except CallFailedError as error:
            return {name: (f"the function {name} could not be compared ({error})",) for name in names}
        found = {name: self._of(name, own) for name in (*names, *self._may_be)}
        return {name: words for name, words in found.items() if name in names or words != _not_there(name)}

    def _of(self, name: str, own: Mapping[str, Any]) -> tuple[str, ...]:
        try:
            found = self._read(name)
        except CallFailedError as error:
            is_gone = str(error) == "ResourceNotFoundException"
            return _not_there(name) if is_gone else (f"the function {name} could not be compared ({error})",)
        return tuple(f"the function {name} {words}" for words in self._differences(name, found, own))

    def _differences(self, name: str, found: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
        said = []
        if found.get("CodeSha256") != own.get("CodeSha256"):
            said.append("runs other code than the rest of rootwatch")
        if found.get("Handler") != f"rootwatch.handlers.{name.removeprefix(_PREFIX)}.handler":
            said.append("starts somewhere else in the code")
        if found.get("Runtime") != own.get("Runtime"):
            said.append("has another runtime than the rest of rootwatch")
        if found.get(_LAYERS):
            said.append("has a layer, which can put its own code before ours")
        variables = found.get("Environment", {}).get("Variables", {})
        said += [
            f"has another {key} than the rest of rootwatch"
            for key in _SHARED
            if variables.get(key) != self._environment.get(key)
        ]
        if found.get("LastUpdateStatus", "Successful") != "Successful":
            said.append("is not updated yet")
        return said

    def _read(self, name: str) -> dict[str, Any]:
        with calls():
            return dict(self._client.get_function_configuration(FunctionName=name))


def _not_there(name: str) -> tuple[str, ...]:
    return (f"the function {name} is not there",)
