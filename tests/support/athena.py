"""Athena as DuckDB: the statements that we send are translated and run on log files in a local folder.

Log files are read as AWS's CloudTrail input format and JSON SerDe do: names without capitals, objects as structs where
the column is one (anything else there ends the query), what a call's parameters hold as JSON texts, null as NULL.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

_PLACE = re.compile(
    r"/(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/(?P<day>\d{4}/\d\d/\d\d)/[^/]+\.json\.gz\Z"
)
_PARAMETERS = {"requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails"}


class Athena:
    """What ``session.client("athena")`` gives. ``folder`` stands for ``s3://bucket/``; ``statements`` are those run."""

    def __init__(self, folder: Path, *, polls: int = 1, page: int = 1000) -> None:
        self._folder, self._polls, self._page = folder, polls, page
        self._duck = duckdb.connect()
        self._answers: dict[str, tuple[str, list[list[str | None]]]] = {}
        self._asked: dict[str, int] = {}
        self.statements: list[str] = []
        self.arguments: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def start_query_execution(self, *, QueryString: str, **arguments: Any) -> dict[str, str]:  # noqa: N803 # AWS's names
        query = f"query-{len(self.statements)}"
        self.statements.append(QueryString)
        self.arguments.append(arguments)
        try:
            self._answers[query] = ("SUCCEEDED", self._run(QueryString))
        except (duckdb.Error, TypeError) as error:
            self._answers[query] = ("FAILED", [[f"HIVE_BAD_DATA: {error}"]])
        return {"QueryExecutionId": query}

    def get_query_execution(self, *, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        state, rows = self._answers[QueryExecutionId]
        self._asked[QueryExecutionId] = self._asked.get(QueryExecutionId, 0) + 1
        if self._asked[QueryExecutionId] <= self._polls:
            status: dict[str, Any] = {"State": "RUNNING"}
        else:
            status = {"State": state} | ({"StateChangeReason": rows[0][0]} if state == "FAILED" else {})
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 1234}}}

    def stop_query_execution(self, *, QueryExecutionId: str) -> None:  # noqa: N803
        self.stopped.append(QueryExecutionId)

    def get_paginator(self, _name: str) -> "Athena":
        return self

    def paginate(self, *, QueryExecutionId: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        _, rows = self._answers[QueryExecutionId]
        for at in range(0, len(rows), self._page):
            cells = [
                {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
                for row in rows[at : at + self._page]
            ]
            yield {"ResultSet": {"Rows": cells}}

    def _run(self, statement: str) -> list[list[str | None]]:
        parsed = sqlglot.parse_one(statement, read="athena")
        if isinstance(parsed, exp.Create):
            if parsed.kind == "TABLE":
                self._make_table(parsed)
            else:
                self._duck.execute(parsed.sql("duckdb").replace("DATABASE", "SCHEMA"))
            return []
        answer = self._duck.execute(parsed.sql("duckdb"))
        names = [column[0] for column in answer.description or ()]
        return [names, *([None if cell is None else str(cell) for cell in row] for row in answer.fetchall())]

    def _make_table(self, create: exp.Create) -> None:
        table = create.find(exp.Table)
        assert table is not None
        kinds = {column.name: column.args["kind"] for column in create.find_all(exp.ColumnDef) if _is_column(column)}
        columns = ", ".join(f'"{name}" {kind.sql("duckdb")}' for name, kind in kinds.items())
        self._duck.execute(f'CREATE TABLE IF NOT EXISTS {table.sql("duckdb")} ({columns}, "$path" TEXT)')
        types = {name: kind.sql("duckdb") for name, kind in kinds.items()} | {"$path": "TEXT"}
        root = _property(create, "LOCATION")
        rows = "\n".join(json.dumps(row) for row in self._rows(root, kinds))
        lines = self._folder / "rows.ndjson.tmp"
        lines.write_text(rows)
        self._duck.execute(f"INSERT INTO {table.sql('duckdb')} SELECT * FROM read_json('{lines}', columns={types})")
        lines.unlink()

    def _rows(self, root: str, kinds: Mapping[str, exp.DataType]) -> Iterator[dict[str, Any]]:
        below = self._folder / root.split("/", 3)[3]
        for path in sorted(below.rglob("*.json.gz")):
            place = _PLACE.search(str(path))
            if place is None:
                continue
            for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
                given = {name.lower(): value for name, value in record.items()}
                row = {name: _cell(name, given.get(name), kind) for name, kind in kinds.items()}
                source = f"{'/'.join(root.split('/')[:3])}/{path.relative_to(self._folder)}"
                yield row | place.groupdict() | {"$path": source}


def _is_column(column: exp.ColumnDef) -> bool:
    return isinstance(column.parent, exp.Schema)


def _property(create: exp.Create, name: str) -> str:
    found = create.find(exp.LocationProperty)
    assert found is not None, name
    return str(found.this.name)


def _cell(name: str, value: Any, kind: exp.DataType) -> Any:
    if value is None:
        return None
    if kind.this == exp.DataType.Type.STRUCT:
        if not isinstance(value, dict):
            raise TypeError(f"{name} is no struct")
        given = {key.lower(): part for key, part in value.items()}
        return {part.name: _cell(part.name, given.get(part.name), part.args["kind"]) for part in kind.expressions}
    if kind.this == exp.DataType.Type.ARRAY:
        return [_cell(name, one, kind.expressions[0]) for one in value]
    if isinstance(value, dict | list):
        if name in _PARAMETERS:
            return json.dumps(value)
        raise TypeError(f"{name} is no text")
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else json.dumps(value)
