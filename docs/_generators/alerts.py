"""Alerts as their readers see them, from the golden samples that the tests compare every rendering with."""

from pathlib import Path
from typing import Final

from docs._generators.tables import table
from rootwatch.catalogue.watch.row import Row, read_toml_files
from rootwatch.core.words import rank

_GOLDEN: Final = Path(__file__).resolve().parents[2] / "tests" / "golden"
_MAILS: Final = {
    "sign-in-restless-night": "Root signs in after a night of attempts: critical, with what led up to it",
    "access-key-made": "Root makes an access key for itself: critical, it pages",
    "long-term-key-used": "A long-term key of root is used: critical, and the key is named",
    "failed-sign-in": "One failed sign-in: medium, nobody is woken",
    "privileged-task": "A colleague's work with centralised root access: medium, it names the colleague",
    "planned": "Root signs in inside a break-glass window: low, it pages nobody",
    "breakthrough": "What no window covers, inside one: critical, it pages",
    "acknowledged": "A window declared after the page: acknowledged, not resolved",
    "corrected": "An AssumeRoot that was heard late: what was told is taken back",
    "digest": "A digest: what was folded since the last notice",
    "watch-trail-stopped": "Somebody who is not root stops a trail: critical, it pages",
    "fast-path-lost": "EventBridge no longer brings what the log files show: high, it pages once until it is over",
    "posture-root-key": "The daily look finds an access key of root that was not there: critical, it pages",
    "posture-digest": "The weekly digest of how root and other credentials are guarded: SNS and Slack alone",
    "log-file-damaged": "A log file that can't be read: medium, since EventBridge should have brought the same",
    "watch-silent-region": "A place that is not heard any more: high, it pages, with what was found there",
    "watch-heard-again": "The end of it: one quiet line in Slack",
    "watch-silent-bus": "A bus that admits nobody: one notice for the whole organisation, critical",
    "watch-rule-deviates": "A rule that is not what was deployed: critical where it is the one for root",
    "storm": "More than 20 incidents at once: one critical page with the list",
    "storm-joined": "A high in a storm: told at once, paged by the storm",
    "page-lost": "PagerDuty did not take a page: critical, by Slack and SNS",
    "slack-refuses": "Slack refuses the token: medium, by SNS, while it is tried on",
    "watch-deployment": "A deployment of ours begins: medium, it pages nobody",
    "watch-deployment-over": "The end of it, when all is as it should be: one quiet line in Slack",
    "watch-deployment-not-confirmed": "What differs after 15 minutes: critical where it is the rule for root",
    "watch-window-declared": "A colleague declares a break-glass window: low, one quiet line in Slack",
    "watch-window-ended": "Its end, with what root did in it: low, one quiet line in Slack",
}


def headlines() -> str:
    """The first line of every sample."""
    return f"```text\n{_read('headline/all.txt')}\n```"


def mails() -> str:
    """A few samples in full, as the e-mail shows them."""
    return "\n\n".join(f"### {title}\n\n```text\n{_read(f'sns/{name}.txt')}\n```" for name, title in _MAILS.items())


def watch_events() -> str:
    """Every watch event that has a row, worst first."""
    rows = sorted(read_toml_files(), key=lambda row: (-rank(row.severity), row.kind))
    return table(("severity", "kind", "call", "told as"), (_watch_event(row) for row in rows))


def _watch_event(row: Row) -> tuple[str, str, str, str]:
    services = ", ".join(service.partition(".")[0] for service in row.services)
    call = f"`{row.name}`" if row.name else f"`{row.prefix}…`"
    words = f"tried to {row.tried}" if "errorCode" in (row.when or {}) else row.says
    return row.severity, row.kind, f"{services}: {call}", f"somebody {words.replace('{', '*').replace('}', '*')}"


def _read(name: str) -> str:
    return (_GOLDEN / name).read_text("utf-8").strip()
