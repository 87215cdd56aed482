"""``rootwatch explain``: what would each record be to us, and why? No AWS call, no table: the core alone."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import msgspec

from rootwatch.catalogue import load
from rootwatch.core.decide import decide
from rootwatch.core.ports import Known
from rootwatch.core.reading import read
from rootwatch.core.record import Item, Record
from rootwatch.core.scopes import needs
from rootwatch.core.sections import PagerDuty, Slack
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging
from rootwatch.core.tasks import Task, is_assume_root, task_of
from rootwatch_cli.explanation import Explanation, explanation, show, summary
from rootwatch_cli.settings_file import BadInputError, read_settings
from rootwatch_cli.sources import read_sources
from rootwatch_cli.windows_file import read_windows, tags_by_account

_OF_OTHERS: Final = frozenset({"organizations.amazonaws.com", "account.amazonaws.com"})
_NOBODY: Final = "000000000000"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    help="Text for people, or one JSON object a record and line.",
)
@click.option(
    "--window",
    "windows_file",
    type=click.Path(path_type=Path),
    help="A file of break-glass windows: a line each, the account id, then the tag's value.",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    help="The settings: a JSON object, or a cdk.json that holds it. Without them every account is believed.",
)
def explain(files: tuple[str, ...], style: str, windows_file: Path | None, settings_file: Path | None) -> None:
    """Say of each CloudTrail record whether it is root use, why, and what would be sent.

    FILES are JSON, JSON lines or log files, plain or .gz; "-" is standard input. Each record is judged as the first of
    its account; AssumeRoot and tag records anywhere in the input are known to all. Nothing is sent, no AWS is called.
    """
    now = datetime.now(UTC)
    sources = list(read_sources(files))
    items = [item for source in sources for value in source.values for item in read(value)]
    settings = read_settings(settings_file) if settings_file else _believing(items)
    windows = read_windows(windows_file) if windows_file else []
    lines = explain_items(items, windows, settings, now)
    for line in lines:
        click.echo(msgspec.json.encode(line).decode() if style == "jsonl" else show(line))
    if style == "text":
        click.echo(summary(lines))
    damage = [source.damage for source in sources if source.damage]
    if damage:
        raise BadInputError(f"Not all of the input could be read: {'; '.join(damage)}.")


def explain_items(
    items: Iterable[Item], windows: Iterable[Tagging], settings: Settings, now: datetime
) -> list[Explanation]:
    """Each item judged as the first of its account. ``windows`` are tags besides those that the items set."""
    items = list(items)
    tasks, tags, catalogue = _tasks(items), tags_by_account(items, windows, settings), load()
    lines = []
    for index, item in enumerate(items):
        needed = needs(item, settings, now)
        known = Known(
            task=tasks.get(needed.access_key or ""),
            tags={account: tags[account] for account in needed.tags_of if account in tags},
        )
        lines.append(explanation(index, item, decide(item, known, settings, catalogue, now)))
    return lines


def _tasks(items: Iterable[Item]) -> dict[str, Task]:
    found = (task_of(item) for item in items if isinstance(item, Record))
    return {task.access_key_id: task for task in found if task}


def _believing(items: list[Item]) -> Settings:
    """Settings for input whose organisation we don't know: AWS let these accounts call AssumeRoot and change others."""
    records = [item for item in items if isinstance(item, Record)]
    callers = {r.account for r in records if r.account and (is_assume_root(r) or r.source in _OF_OTHERS)}
    return Settings(
        organization_id="o-unknown00000",
        management_account=_NOBODY,
        hub_account=_NOBODY,
        hub_region="us-east-1",
        organizational_units=("r-unknown",),
        regions=("us-east-1",),
        root_access_administrators=tuple(sorted(callers)),
        slack=Slack(secret="unknown"),  # noqa: S106 # a secret's name, and not one that exists
        pagerduty=PagerDuty(secret="unknown"),  # noqa: S106 # the same
    )
