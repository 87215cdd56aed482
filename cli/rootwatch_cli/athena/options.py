"""The options by which Athena is asked, and what they come to."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
import msgspec

_T = TypeVar("_T")


class AthenaOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``--athena`` and what goes with it."""

    athena: bool
    run: bool
    workgroup: str | None
    results: str | None


def athena_options(command: Callable[..., _T]) -> Callable[..., _T]:
    """Adds the options: the command gets all of them as ``asked_of_athena``. Refuses what would do nothing."""

    @wraps(command)
    def with_options(**arguments: Any) -> _T:
        options = AthenaOptions(**{name: arguments.pop(name) for name in AthenaOptions.__struct_fields__})
        if not options.athena and (options.run or options.workgroup or options.results):
            raise click.UsageError("--run, --workgroup and --results go with --athena.")
        if options.athena and not options.run and (options.workgroup or options.results or arguments.get("output")):
            raise click.UsageError("With --athena, --workgroup, --results and --output go with --run.")
        return command(asked_of_athena=options, **arguments)

    added: Callable[..., _T] = with_options
    for option in (
        click.option("--results", metavar="s3://…", help="With --run: where Athena keeps what it found."),
        click.option("--workgroup", metavar="NAME", help="With --run: the workgroup; rootwatch's own, or primary."),
        click.option("--run", is_flag=True, help="With --athena: carry it out, and write what was found."),
        click.option("--athena", is_flag=True, help="Ask Athena: print the table and the queries."),
    ):
        added = option(added)
    return added
