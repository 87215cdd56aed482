"""Incidents as a table, as CSV, and one of them whole."""

import csv
from collections.abc import Iterator, Sequence
from typing import Final, TextIO

import msgspec

from rootwatch_cli.ledger.rows import Row
from rootwatch_cli.ledger.whole import Declared, Done, Sent, Whole
from rootwatch_cli.scanning.spreadsheet import inert

_COLUMNS: Final = (("OPENED (UTC)", 16), ("STATE", 6), ("SEVERITY", 8), ("VERDICT", 15), ("ACCOUNT", 12))
_INDENT: Final = "  "


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A head and a line an incident."""
    if not rows:
        yield "No incident."
        return
    yield f"{_cells([name for name, _ in _COLUMNS])}{'NAME':24}  WHAT"
    for row in rows:
        cells = [_time(row.opened_at)[:16], row.state, row.severity.upper(), row.verdict or "watch", row.account or "-"]
        times = f" ({row.seen} in all)" if row.seen > 1 else ""
        yield f"{_cells(cells)}{(row.account_name or '-')[:24]:24}  {row.title}{times}  [{row.incident}]"


def write_csv(rows: Sequence[Row], out: TextIO) -> None:
    """A head, then a row an incident; counts as ``one x2, other``. No cell can become a formula."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(Row.__struct_fields__)
    for row in rows:
        writer.writerow([inert(_cell(value)) for value in msgspec.structs.astuple(row)])


def story(one: Whole) -> Iterator[str]:
    """For people: the incident, who declared it, what was done, who was told, what is still open."""
    row = one.incident
    name = f"{row.account_name} ({row.account})" if row.account_name else row.account or "several accounts"
    yield f"{row.severity.upper()} {row.verdict or 'watch'}: {row.title}"
    for label, value in (
        ("Incident", row.incident),
        ("Account", name),
        ("OU path", row.account_path),
        ("Owner", row.account_owner),
        ("State", f"{row.state}, opened {_time(row.opened_at)}"),
        ("Seen", f"{row.seen}, from {_time(row.first)} to {_time(row.last)}"),
    ):
        if value:
            yield f"{_INDENT}{label:10}{value}"
    yield from _section("Declared", [_declared(each) for each in one.declared], "nothing: no window reached into it")
    yield from _section("Done", [_done(each) for each in one.done], "nothing that is still kept")
    yield from _section("Told", [_sent(each) for each in one.told], "nobody")
    yield from _section("Still open", list(one.still_open), "nothing")


def _section(title: str, lines: Sequence[str], none: str) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"{_INDENT}{line}" for line in lines or [none])


def _declared(one: Declared) -> str:
    who = one.by or "by whom is not known"
    said = [f"{_time(one.since)} to {_time(one.until)}", f"ticket {one.ticket}" if one.ticket else "no ticket", who]
    said += [f"for {one.claimed_for} as the tag says"] if one.claimed_for else []
    said += [f"covers {'/'.join(one.covers)}"] if one.covers else []
    said += [f"from {', '.join(one.nets)} only"] if one.nets else []
    said.append(f"approved by {one.approved_by}" if one.approved_by else "not approved")
    return ", ".join(said if one.proved else [*said, "its record was never heard"])


def _done(one: Done) -> str:
    said = [one.says]
    said += [f"by {one.who}"] if one.who and one.who not in one.says else []
    said += [f"from {one.address}{f' ({one.country})' if one.country else ''}"] if one.address else []
    said += [f"MFA {one.mfa}"] if one.mfa != "not-applicable" else []
    said += [f"failed: {one.error}"] if one.error else []
    verdict = one.verdict_why if one.verdict != "unplanned" else "unplanned"
    return f"{_time(one.time)}  {one.severity:8}  {', '.join(said)}; {verdict}"


def _sent(one: Sent) -> str:
    at = f" {_time(one.at)}" if one.at else ""
    tries = f" after {one.attempts} tries" if one.attempts > 1 else ""
    receipt = f", receipt {one.receipt}" if one.receipt else ""
    page = ", a page" if one.pages else ""
    why = f": {one.reason}" if one.reason and one.state != "sent" else ""
    return (
        f"notice {one.notice} ({one.type}, {one.severity}{page}) to {one.channel}: {one.state}{at}{tries}{receipt}{why}"
    )


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name} x{count}" if isinstance(count, int) else f"{name} {count}" for name, count in value.items()
        )
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _time(text: str) -> str:
    """``2026-11-24 12:00:05``, of what is in UTC already."""
    return text[:19].replace("T", " ")


def _cells(cells: Sequence[str]) -> str:
    return "".join(f"{cell[:width]:{width}}  " for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
