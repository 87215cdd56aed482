"""The matrix of accounts and Regions: what each place is, by canaries and by its rules; all, or what is unwell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

from rootwatch.core.coverage import Row, is_well
from rootwatch.core.settings import Settings
from rootwatch.render.clean import clean, moment
from rootwatch_cli.doctoring.finding import Finding, Section, Unknown, named
from rootwatch_cli.doctoring.finding import State as How
from rootwatch_cli.doctoring.state import State

_finding: Final = Section("Accounts and Regions")
_LOST_SHOWN: Final = 20
_FEW: Final = 20
_MAKE_ANEW: Final = (
    "Find out who changed the rules or the role there. Then make the stack instance anew, with credentials of the "
    "management account; that is told as tampering, and until it is done the log files alone are heard:"
)
_WAITS: Final = {
    "deploying": "Look again in an hour.",
    "not asked yet": "Each place is asked once an hour: look again then.",
}
_WORDS: Final = (
    "fast",
    "backstop-only (declared)",
    "suspended",
    "deploying",
    "not asked yet",
    "backstop-only",
    "blind",
)
_HOW: Final[dict[str, How]] = {
    "deploying": "warn",
    "not asked yet": "warn",
    "backstop-only": "warn",
    "blind": "fail",
}


def word(row: Row, settings: Settings) -> str:
    """What a place is, in the doctor's words."""
    if row.state == "backstop-only" and is_well(row, settings):
        return "backstop-only (declared)"
    return {"new": "deploying", "unasked": "not asked yet"}.get(row.state, row.state)


def matrix(state: State, settings: Settings) -> Iterator[Finding]:
    """How many places are what, and each account where something is not as it should be."""
    if isinstance(state.places, Unknown):
        yield _finding(
            "fail", f"Coverage can't be read ({state.places.why}): nothing is proved.", "Allow the reads of the table."
        )
        return
    if not state.places:
        yield _finding(
            "fail",
            "No account is on the roll: the coverage function never ran, or may not list the accounts.",
            "Look at the log of rootwatch-coverage.",
        )
        return
    counts = Counter(word(row, settings) for row in state.places)
    accounts = len({row.account for row in state.places})
    said = ", ".join(f"{counts[name]:,} {name}" for name in _WORDS if counts[name])
    says = f"{len(state.places):,} places in {accounts:,} accounts: {said}."
    if counts["fast"] and all(is_well(row, settings) for row in state.places):
        yield _finding("ok", says)
    else:
        yield _finding("warn", says, "What is not as it should be follows; --all shows every place.")
    yield from _unwell(state.places, settings)
    yield from _differing(state.places, settings)
    yield from _lost(state)


def table(rows: Iterable[Row], settings: Settings) -> str:
    """Every place in a line: account, name, Region, what it is, when its last canary was heard."""
    lines = []
    for row in rows:
        latest = moment(row.heard.latest) if row.heard.latest else "never heard"
        lines.append(f"{row.account}  {row.region:<15} {word(row, settings):<25} {latest}  {clean(row.roll.name, 50)}")
    return "\n".join(line.rstrip() for line in lines)


def listed(rows: Iterable[Row], settings: Settings) -> list[dict[str, str | None]]:
    """The same for a program."""
    return [
        {
            "account": row.account,
            "name": row.roll.name,
            "region": row.region,
            "state": word(row, settings),
            "heard_at": row.heard.latest.isoformat() if row.heard.latest else None,
        }
        for row in rows
    ]


def _unwell(places: Iterable[Row], settings: Settings) -> Iterator[Finding]:
    """Accounts that are the same in the same Regions are told together, the worst first."""
    groups: dict[tuple[str, tuple[str, ...], str], list[list[Row]]] = defaultdict(list)
    for rows in _by_account(row for row in places if word(row, settings) in _HOW):
        for what in dict.fromkeys(word(row, settings) for row in rows):
            these = [row for row in rows if word(row, settings) == what]
            why = named(sorted({row.place.unsent for row in these if row.place.unsent}), 2)
            groups[what, tuple(row.region for row in these), why].append(these)
    for (what, regions, unsent), accounts in sorted(groups.items(), key=lambda pair: -_WORDS.index(pair[0][0])):
        since = min((at for rows in accounts for at in map(_silent_since, rows) if at), default=None)
        told = what in ("blind", "backstop-only")
        yield _finding(
            _HOW[what],
            f"{_names(accounts)} {'is' if len(accounts) == 1 else 'are'} {what} in {named(regions, 20)}"
            + (f", since {moment(since)}" if since and told else "")
            + (f"; no canary could be sent: {unsent}" if unsent else "")
            + ".",
            *(_mending(accounts, regions, settings) if told else (_WAITS[what], "")),
        )


