"""Replacing a function of ministack, which has no interface for it: only the function that we know, or none."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


class SeamMovedError(Exception):
    """A function of ministack that we replace is gone, or takes other parameters than the one we know."""


@dataclass(frozen=True)
class Seam:
    """One replaced function: `module`.`name` was `original` and is now `replacement`."""

    module: ModuleType | type
    name: str
    original: Callable[..., Any]
    replacement: Callable[..., Any]

    @property
    def holds(self) -> bool:
        """Whether the module still carries our function."""
        return getattr(self.module, self.name) is self.replacement


SEAMS: list[Seam] = []


def replace(
    module: ModuleType | type, name: str, parameters: str, replacement: Callable[..., Any]
) -> Callable[..., Any]:
    """Put `replacement` in the place of `module`.`name` and return what stood there.

    Args:
        module: a module of ministack, or a class that it uses.
        name: the function in it, which its callers look up at each call.
        parameters: the names of the parameters that we expect, in order, separated by spaces.
        replacement: takes the same parameters.

    Raises:
        SeamMovedError: there is no such function, or its parameters are others.
    """
    original: Callable[..., Any] | None = getattr(module, name, None)
    if original is None:
        raise SeamMovedError(f"{module.__name__} has no function {name} for the embedded AWS to patch.")
    found = " ".join(inspect.signature(original).parameters)
    if found != parameters:
        raise SeamMovedError(
            f"{module.__name__}.{name} takes ({found}) and not ({parameters}): the embedded AWS cannot patch it."
        )
    setattr(module, name, replacement)
    SEAMS.append(Seam(module, name, original, replacement))
    return original
