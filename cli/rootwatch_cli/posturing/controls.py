"""The controls that the rules of posture answer, from ``controls.toml``."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from rootwatch.core.words import PostureRule

Framework = Literal["cis-5.0", "fsbp"]
FRAMEWORKS: Final[tuple[Framework, ...]] = get_args(Framework)
_FILE: Final = Path(__file__).with_name("controls.toml")


class Control(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control, and the rule that answers it; ``why`` is how far it does."""

    id: str
    framework: Framework
    title: str
    rule: PostureRule
    why: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    control: tuple[Control, ...]


@cache
def controls(framework: Framework) -> tuple[Control, ...]:
    """The framework's controls, in the file's order."""
    read = msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), _File)
    return tuple(one for one in read.control if one.framework == framework)
