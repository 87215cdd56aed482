"""``rootwatch demo``: root activity travels the real path on this machine, and its alerts are compared with what they
should be."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rootwatch_cli.settings_file import BadInputError
from rootwatch_local.embedded.aws import EmbeddedAwsError
from rootwatch_local.embedded.cdk import CdkError
from rootwatch_local.play import Message, Played, faults, play
from rootwatch_local.story import Beat, Expected, story
from rootwatch_local.world import ORGANISATION, REGIONS, World, WorldError

_COLOURS = {"PagerDuty": "bold red", "Slack": "magenta", "e-mail": "cyan"}


@click.command()
@click.option("--keep", is_flag=True, help="Keep the inbox page up at the end, until Ctrl-C.")
@click.pass_context
def demo(context: click.Context, *, keep: bool) -> None:
    """Watch root activity travel the real path, on this machine alone.

    Five accounts in five Regions on an embedded AWS, rootwatch deployed on it by the CDK command line, local receivers
    for PagerDuty, Slack and e-mail. Ends with what was expected and what was received; exit code 0 if they agree.
    """
    if shutil.which("node") is None:
        raise BadInputError("There is no node on the path, which the CDK runs on: install Node 20 or later.")
    console = Console(highlight=False, soft_wrap=True)
    began = time.monotonic()
    try:
        with _world(console) as world:
            console.print(f"  deployed   in {time.monotonic() - began:.1f} s: hub, members, management account")
            console.print(f"  inbox      {world.receivers.url} shows what the readers see\n")
            agreed = _tell_story(console, world, began)
            if keep:
                _wait_for_interrupt(console, world.receivers.url)
    except (WorldError, EmbeddedAwsError, CdkError) as error:
        raise BadInputError(str(error)) from None
    except KeyboardInterrupt:
        console.print("\nStopped; everything that was started has ended.")
        context.exit(130)
    context.exit(0 if agreed else 1)


@contextmanager
def _world(console: Console) -> Iterator[World]:
    accounts, regions = len(ORGANISATION.accounts), len(REGIONS)
    console.print(
        f"[bold]rootwatch demo[/bold] · an AWS organisation on this machine: {accounts} accounts, {regions} Regions"
    )
    with console.status("deploying with the CDK command line …") as status, World() as world:
        status.stop()
        yield world


def _tell_story(console: Console, world: World, began: float) -> bool:
    """Plays every beat; says whether all that was received is what was expected."""
    played: list[Played] = []
    first_alert: float | None = None

    def tell(message: Message) -> None:
        nonlocal first_alert
        first_alert = first_alert or time.monotonic() - began
        _show_message(console, message)

    for beat in story():
        _show_beat(console, beat)
        played.append(play(world, beat, tell))
        console.print(Text(f"           {beat.note}\n", style="dim"))
    problems = faults(world)
    console.print(_table(played), soft_wrap=False)
    for problem in problems:
        console.print(Text(problem, style="red"))
    agreed = all(one.agrees for one in played) and not problems
    verdict = "Everything that was expected was received, and nothing else." if agreed else "They do not agree."
    console.print(f"{verdict} The first alert came {first_alert or 0:.0f} s after the start.")
    return agreed


def _show_beat(console: Console, beat: Beat) -> None:
    console.print(Text.assemble((f"{time.strftime('%H:%M:%S', time.gmtime())}   ", "dim"), (beat.title, "bold")))
    console.print(Text(f"           {beat.account.name} · {beat.account.id} · {beat.region}", style="dim"))


def _show_message(console: Console, message: Message) -> None:
    line = Text.assemble(
        (f"  +{message.after:5.1f} s ", "dim"), (f"{message.reader:<10}", _COLOURS[message.reader]), message.headline
    )
    console.print(line, no_wrap=True, overflow="ellipsis", soft_wrap=False)


def _table(played: list[Played]) -> Table:
    table = Table(title="expected / received", title_justify="left", caption_justify="left")
    table.add_column("what happened")
    for name in ("pages", "Slack", "e-mail"):
        table.add_column(name, justify="right")
    table.add_column("")
    for one in played:
        table.add_row(one.beat.title, *_pairs(one.beat.expected, one.received), "✓" if one.agrees else "[red]✗[/red]")
    return table


def _pairs(expected: Expected, received: Expected) -> list[str]:
    return [
        f"{expected.pages} / {received.pages}",
        f"{expected.slack} / {received.slack}",
        f"{expected.mails} / {received.mails}",
    ]


def _wait_for_interrupt(console: Console, url: str) -> None:
    console.print(f"The inbox stays up at {url} until Ctrl-C.")
    while True:
        signal.pause()
