"""The command line's own help."""

from collections.abc import Iterator

import click

from rootwatch_cli.main import main

_WIDTH = 90


def commands() -> str:
    """The help of every command."""
    return "\n\n".join(f"## `{name}`\n\n```text\n{text}\n```" for name, text in _help(main, "rootwatch", None))


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = command.make_context(name, [], parent, resilient_parsing=True, terminal_width=_WIDTH)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found:
                yield from _help(found, child, context)
