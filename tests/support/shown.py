"""The commands that the pages show: those of every shell block, and what a transcript types after its ``$``.

A command is compared without its comment, its folder (``.venv/bin/``, ``node_modules/.bin/``) and its line breaks.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from tests.support.guide import missing

SHELLS = ("sh", "bash", "console")
FENCE = re.compile(r"^(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<body>.*?)^[ ]*```$", re.DOTALL | re.MULTILINE)
_PART = re.compile(r"<!-- begin: [^>]+ -->\n.*?<!-- end: [^>]+ -->", re.DOTALL)
_FOLDER = re.compile(r"(?<![\w/])(?:\.venv/bin|node_modules/\.bin)/")
_COMMENT = re.compile(r"(?:^|\s)#\s.*$")
_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_DURATION = re.compile(r"\b\d+(?:\.\d+)? (?:h(?: \d+ min)?|min|s)\b")
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12}\b")


class Shown(NamedTuple):
    """A command as a page shows it, and what it is shown to put out: nothing in a block of commands alone.

    ``generated``: it stands in a part that the code writes, so that what is shown can't have drifted.
    """

    page: str
    command: str
    output: str = ""
    generated: bool = False


def commands(page: Path, name: str) -> list[Shown]:
    """Every command of a page, in its order."""
    text = page.read_text("utf-8")
    parts = [found.span() for found in _PART.finditer(text)]
    found = []
    for fence in FENCE.finditer(text):
        generated = any(start <= fence.start() < end for start, end in parts)
        body = "".join(line.removeprefix(fence["indent"]) for line in fence["body"].splitlines(keepends=True))
        if fence["language"] in SHELLS and not body.startswith("$ "):
            found += [Shown(name, command, "", generated) for command in _typed(body)]
        else:
            found += [Shown(name, command, output, generated) for command, output in _answered(body)]
    return found


def _typed(body: str) -> Iterator[str]:
    for line in body.replace("\\\n", " ").splitlines():
        if command := plain(line):
            yield command


def _answered(body: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        typed, _, output = part.partition("\n")
        yield plain(typed), output


def plain(line: str) -> str:
    """A command as it is compared."""
    return " ".join(_FOLDER.sub("", _COMMENT.sub("", line)).split())


def simple(command: str) -> list[list[str]]:
    """The words of each simple command in a line of shell, of its substitutions too, without assignments."""
    inner = [found[1] for found in _SUBSTITUTION.finditer(command)]
    if inner:
        return [words for part in (_SUBSTITUTION.sub("…", command), *inner) for words in simple(part)]
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    for word in lexer:
        if word in ("|", "||", "&&", ";", "&"):
            found.append([])
        elif found[-1] or not re.match(r"\w+=", word):
            found[-1].append(word)
    return [words for words in found if words]


def parse(main: click.Group, words: Sequence[str]) -> str:
    """What the real parser has against a command line; "" if nothing. Files need not be there, and nothing is run."""
    command: click.Command = main
    context = click.Context(main, info_name="rootwatch")
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        child = command.get_command(context, name)
        if child is None:
            return f"There is no command {name}."
        command, context = child, click.Context(child, parent=context, info_name=name)
    try:
        given, left, _ = command.make_parser(context).parse_args(rest)
        for parameter in command.get_params(context):
            value = given.get(parameter.name or "")
            if not isinstance(parameter.type, click.Path | click.File):
                parameter.process_value(context, parameter.get_default(context) if value is None else value)
    except click.ClickException as error:
        return error.format_message()
    return f"{' '.join(left)} is too much." if left and not isinstance(command, click.Group) else ""


def shape(line: str) -> str:
    """A line without what differs each time: times, durations, ids, widths."""
    return " ".join(re.sub(r"\d+", "0", _ID.sub("0", _DURATION.sub("0 s", line))).split())


def unlike(shown: str, said: str, *, in_order: bool = True) -> str:
    """The first line of what is shown whose shape did not come, as ``missing`` has it."""
    return missing(shown, said, in_order=in_order, alike=shape)
