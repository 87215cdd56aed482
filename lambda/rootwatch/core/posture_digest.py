"""The weekly digest: in how many accounts each rule fails, in a few lines; ``rootwatch posture`` has every account."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from rootwatch.core.fact import Fact
from rootwatch.core.posture import Central, Posture
from rootwatch.core.posture_rules import RULES, Verdict, judge
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.watch import ORGANISATION_CAUSE
from rootwatch.core.words import PostureRule

# In a sentence after the number of accounts.
_FAILING: Final[dict[PostureRule, str]] = {
    "root-mfa": "root without MFA",
    "root-mfa-hardware": "root without hardware MFA",
    "root-no-access-key": "root access keys",
    "root-no-certificate": "root certificates",
    "root-no-password": "root passwords",
    "root-unused": "root used lately",
    "central-root-access": "no central root access",
    "security-contact": "no security contact",
    "user-mfa": "users without MFA",
    "user-key-age": "old keys",
    "user-one-key": "users with two keys",
    "user-disabled-key": "disabled keys",
    "user-unused": "unused credentials",
    "user-password-age": "old passwords",
}


def week(at: datetime) -> str:
    """Such as 2026-W48: by ISO 8601, in UTC."""
    year, number, _ = at.astimezone(UTC).isocalendar()
    return f"{year}-W{number:02d}"


def weekly(postures: Iterable[Posture], central: Central, settings: Settings, now: datetime) -> Fact:
    """The fact of a week's digest: medium where something lies below the settings' line, else low."""
    judged = {one.account: judge(one, central, settings, now) for one in postures if not one.dormant}
    below = [account for account, verdicts in judged.items() if any(verdict.is_below for verdict in verdicts)]
    blank = [account for account, verdicts in judged.items() if _is_blank(verdicts)]
    fails = Counter(verdict.rule for verdicts in judged.values() for verdict in verdicts if verdict.state == "fails")
    said = [f"{_FAILING[rule]} {fails[rule]}" for rule in RULES if fails[rule]]
    title = f"credentials of {_accounts(len(judged))}: {len(below) or 'none'} below the line"
    unread = f"; {_accounts(len(blank))} could not be read" if blank else ""
    return Fact(
        key=digest("posture digest", week(now)),
        time=now,
        kind="posture-digest",
        harm="credentials",
        severity="medium" if below else "low",
        title=title,
        says=f"Accounts by what they have: {', '.join(said) or 'nothing that fails'}{unread}",
        means=f"The line is: {', '.join(settings.posture.must) or 'none'}. What can't be read is below it.",
        do_now="`rootwatch posture` shows each account, and what to do.",
        cause=f"{ORGANISATION_CAUSE} posture {week(now)}",
    )


def _is_blank(verdicts: Iterable[Verdict]) -> bool:
    return all(verdict.state == "unknown" for verdict in verdicts if verdict.rule.startswith("root"))


def _accounts(number: int) -> str:
    return f"{number:,} account{'' if number == 1 else 's'}"
