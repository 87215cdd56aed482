"""``rootwatch explain``: what would each record be to us, and why? No AWS call, no table: the core alone."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from rootwatch.core.reading import read
from rootwatch.core.record import Item
from rootwatch.core.settings import Settings
from rootwatch.core.tags import Tagging
from rootwatch_cli.explanation import Explanation, explanation, show, summary
from rootwatch_cli.judging import believing, judged, knowledge
from rootwatch_cli.settings_file import BadInputError, read_deployed
from rootwatch_cli.sources import read_sources
from rootwatch_cli.windows_file import read_windows, windows_option


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    help="Text for people, or one JSON object a record and line.",
)
@windows_option("--window")
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
    settings = read_deployed(settings_file) if settings_file else believing(items)
    windows = read_windows(windows_file) if windows_file else []
    lines = explain_items(items, windows, settings, now)
    for line in lines:
        click.echo(msgspec.json.encode(line).decode() if style == "jsonl" else show(line))
    damage = [source.damage for source in sources if source.damage]
    if style == "text" and (lines or not damage):  # "0 records" of what could not be read would sound like an answer
        click.echo(summary(lines))
    if damage:
        raise BadInputError(f"Not all of the input could be read: {'; '.join(damage)}.")


def explain_items(
    items: Iterable[Item], windows: Iterable[Tagging], settings: Settings, now: datetime
) -> list[Explanation]:
    """Each item judged as the first of its account. ``windows`` are tags besides those that the items set."""
    items = list(items)
    known = knowledge(items, windows, settings)
    return [explanation(index, item, judged(item, known, settings, now)) for index, item in enumerate(items)]
