"""Reading the rows: from the TOML files that people write, or from the JSON that the asset's builder makes of them."""

import re
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from rootwatch.catalogue.act import Meaning
from rootwatch.catalogue.pattern import PatternError, compile_pattern

HERE: Final = Path(__file__).parent

_FIELD_OF_MESSAGE: Final = re.compile(r"\$\.(?P<invalid>\w+)|field `(?P<named>\w+)`")
_WHAT_TO_WRITE: Final = {
    "name": "the CloudTrail eventName, exactly as logged",
    "harm": "access, change, identity, credentials, watch or account",
    "severity": "low, medium, high or critical",
    "says": 'plain words in the past tense that follow "root ", without a full stop, at most 90 characters',
    "tried": 'plain words that follow "root tried to ", without a full stop, at most 90 characters',
    "technique": 'a MITRE ATT&CK id such as T1098.001, or ""',
    "do_now": "one or two sentences for the person on call, at most 240 characters",
    "window": "yes, never, password, mfa or contact",
    "changes": "true or false",
    "needs_root": "true or false",
    "central": 'the name of a root task policy, or ""',
    "when": "a table in EventBridge's pattern language",
    "example": "a part of a CloudTrail record that the row fits, as a table",
    "service": "the CloudTrail eventSource, such as iam.amazonaws.com",
    "also": "a list of further eventSources of the same service",
    "action": "one [[action]] table a row",
}


class CatalogueError(ValueError):
    """One sentence that names the file, the row and the field, and says what to write there."""


class Row(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One ``[[action]]``: a meaning, when it fits, and a part of a record that shows it."""

    when: dict[str, object] | None = None
    example: dict[str, object] = msgspec.field(default_factory=dict)


class Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file: the rows of one service. ``also`` holds further eventSources under which it logs the same actions."""

    service: Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.(amazonaws|amazon)\.com$")]
    action: list[Row]
    also: list[str] = msgspec.field(default_factory=list)


def parse_toml(text: str, file: str) -> Service:
    """One file's rows. Raises CatalogueError."""
    import tomllib  # here, since the Lambda reads JSON and should not pay for it

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{file} is not TOML: {error}.") from error
    return parse(document, file)


def parse(document: dict[str, object], file: str) -> Service:
    """One service's rows, each checked by itself and against those before it. Raises CatalogueError."""
    actions = document.get("action")
    if not isinstance(actions, list) or not actions:
        raise CatalogueError(f"{file} has no [[action]]: write {_WHAT_TO_WRITE['action']}.")
    rows = [_row(action, file, number) for number, action in enumerate(actions, 1)]
    try:
        service = msgspec.convert({**document, "action": []}, Service)
    except msgspec.ValidationError as error:
        raise CatalogueError(_sentence(file, error)) from error
    _refuse_unreachable(rows, file)
    return Service(service=service.service, also=service.also, action=rows)


def read_toml_files(folder: Path = HERE) -> list[Service]:
    """All files of a folder by name. Raises CatalogueError."""
    services = [parse_toml(path.read_text("utf-8"), path.name) for path in sorted(folder.glob("*.toml"))]
    sources = [source for service in services for source in (service.service, *service.also)]
    twice = {source for source in sources if sources.count(source) > 1}
    if twice:
        raise CatalogueError(f"{', '.join(sorted(twice))} is the service of two files: put all its rows into one.")
    return services


def _row(action: object, file: str, number: int) -> Row:
    name = action.get("name") if isinstance(action, dict) else None
    where = f"{file}, action {number} ({name})" if isinstance(name, str) else f"{file}, action {number}"
    try:
        row = msgspec.convert(action, Row)
        if row.when is not None:
            compile_pattern(row.when)
    except msgspec.ValidationError as error:
        raise CatalogueError(_sentence(where, error)) from error
    except PatternError as error:
        raise CatalogueError(f"{where}: {error}.") from error
    return row


def _sentence(where: str, error: msgspec.ValidationError) -> str:
    message = str(error)
    found = _FIELD_OF_MESSAGE.search(message)
    field = (found["invalid"] or found["named"]) if found else ""
    if "unknown field" in message:
        return f"{where}: there is no field {field}; the fields are {', '.join(Row.__struct_fields__)}."
    fault = "is missing" if "missing required" in message else "is wrong"
    hint = _WHAT_TO_WRITE.get(field)
    return f"{where}: {field} {fault}; write {hint}." if hint else f"{where}: {message}."


def _refuse_unreachable(rows: list[Row], file: str) -> None:
    taken: dict[str, list[dict[str, object] | None]] = {}
    for number, row in enumerate(rows, 1):
        before = taken.setdefault(row.name, [])
        if None in before or row.when in before:
            raise CatalogueError(
                f"{file}, action {number} ({row.name}): a row of this name before it fits first, always; "
                "give that one a when, or put this one before it."
            )
        before.append(row.when)
