"""The book: the pages of docs/README.md in their order, and the line at the end of each that leads on."""

import os
import re
from pathlib import Path
from typing import Final, NamedTuple

_LISTED: Final = re.compile(r"^\d+\. \[(?P<title>[^]]+)\]\((?P<target>[^)]+)\)", re.MULTILINE)
_LAST_LINE: Final = re.compile(r"\n\[The book\]\([^)]*\)[^\n]*\n\Z")


class Listed(NamedTuple):
    """A page as the book lists it."""

    title: str
    path: Path


def book(contents: Path) -> list[Listed]:
    """The pages in reading order; none where there is no such list."""
    if not contents.exists():
        return []
    found = _LISTED.finditer(contents.read_text("utf-8"))
    return [Listed(one["title"], (contents.parent / one["target"]).resolve()) for one in found]


def with_neighbours(page: Path, text: str, contents: Path) -> str:
    """The text with links to the book, and to the pages before and after it; a page outside of the book as it is."""
    pages = book(contents)
    at = next((number for number, one in enumerate(pages) if one.path == page.resolve()), None)
    if at is None:
        return text
    links = [f"[The book]({_way(page, contents)})"]
    links += [f"back: [{one.title}]({_way(page, one.path)})" for one in pages[max(at - 1, 0) : at]]
    links += [f"next: [{one.title}]({_way(page, one.path)})" for one in pages[at + 1 : at + 2]]
    return f"{_LAST_LINE.sub('', text).rstrip()}\n\n{' · '.join(links)}\n"


def _way(page: Path, target: Path) -> str:
    return Path(os.path.relpath(target.resolve(), page.resolve().parent)).as_posix()
