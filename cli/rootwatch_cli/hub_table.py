"""The hub's table, for commands that read it with credentials of the hub account."""

from collections.abc import Iterator
from contextlib import contextmanager

from rootwatch.core.ports import StoreDownError
from rootwatch.core.settings import Settings
from rootwatch.edge.posture_table import PostureTable
from rootwatch.edge.table import Table
from rootwatch_cli.aws import Aws, deployed
from rootwatch_cli.settings_file import BadInputError


def hub_table(aws: Aws, settings: Settings) -> Table:
    """Raises BadInputError with one sentence where the hub can't be reached."""
    return Table(aws.client("dynamodb", settings.hub_region), deployed(aws, settings).table_name)


def hub_postures(aws: Aws, settings: Settings) -> PostureTable:
    """Its part about the accounts' credentials. Raises BadInputError as ``hub_table`` does."""
    return PostureTable(aws.client("dynamodb", settings.hub_region), deployed(aws, settings).table_name)


@contextmanager
def reading_table() -> Iterator[None]:
    """Ends the command with one sentence when the table does not answer."""
    try:
        yield
    except StoreDownError as error:
        raise BadInputError(
            f"The hub's table can't be read: {error}. Reading it takes dynamodb:Query and dynamodb:BatchGetItem."
        ) from None