def _by_account(rows: Iterable[Row]) -> Iterator[list[Row]]:
    return (list(group) for _, group in groupby(sorted(rows, key=_place), key=lambda row: row.account))


def _place(row: Row) -> tuple[str, str]:
    return row.account, row.region


def _silent_since(row: Row) -> datetime | None:
    return row.unanswered if row.state == "blind" else row.unanswered_fast


def _differing(places: Iterable[Row], settings: Settings) -> Iterator[Finding]:
    """Rules that are not as they were deployed, as coverage compared them within the last day."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[list[Row]]] = defaultdict(list)
    for rows in _by_account(row for row in places if row.place.differs and not row.roll.dormant):
        for differs in dict.fromkeys(row.place.differs for row in rows):
            these = [row for row in rows if row.place.differs == differs]
            groups[differs, tuple(row.region for row in these)].append(these)
    for (differs, regions), accounts in sorted(groups.items(), key=lambda pair: pair[0]):
        yield _finding(
            "fail",
            f"{_names(accounts)}, in {named(regions, 20)}: {'; '.join(differs)}.",
            *_mending(accounts, regions, settings),
        )


def _lost(state: State) -> Iterator[Finding]:
    """What the log files showed and EventBridge did not bring."""
    if isinstance(state.lost, Unknown):
        yield _finding.unknown("where EventBridge failed to bring records", state.lost)
        return
    for path in state.lost[:_LOST_SHOWN]:
        records = sum(loss.records for loss in path.lost.values())
        since = f" since {moment(path.since)}" if path.since else ""
        yield _finding(
            "warn",
            f"EventBridge failed to bring {records} record{'s' if records > 1 else ''} of {path.account} in "
            f"{path.region}{since}, of {named(sorted(path.lost))}.",
            "They were told from the log files. Look at the rule and the role there, and at EventBridge's health.",
        )
    if len(state.lost) > _LOST_SHOWN:
        yield _finding("warn", f"And so in {len(state.lost) - _LOST_SHOWN} more accounts and Regions.")


def _mending(accounts: list[list[Row]], regions: tuple[str, ...], settings: Settings) -> tuple[str, str]:
    """What to do, and the commands. A stack that is told nothing new mends nothing: its instance is made anew."""
    ids = [rows[0].account for rows in accounts]
    if len(ids) > _FEW:
        return "So many have one cause: look at the hub below, then at the last operation of the StackSet.", ""
    commands: list[str] = []
    if settings.management_account in ids:
        ids.remove(settings.management_account)
        where = f"rootwatch-management-member --accounts {settings.management_account}"
        commands += _again(where, regions, settings)
    if ids:
        unit = settings.organizational_units[0]
        targets = f"Accounts={','.join(ids)},OrganizationalUnitIds={unit},AccountFilterType=INTERSECTION"
        commands += _again(f"rootwatch-members --deployment-targets {targets}", regions, settings)
    return _MAKE_ANEW, "\n".join(commands)


def _again(where: str, regions: tuple[str, ...], settings: Settings) -> Iterator[str]:
    for verb, more in (("delete", " --no-retain-stacks"), ("create", "")):
        command = f"aws cloudformation {verb}-stack-instances --region {settings.hub_region}"
        yield f"{command} --stack-set-name {where} --regions {' '.join(regions)}{more}"


def _names(accounts: list[list[Row]]) -> str:
    rolls = [rows[0].roll for rows in accounts]
    return named([f"{roll.name} ({roll.account})" if roll.name else roll.account for roll in rolls])
