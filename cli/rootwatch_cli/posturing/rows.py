"""A row for each account and rule, or for each account and control of a framework."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from rootwatch.core.posture import Central, Finding, Posture
from rootwatch.core.posture_rules import TITLES, State, judge
from rootwatch.core.settings import Settings
from rootwatch.core.words import PostureRule
from rootwatch_cli.posturing.controls import Framework, controls


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. ``alias``: the account's in IAM, empty where it has none, null where that is not known; ``control``:
    null without a framework; ``must``: the settings ask for it; ``users``: those that the rule has something against, a
    hundred findings an account at most."""

    account: str
    name: str
    alias: str | None
    control: str | None
    title: str
    rule: PostureRule
    state: State
    must: bool
    says: str
    looked_at: datetime | None
    users: tuple[Finding, ...]

    @property
    def is_below(self) -> bool:
        """Whether its account lies below the settings' line by it."""
        return self.must and self.state in ("fails", "unknown")


def rows_of(
    postures: Iterable[Posture], central: Central, settings: Settings, now: datetime, framework: Framework | None
) -> list[Row]:
    """The rows of all accounts that are not dormant, by account, then in the order of rules or controls."""
    return [row for one in postures if not one.dormant for row in _of_account(one, central, settings, now, framework)]


def _of_account(
    one: Posture, central: Central, settings: Settings, now: datetime, framework: Framework | None
) -> Sequence[Row]:
    verdicts = {verdict.rule: verdict for verdict in judge(one, central, settings, now)}
    asked: list[tuple[str | None, str, PostureRule]] = (
        [(control.id, control.title, control.rule) for control in controls(framework)]
        if framework
        else [(None, TITLES[rule], rule) for rule in verdicts]
    )
    return [
        Row(
            account=one.account,
            name=one.name,
            alias=one.alias,
            control=control,
            title=title,
            rule=rule,
            state=verdicts[rule].state,
            must=verdicts[rule].must,
            says=verdicts[rule].says,
            looked_at=one.looked_at,
            users=verdicts[rule].who,
        )
        for control, title, rule in asked
    ]
