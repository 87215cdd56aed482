"""The command ``rootwatch``: its commands and how they end.

Exit codes: 0 done; 1 the answer is no (a demo whose alerts differ, say); 2 bad input, said in one sentence; 3
not all of the input could be read (scan, replay): what was told is not all there may be.
"""

from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = (
    "break-glass",
    "demo",
    "doctor",
    "explain",
    "incidents",
    "posture",
    "replay",
    "scan",
    "subscribe",
    "test-alert",
)


class _Commands(click.Group):
    """Imports a command when it is asked for: what reads files alone does not wait for boto3, nor can it call AWS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*_COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS and cmd_name not in self.commands:
            name = cmd_name.replace("-", "_")
            self.add_command(getattr(import_module(f"rootwatch_cli.{name}"), name))
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="rootwatch", message="%(prog)s %(version)s")
def main() -> None:
    """Tells a security team, within seconds and once, that somebody used the root user of any of their AWS accounts."""
