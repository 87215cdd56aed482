"""``rootwatch break-glass``: declared windows of planned root use, from the asking to the clearing up."""

from rootwatch_cli.break_glass.commands import break_glass

__all__ = ["break_glass"]
