"""``rootwatch test-alert``: a rehearsal to every channel, from the hub's queue on, with times."""

import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from rootwatch.core.rehearsal import Rehearsal
from rootwatch.core.words import CHANNELS, ChannelName
from rootwatch_cli.aws import Aws, asking, deployed
from rootwatch_cli.hub_options import hub_options
from rootwatch_cli.rehearsing import Arrival, Rehearsing
from rootwatch_cli.settings_file import BadInputError, read_deployed

_RESOLVE_SECONDS: Final = 30
_READERS: Final[dict[ChannelName, str]] = {"pagerduty": "PagerDuty", "slack": "Slack", "sns": "SNS"}


@click.command("test-alert")
@click.option(
    "--channel", "asked", multiple=True, type=click.Choice(CHANNELS), help="This channel alone; may be repeated."
)
@hub_options
@click.option("--wait", "seconds", type=click.IntRange(5, 600), default=90, show_default=True, help="Seconds to wait.")
@click.option("--resolve/--no-resolve", default=None, help="Resolve the alert in PagerDuty afterwards; else it asks.")
def test_alert(
    asked: tuple[ChannelName, ...], settings_file: Path, profile: str | None, seconds: int, *, resolve: bool | None
) -> None:
    """Send a test alert to every channel, and say how long each took.

    It is marked REHEARSAL, has the lowest urgency, and touches no incident. It enters at the hub's queue: that members
    are heard is proved by canaries (rootwatch doctor). Exit code 1 if a channel did not get it.
    """
    settings = read_deployed(settings_file)
    if missing := [name for name in CHANNELS if name in asked and name not in settings.channels]:
        raise BadInputError(f"The settings have no {' or '.join(missing)}: they name {', '.join(settings.channels)}.")
    channels = tuple(name for name in settings.channels if not asked or name in asked)
    aws = Aws.of(profile, settings.hub_region)
    rehearsal = Rehearsal(
        nonce=secrets.token_hex(6),
        step="alert",
        asked_by=aws.caller().arn[:256],
        asked_at=datetime.now(UTC),
        channels=channels,
    )
    rehearsing = Rehearsing(aws, deployed(aws, settings), rehearsal)
    click.echo(f"Rehearsal {rehearsal.nonce}: a test alert to {', '.join(_READERS[name] for name in channels)}.")
    with asking("send to the hub's queue, or read its table"):
        rehearsing.send()
        arrivals = rehearsing.wait(seconds, lambda arrival: click.echo(_line(arrival)))
    silent = [name for name in channels if name not in {arrival.channel for arrival in arrivals}]
    for name in silent:
        click.echo(f"  {_READERS[name]:<10} nothing within {seconds} s: look at the log of rootwatch-monitor")
    _resolve(rehearsing, arrivals, resolve)
    click.echo(_summary(arrivals, len(channels)))
    sys.exit(int(bool(silent) or any(arrival.state != "sent" for arrival in arrivals)))


def _line(arrival: Arrival) -> str:
    reader = f"  {_READERS[arrival.channel]:<10}"
    if arrival.state == "sent":
        note = " (which sends it to its subscribers: look whether it came)" if arrival.channel == "sns" else ""
        return f"{reader} took it after {arrival.seconds:.1f} s{note}"
    if arrival.state == "failed":
        return f"{reader} FAILED: {arrival.reason}"
    return f"{reader} not yet, and it is tried again: {arrival.reason}"


def _resolve(rehearsing: Rehearsing, arrivals: list[Arrival], resolve: bool | None) -> None:
    if not any(arrival.channel == "pagerduty" and arrival.state == "sent" for arrival in arrivals):
        return
    if resolve is None and not sys.stdin.isatty():
        resolve = True
    if resolve or (resolve is None and click.confirm("Resolve the alert in PagerDuty now?", default=True)):
        with asking("send to the hub's queue, or read its table"):
            done = rehearsing.resolve(_RESOLVE_SECONDS)
        click.echo(f"  PagerDuty  {'resolved' if done else f'not resolved within {_RESOLVE_SECONDS} s: do it there'}")
    else:
        click.echo("  PagerDuty  the alert stays open: resolve it there")


def _summary(arrivals: list[Arrival], asked: int) -> str:
    sent = sum(arrival.state == "sent" for arrival in arrivals)
    if sent == asked:
        return "Every channel took it. Whether it reached people, only they can say."
    return f"{sent} of {asked} channels took it."
