"""``rootwatch scan --athena``: a plan of statements, printed, or carried out so that the answer equals ``scan``'s."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import boto3
import click
import msgspec
from botocore.exceptions import BotoCoreError

from rootwatch.archive import Found
from rootwatch.core.settings import Settings
from rootwatch_cli.athena.answer import found_of
from rootwatch_cli.athena.place import accounts_below, root_of
from rootwatch_cli.athena.question import questions
from rootwatch_cli.athena.run import Runner
from rootwatch_cli.athena.table import DEPLOYED_TABLE, DEPLOYED_WORKGROUP, LogTable
from rootwatch_cli.history.concerning import Concerning
from rootwatch_cli.history.selection import Selection
from rootwatch_cli.settings_file import BadInputError

_DEFAULT_WORKGROUP: Final = "primary"


class Plan(msgspec.Struct, frozen=True):
    """What makes the table where it is not there yet, and the queries."""

    table: LogTable
    makes: tuple[str, ...]
    queries: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(f"{statement};\n\n" for statement in (*self.makes, *self.queries)).rstrip("\n")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the options ask for. ``results``: where Athena keeps what it found, if the workgroup does not say."""

    names: tuple[str, ...]
    selection: Selection
    settings: Settings | None
    profile: str | None
    workgroup: str | None
    results: str | None


def plan(asked: Asked, session: boto3.session.Session) -> Plan:
    """The plan. S3 is asked for nothing but the accounts' folders, and only where no account is named."""
    if asked.selection.since is None:
        raise BadInputError("Say how far back with --since: Athena looks at each day of each account and Region.")
    root = root_of(asked.names, asked.settings)
    given = _is_deployed(asked)
    table = LogTable(root=root, regions=_regions(asked, session), given_name=DEPLOYED_TABLE if given else "")
    accounts: Sequence[str] = sorted(asked.selection.accounts | asked.selection.explainers)
    if not asked.selection.accounts:
        accounts = list(accounts_below(root, session.client("s3")))
        if not accounts:
            raise BadInputError(f"No account has log files below {root}.")
    asked_for = questions(asked.selection, accounts, table, datetime.now(UTC).date())
    return Plan(
        table=table,
        makes=() if given else tuple(table.statements()),
        queries=tuple(question.sql(table) for question in asked_for),
    )


def ask(
    asked: Asked,
    *,
    progress: Callable[[str, int], None],
    wait: Callable[[float], None] = time.sleep,
    session: boto3.session.Session | None = None,
) -> Iterator[Found]:
    """Carries the plan out and yields what concerns us, as ``read_all`` would. Ends with what it cost, on stderr."""
    session = session or session_of(asked.profile, asked.settings)
    planned = plan(asked, session)
    workgroup = asked.workgroup or (DEPLOYED_WORKGROUP if _is_deployed(asked) else _DEFAULT_WORKGROUP)
    runner = Runner(session.client("athena"), workgroup=workgroup, results=asked.results, wait=wait, progress=progress)
    for statement in planned.makes:
        runner.run(statement)
    now = datetime.now(UTC).replace(microsecond=0)
    concerning = Concerning(selection=asked.selection, settings=asked.settings, now=now)
    for statement in planned.queries:
        for row in runner.rows(runner.run(statement)):
            found = found_of(row)
            if concerning(found.item):
                yield found
    click.echo(f"Athena: {len(planned.queries):,} queries, {runner.spent.hint()}.", err=True)


def session_of(profile: str | None, settings: Settings | None) -> boto3.session.Session:
    """A session in the Region of the usual AWS environment, else in the hub's. Raises BadInputError."""
    try:
        region = boto3.session.Session(profile_name=profile).region_name or os.environ.get("AWS_REGION")
    except BotoCoreError as error:
        raise BadInputError(f"{error}.") from None
    region = region or (settings.hub_region if settings else None)
    if region is None:
        raise BadInputError("Say in which Region to ask Athena: set AWS_REGION, or region in the profile.")
    return boto3.session.Session(profile_name=profile, region_name=region)


def _is_deployed(asked: Asked) -> bool:
    """Whether the table is the one that the hub's stack makes over the trail of our own."""
    trail = asked.settings.trail if asked.settings else None
    return not asked.names and trail is not None and trail.create


def _regions(asked: Asked, session: boto3.session.Session) -> tuple[str, ...]:
    """The settings' Regions; without settings all that boto3 knows CloudTrail in, and those that are asked for."""
    if asked.settings:
        return tuple(sorted({*asked.settings.regions, *asked.selection.regions}))
    known: list[Any] = session.get_available_regions("cloudtrail")
    return tuple(sorted({*known, *asked.selection.regions}))
