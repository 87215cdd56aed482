"""A finding: one thing that was looked at, how it stands, and what to do about it."""

from collections.abc import Callable, Iterable
from typing import Final, Literal, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.core.ports import StoreDownError
from rootwatch_cli.aws import reason

State = Literal["ok", "warn", "fail", "unknown"]
STATES: Final[tuple[State, ...]] = ("ok", "warn", "fail", "unknown")

T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``says``: a sentence on what is; ``do``: a sentence on what to do; ``run``: what to copy, a command or JSON."""

    section: str
    state: State
    says: str
    do: str = ""
    run: str = ""


class Section(msgspec.Struct, frozen=True):
    """Makes findings of one section of the report."""

    name: str

    def __call__(self, state: State, says: str, do: str = "", run: str = "") -> Finding:
        """A finding."""
        return Finding(section=self.name, state=state, says=says, do=do, run=run)

    def unknown(self, what: str, why: "Unknown", do: str = "") -> Finding:
        """The finding for what could not be asked."""
        return self(
            "unknown", f"Not known: {what} ({why.why}).", do or "Allow these credentials the call, and look again."
        )


class Unknown(msgspec.Struct, frozen=True):
    """What AWS would not say, and why: never taken for fine."""

    why: str


def ask(call: Callable[[], T]) -> T | Unknown:
    """What a call to AWS answers, or that it is unknown."""
    try:
        return call()
    except (ClientError, BotoCoreError) as error:
        return Unknown(reason(error))
    except StoreDownError as error:
        return Unknown(str(error))


def exit_code(findings: Iterable[Finding]) -> int:
    """1 if anything fails, else 0."""
    return int(any(finding.state == "fail" for finding in findings))


def named(values: Iterable[str], most: int = 5) -> str:
    """``a, b and 3 more``."""
    values = list(values)
    left = len(values) - most
    return ", ".join(values[:most]) + (f" and {left} more" if left > 0 else "")
