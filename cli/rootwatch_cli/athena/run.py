"""Carrying statements out at Athena: started, watched, their rows fetched page by page.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import click
import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from rootwatch.render.clean import clean

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef, RowTypeDef

_FIRST_WAIT: Final = 0.5  # seconds
_LONGEST_WAIT: Final = 5.0


class AthenaError(click.ClickException):
    """Ends the command with one sentence: the question has no answer, so none is given."""

    exit_code = 3


class Spent(msgspec.Struct):
    """What the queries took: how many of them are done, and the bytes that Athena read for them."""

    queries: int = 0
    scanned: int = 0

    def hint(self) -> str:
        """What that costs, by the list price of most Regions: 5 USD a terabyte, 10 MB at least a query.

        Source: https://aws.amazon.com/athena/pricing/
        """
        billed = max(self.scanned, 10_000_000 * self.queries)
        return f"{self.scanned:,} bytes scanned: about {billed * 5 / 1e12:.2f} USD at 5 USD a terabyte"


class Runner:
    """Runs statements one after another in a workgroup."""

    def __init__(
        self,
        athena: "AthenaClient",
        *,
        workgroup: str,
        results: str | None,
        wait: Callable[[float], None],
        progress: Callable[[str, int], None],
    ) -> None:
        self._athena = athena
        self._where = {"WorkGroup": workgroup}
        self._results = results
        self._wait = wait
        self._progress = progress
        self.spent = Spent()

    def run(self, statement: str) -> str:
        """Waits until a statement is done; returns its id. Raises AthenaError. What is interrupted is stopped there."""
        output = {"ResultConfiguration": {"OutputLocation": self._results}} if self._results else {}
        try:
            started = self._athena.start_query_execution(QueryString=statement, **self._where, **output)  # type: ignore[arg-type] # built of two parts
            query = started["QueryExecutionId"]
            try:
                execution = self._watch(query)
            except BaseException:
                self._athena.stop_query_execution(QueryExecutionId=query)
                raise
        except (BotoCoreError, ClientError) as error:
            raise AthenaError(f"Athena could not be asked: {error}.") from None
        status = execution["Status"]
        if status["State"] != "SUCCEEDED":
            why = clean(status.get("StateChangeReason"), 500) or "no reason given"
            raise AthenaError(f"Athena ended the query {query} ({status['State'].lower()}): {why}.")
        self.spent.queries += 1
        self.spent.scanned += execution.get("Statistics", {}).get("DataScannedInBytes", 0)
        return query

    def _watch(self, query: str) -> "QueryExecutionTypeDef":
        seconds = _FIRST_WAIT
        while True:
            execution = self._athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            state = execution["Status"]["State"]
            if state not in ("QUEUED", "RUNNING"):
                return execution
            scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
            self._progress(state.lower(), self.spent.scanned + scanned)
            self._wait(seconds)
            seconds = min(2 * seconds, _LONGEST_WAIT)

    def rows(self, query: str) -> Iterator[dict[str, str | None]]:
        """Its rows by column, NULL as None. Raises AthenaError."""
        names: list[str] | None = None
        try:
            for page in self._athena.get_paginator("get_query_results").paginate(QueryExecutionId=query):
                for row in page["ResultSet"]["Rows"]:
                    values = _values(row)
                    if names is None:
                        names = [value or "" for value in values]  # the first row of the first page is the head
                        continue
                    yield dict(zip(names, values, strict=True))
        except (BotoCoreError, ClientError) as error:
            raise AthenaError(f"What Athena found could not be fetched: {error}.") from None


def _values(row: "RowTypeDef") -> list[str | None]:
    return [cell.get("VarCharValue") for cell in row.get("Data", [])]
