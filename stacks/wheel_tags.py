"""Whether what was installed for the Lambda was built for it: by the tags in each distribution's WHEEL file.

A folder of another machine's extensions installs without a word and fails at the first start.
Sources: https://packaging.python.org/en/latest/specifications/binary-distribution-format/ (the file WHEEL),
https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/ and
https://docs.aws.amazon.com/linux/al2023/ug/core-glibc.html (glibc 2.34, in the runtime's Amazon Linux 2023)
"""

from collections.abc import Iterable, Iterator
from email.parser import HeaderParser
from functools import cache
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Final

from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag

MACHINE: Final = "aarch64"
_PYTHON: Final = (3, 13)
_INTERPRETER: Final = "cp313"
# The oldest that a wheel for this machine may name, and the runtime's own.
_OLDEST_GLIBC: Final = 17
_GLIBC: Final = 34
_ALIASES: Final = {17: "manylinux2014"}


class WheelTagError(ValueError):
    """One sentence that names the distribution, its tags and what the Lambda takes."""


def check(tree: Path) -> None:
    """Raises ``WheelTagError`` for the first distribution in ``tree`` that was not built for the deployed Lambda."""
    for place in sorted(tree.glob("*.dist-info")):
        named = _named(place)
        if not named:
            raise WheelTagError(f"{place.name} does not say in its file WHEEL what it was built for")
        if not accepted().intersection(_read(place, named)):
            raise WheelTagError(
                f"{place.name} is built for {', '.join(named)}, and Lambda's {MACHINE} takes {_INTERPRETER}, abi3 or "
                f"py3-none-any, for manylinux with glibc 2.{_GLIBC} or older"
            )


@cache
def accepted() -> frozenset[Tag]:
    """Every tag that the deployed Lambda can load."""
    platforms = list(_platforms())
    return frozenset(
        [
            *cpython_tags(python_version=_PYTHON, abis=[_INTERPRETER], platforms=platforms),
            *compatible_tags(python_version=_PYTHON, interpreter=_INTERPRETER, platforms=platforms),
        ]
    )


def _platforms() -> Iterator[str]:
    """Not ``linux_…``: such a wheel was made for one machine and says nothing of its glibc."""
    for minor in range(_GLIBC, _OLDEST_GLIBC - 1, -1):
        yield f"manylinux_2_{minor}_{MACHINE}"
        if minor in _ALIASES:
            yield f"{_ALIASES[minor]}_{MACHINE}"


def _named(place: Path) -> list[str]:
    """The lines ``Tag`` of a distribution; the file has the form of an e-mail's head."""
    text = PathDistribution(place).read_text("WHEEL") or ""
    return HeaderParser().parsestr(text).get_all("Tag", [])


def _read(place: Path, named: Iterable[str]) -> Iterator[Tag]:
    for one in named:
        try:
            yield from parse_tag(one)
        except ValueError as error:
            raise WheelTagError(
                f"{place.name} says in its file WHEEL that it is built for {one!r}, which is no tag"
            ) from error
