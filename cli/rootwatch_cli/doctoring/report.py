"""Findings as text for people, or as JSON."""

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from rootwatch.render.clean import clean
from rootwatch_cli.doctoring.finding import STATES, Finding, State, exit_code

_INDENT: Final = 11
_LONGEST: Final = 4_000
_WORDS: Final[dict[State, str]] = {"ok": "ok", "warn": "WARNING", "fail": "FAIL", "unknown": "UNKNOWN"}
_COUNTED: Final[dict[State, tuple[str, str]]] = {
    "ok": ("ok", "ok"),
    "warn": ("warning", "warnings"),
    "fail": ("failure", "failures"),
    "unknown": ("unknown", "unknown"),
}


def text(findings: Sequence[Finding], width: int) -> str:
    """All of them under their sections, at most ``width`` columns; what is to be copied is never broken."""
    parts = []
    for section, group in groupby(findings, key=lambda finding: finding.section):
        parts.append("\n".join([section, *(_lines(finding, width) for finding in group)]))
    return "\n\n".join([*parts, counted(findings)])


def counted(findings: Iterable[Finding]) -> str:
    """``7 ok, 1 warning, 2 failures.``"""
    states = [finding.state for finding in findings]
    counts = {state: states.count(state) for state in STATES}
    said = [f"{count} {_COUNTED[state][count != 1]}" for state, count in counts.items() if count]
    return f"{', '.join(said) or 'Nothing was looked at'}."


def as_json(findings: Sequence[Finding], **more: object) -> str:
    """One object: ``ok`` says whether nothing fails."""
    return msgspec.json.format(
        msgspec.json.encode({"ok": exit_code(findings) == 0, **more, "findings": findings})
    ).decode()


def _lines(finding: Finding, width: int) -> str:
    blank = " " * _INDENT
    lines = [_wrapped(finding.says, f"  {_WORDS[finding.state]:<{_INDENT - 2}}", blank, width)]
    if finding.do:
        lines.append(_wrapped(finding.do, blank, blank, width))
    if finding.run:
        lines.append(textwrap.indent(finding.run, blank + "  "))
    return "\n".join(lines)


def _wrapped(words: str, first: str, rest: str, width: int) -> str:
    """Names of accounts and policies are other people's words: one visible line, whatever they hold."""
    return textwrap.fill(
        clean(words, _LONGEST),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )
