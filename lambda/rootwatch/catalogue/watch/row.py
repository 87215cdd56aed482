"""One row of the watch events, and reading the rows from the TOML files that people write."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from rootwatch.catalogue.act import Advice, Technique
from rootwatch.catalogue.pattern import PatternError, compile_pattern
from rootwatch.catalogue.rows import CatalogueError
from rootwatch.core.words import Harm, Severity, WatchKind

HERE: Final = Path(__file__).parent

Words = Annotated[str, Meta(pattern=r"^[a-z][^*`_\n]*[^.\n]$", max_length=100)]
FieldPath = Annotated[str, Meta(pattern=r"^[A-Za-z]+(\.[A-Za-z]+)*$")]

Sentences = Annotated[str, Meta(pattern=r"^[A-Za-z].*\.$", max_length=240)]

# All that we deploy has this in its name, which stands in one of these parameters.
OURS: Final = "rootwatch"
_NAMING_PARAMETERS: Final = (
    "name", "eventBusName", "functionName", "queueUrl", "roleName", "rule",
    "secretId", "stackName", "stackSetName", "subscriptionArn", "tableName", "topicArn",
)  # fmt: skip
_RESOURCE_TYPE: Final = re.compile(r"^(trail|rule|event-bus|role|secret|function|stack|stackset|table|schedule)[/:]")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one kind of call, or of service event, means when somebody who is not root makes it.

    ``says`` follows who did it ("ana stopped the trail main"), ``tried`` follows "ana tried to "; both may hold
    ``{thing}``, what the first of the paths ``thing`` holds, and ``{name}``, the eventName. ``short`` stands in for
    ``says`` in a headline, where the account follows. ``account`` are the paths
    to the account concerned, where that is not the one in which the call was made; they count only in records of the
    management account and its delegates, and ``central`` rows fit nowhere else. With ``ours`` the row fits only if
    ``thing``, or else any parameter that names things, names a part of rootwatch. With ``deploys`` such a call that
    CloudFormation makes is part of a deployment.
    """

    services: Annotated[list[str], Meta(min_length=1)]
    kind: WatchKind
    harm: Harm
    severity: Severity
    says: Words
    tried: Words
    short: Words | None = None
    means: Sentences
    do_now: Advice
    name: str = ""
    prefix: str = ""
    when: dict[str, object] | None = None
    technique: Technique = ""
    thing: list[FieldPath] = []
    account: list[FieldPath] = []
    ours: bool = False
    deploys: bool = False
    central: bool = False
    example: dict[str, object] = {}

    def __post_init__(self) -> None:
        if bool(self.name) == bool(self.prefix):
            raise ValueError("write either name or prefix")

    def names(self, event_name: str) -> bool:
        """Whether the row is about calls of this name."""
        return event_name == self.name if self.name else event_name.startswith(self.prefix)

    def part(self, record: Mapping[str, object]) -> str | None:
        """What the call was about, by its bare name: a trail's, a queue's, an account's id; None if it says nothing."""
        paths = self.thing or [f"requestParameters.{name}" for name in _NAMING_PARAMETERS if self.ours]
        values = (value for path in paths for value in _texts(record, path))
        found = next((value for value in values if not self.ours or OURS in value), None)
        return _bare(found) if found else None


def parse_toml(text: str, file: str) -> list[Row]:
    """One file's rows, in order. Raises CatalogueError: one sentence that names the file and the row."""
    import tomllib  # here, since the Lambda reads JSON and should not pay for it

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file} is not TOML: {error}.") from error
    events = document.get("event")
    if not isinstance(events, list) or set(document) != {"event"}:
        raise CatalogueError(f"{file} has to hold [[event]] tables, one a row, and nothing else.")
    return [_row(event, f"{file}, event {number}") for number, event in enumerate(events, 1)]


def read_toml_files(folder: Path = HERE) -> list[Row]:
    """The rows of all files of a folder, by file name. Raises CatalogueError."""
    return [row for path in sorted(folder.glob("*.toml")) for row in parse_toml(path.read_text("utf-8"), path.name)]


def _row(event: object, where: str) -> Row:
    try:
        row = msgspec.convert(event, Row)
        if row.when is not None:
            compile_pattern(row.when)
    except (msgspec.ValidationError, PatternError) as error:
        name = event.get("name") or event.get("prefix") if isinstance(event, dict) else None
        raise CatalogueError(f"{where} ({name}): {error}.") from error
    return row


def _texts(record: Mapping[str, object], path: str) -> Iterator[str]:
    value: object = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    values: Sequence[object] = value if isinstance(value, list) else [value]
    yield from (text for text in values if isinstance(text, str) and text)


def _bare(value: str) -> str:
    """``main`` of a trail's ARN, ``rootwatch-records`` of a queue's address; anything else as it is."""
    if value.startswith("arn:"):
        if value.endswith(":root"):
            return value.removesuffix(":root").rpartition(":")[2]
        return _RESOURCE_TYPE.sub("", value.split(":", 5)[-1])
    return value.rpartition("/")[2] if value.startswith("https://") else value
