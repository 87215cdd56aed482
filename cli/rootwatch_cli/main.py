"""The command ``rootwatch``: its commands and how they end.

Exit codes: 0 done; 1 the answer is no (a demo whose alerts differ, say); 2 bad input, said in one sentence; 3
not all of the input could be read (scan, replay): what was told is not all there may be.
"""

import errno
import io
import sys
from importlib import import_module
from typing import Any, Final

import click

_COMMANDS: Final = {
    "Before you deploy": {
        "explain": "Is this record root use, and what would be told?",
        "scan": "Find every use of root in log files.",
        "replay": "What would have been told of the past.",
        "demo": "Watch alerts travel the real path, on this machine.",
    },
    "Deploy, and prove that it works": {
        "doctor": "Who is heard, what is unwell, what to do.",
        "subscribe": "E-mail subscriptions that no link can end.",
        "test-alert": "Ring every channel, and time each.",
    },
    "From day to day": {
        "break-glass": "Declare planned root use, approve and end it.",
        "incidents": "The ledger: who declared, who did, who was told.",
        "posture": "How root and other credentials are guarded.",
    },
}
_NAMES: Final = frozenset(name for group in _COMMANDS.values() for name in group)


class _DiskFullError(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """Imports a command when it is asked for: what reads files alone does not wait for boto3, nor can it call AWS."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*_NAMES, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _NAMES and cmd_name not in self.commands:
            name = cmd_name.replace("-", "_")
            self.add_command(getattr(import_module(f"rootwatch_cli.{name}"), name))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise _DiskFullError(
                "There is no room left on a disk: where is written to, or for temporary files (TMPDIR)."
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for heading, commands in _COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl(list(commands.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="rootwatch", message="%(prog)s %(version)s")
def main() -> None:
    """Tells a security team, within seconds and once, that somebody used the root user of any of their AWS accounts."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What the terminal's encoding lacks is a question mark there, and ends no command in the middle.
        sys.stdout.reconfigure(errors="replace")
