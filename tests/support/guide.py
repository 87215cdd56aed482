"""A guide that is executed: the blocks of a Markdown page in order, and a terminal that runs them word for word.

What a block is for, an HTML comment above it says. ``…`` in what a page shows stands for anything.

| comment | block |
| --- | --- |
| ``run`` | shell commands, in every way of following the page |
| ``run: own trail, existing trail`` | the same, in these ways alone |
| ``not run: why`` | shell commands that a test cannot run |
| ``shows`` | what the shell block before it puts out: these lines, in this order, others between them |
| ``shows in any order`` | the same for lines that come as they happen |
| ``settings`` | the settings, a JSON object |
| ``settings: existing trail`` | what is other in the settings that way: members of the object |
| ``file: name`` | a file that the reader is told to save |
| ``meanwhile: coverage`` | no block: what happens by itself before the next one |
"""

import codecs
import errno
import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PART = re.compile(
    r"^(?:[ ]*<!-- (?P<comment>(?:run|not run|shows|settings|file|meanwhile)\b[^\n]*?) -->\n)?"
    r"(?:(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<body>.*?)^[ ]*```$)?",
    re.DOTALL | re.MULTILINE,
)
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")
_HALF = re.compile(r"\x1b(?:\[[0-9;?]*|[()])?\Z")
_LAST = 4000


class GuideError(Exception):
    """The page can't be followed; the message says where."""


@dataclass(frozen=True)
class Block:
    """``kind`` is the comment's first word, ``of`` what follows its colon, ``body`` the text within the fence."""

    kind: str
    of: str
    language: str
    body: str

    def is_for(self, way: str) -> bool:
        """Whether it belongs to a way of following the page; one that names none belongs to all."""
        return not self.of or way in [one.strip() for one in self.of.split(",")]


def blocks(page: str) -> list[Block]:
    """Every block of a page that has a comment. Raises GuideError for shell commands of which nothing is said."""
    found = []
    for part in _PART.finditer(page):
        comment, language = part["comment"], part["language"]
        if comment:
            kind, _, of = comment.partition(":")
            indent = part["indent"] or ""
            body = "".join(line.removeprefix(indent) for line in (part["body"] or "").splitlines(keepends=True))
            found.append(Block(kind.strip(), of.strip(), language or "", body))
        elif language == "sh":
            raise GuideError(f"A shell block says neither that it is run nor why it is not: {part['body']}")
    return found


def words(line: str) -> str:
    """A line without its widths; blanks around ``…`` say nothing."""
    return re.sub(r" ?… ?", "…", " ".join(line.split()))


def missing(shown: str, said: str, *, in_order: bool = True, alike: Callable[[str], str] = words) -> str:
    """The first line of what a page shows that did not come, in its place, in what was said; "" if all did.

    ``…`` in what is shown stands for anything; ``alike`` takes from a line what need not be the same.
    """
    every = [alike(line) for line in said.splitlines()]
    rest = iter(every)
    for wanted in shown.splitlines():
        if wanted.strip() in ("", "…"):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in alike(wanted).split("…")))
        if not any(pattern.fullmatch(line) for line in (rest if in_order else every)):
            return wanted
    return ""


@dataclass
class Terminal:
    """A terminal at which a block is typed. ``answers`` are for what is asked: a pattern, and what is then typed."""

    folder: Path
    environment: Mapping[str, str]
    answers: Sequence[tuple[str, Callable[[], str]]] = ()
    seconds: float = 300.0

    def type(self, commands: str) -> tuple[int, str]:
        """Runs them in one shell that stops at the first failure; returns its exit code and all that it put out."""
        ours, theirs = pty.openpty()
        try:
            shell = subprocess.Popen(
                ["bash", "-euo", "pipefail", "-c", commands],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
            os.close(theirs)
            try:
                said = self._listen(ours)
                return shell.wait(10), said
            finally:
                if shell.poll() is None:
                    os.killpg(shell.pid, 9)
                    shell.wait()
        finally:
            os.close(ours)

    def _listen(self, ours: int) -> str:
        said, told, until = _Said(), 0, time.monotonic() + self.seconds
        while chunk := _read(ours, until):
            said.more(chunk)
            for asked, answer in self.answers:
                if re.search(asked + r"\s*\Z", said.since(told)):
                    told = said.length
                    os.write(ours, f"{answer()}\n".encode())
        if time.monotonic() >= until:
            raise GuideError(f"It did not end within {self.seconds:.0f} seconds: {said.text[-_LAST:]}")
        return said.text


class _Said:
    """What was put out, without control sequences. A letter or a control sequence may come in two halves."""

    def __init__(self) -> None:
        self._letters = codecs.getincrementaldecoder("utf-8")("replace")
        self._half = ""
        self._parts: list[str] = []
        self._tail = ""
        self.length = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)

    def more(self, chunk: bytes) -> None:
        """Takes in what came next."""
        came = self._half + self._letters.decode(chunk)
        self._half = found[0] if (found := _HALF.search(came)) else ""
        part = _CONTROL.sub("", came.removesuffix(self._half))
        self._parts.append(part)
        self._tail = (self._tail + part)[-_LAST:]
        self.length += len(part)

    def since(self, length: int) -> str:
        """What came behind that length; of very much, the end."""
        new = self.length - length
        return self._tail[-new:] if new else ""


def _read(ours: int, until: float) -> bytes:
    """What came next; nothing at the end, or when the time is up."""
    left = until - time.monotonic()
    ready = left > 0 and select.select([ours], [], [], left)[0]
    if not ready:
        return b""
    try:
        return os.read(ours, 65536)
    except OSError as error:
        if error.errno == errno.EIO:  # Linux's word for: nobody has the other end any more
            return b""
        raise
