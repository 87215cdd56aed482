"""The queries: for which accounts, Regions and days, and no more partitions at once than Athena plans well."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from rootwatch_cli.athena.condition import IDENTITY, condition, text, texts
from rootwatch_cli.athena.schema import COLUMNS, Struct
from rootwatch_cli.athena.table import LogTable
from rootwatch_cli.history.selection import Selection

# Athena names no limit, and warns of time-outs at "many thousands of partitions".
# https://docs.aws.amazon.com/athena/latest/ug/other-notable-limitations.html
_MOST_PARTITIONS: Final = 100_000
_MOST_ACCOUNTS: Final = 500


class Question(msgspec.Struct, frozen=True):
    """Accounts of which the same Regions are asked for, and the days."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    first: date
    last: date

    def sql(self, table: LogTable) -> str:
        """The query. ``source`` is the log file that a row stands in."""
        days = f"BETWEEN {text(f'{self.first:%Y/%m/%d}')} AND {text(f'{self.last:%Y/%m/%d}')}"
        return _query(table, self.accounts, self.regions, days)


def last_week(table: LogTable, accounts: Sequence[str]) -> str:
    """The query for the seven days before it is run, to be kept under a name; of these accounts until others are
    written in."""
    return _query(table, accounts, table.regions, ">= date_format(current_date - interval '7' day, '%Y/%m/%d')")


def _query(table: LogTable, accounts: Sequence[str], regions: Sequence[str], days: str) -> str:
    columns = ",\n  ".join((*(_selected(name) for name in COLUMNS), '"$path" AS source'))
    return (
        f"SELECT\n  {columns}\n"
        f'FROM "{table.database}"."{table.name}"\n'
        f"WHERE account IN ({texts(accounts)})\n"
        f"  AND region IN ({texts(regions)})\n"
        f"  AND day {days}\n"
        f"  AND (\n    {condition()}\n  )"
    )


def questions(selection: Selection, accounts: Sequence[str], table: LogTable, today: date) -> Iterator[Question]:
    """As many queries as it takes. ``accounts`` are all that have log files, from which the selection takes.

    Of the accounts that explain others every Region is asked, as when files are read.
    """
    tomorrow = today + timedelta(days=1)  # no log file lies under a later day
    first, last = selection.first_day, min(selection.last_day or tomorrow, tomorrow)
    if first is None:
        raise ValueError("say since when: every day of every account and Region is a place that Athena looks at")
    explaining = [account for account in accounts if account in selection.explainers and selection.regions]
    others = [one for one in accounts if one not in explaining and selection.takes_place(one, None)]
    for group, regions in (
        (others, tuple(one for one in table.regions if selection.takes_place(None, one))),
        (explaining, table.regions),
    ):
        for begin, end in _spans(first, last, max(1, _MOST_PARTITIONS // max(1, len(regions)))):
            size = max(1, min(_MOST_ACCOUNTS, _MOST_PARTITIONS // max(1, len(regions) * ((end - begin).days + 1))))
            for at in range(0, len(group) if regions else 0, size):
                yield Question(tuple(group[at : at + size]), regions, begin, end)


def _spans(first: date, last: date, most: int) -> Iterator[tuple[date, date]]:
    """From the first day to the last, so many at a time."""
    while first <= last:
        end = min(last, first + timedelta(days=most - 1))
        yield first, end
        first = end + timedelta(days=1)


def _selected(name: str) -> str:
    column = name.lower()
    if column == "useridentity":
        return f"{IDENTITY} AS useridentity"
    if isinstance(COLUMNS[name], Struct):
        return f"json_format(CAST({column} AS JSON)) AS {column}"
    return column
