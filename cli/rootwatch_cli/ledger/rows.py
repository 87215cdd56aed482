"""One incident as a row, the same for every format. ``null`` is what is not known."""

from collections.abc import Mapping

import msgspec

from rootwatch.core.incident import Incident
from rootwatch.core.words import Harm, Severity, Verdict
from rootwatch.render.clean import clean, iso

_LONGEST = 512


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` is "root use" or a watch event's. ``actions`` and the like count; past a dozen values, "others"."""

    incident: str
    opened_at: str
    first: str
    last: str
    state: str
    severity: Severity
    verdict: Verdict | None
    kind: str
    account: str | None
    account_name: str | None
    account_path: str | None
    account_owner: str | None
    title: str
    seen: int
    actions: dict[str, int]
    addresses: dict[str, int]
    regions: dict[str, int]
    accounts: dict[str, int]
    paged: dict[Harm, Severity]
    acknowledged: bool
    notices: int


def row_of(head: Incident) -> Row:
    """What other people wrote becomes visible text."""
    return Row(
        incident=clean(head.id, 80),
        opened_at=iso(head.opened_at),
        first=iso(head.first),
        last=iso(head.last),
        state=head.state,
        severity=head.severity,
        verdict=None if head.is_watch else head.verdict,
        kind=head.scope.split("/")[1] if head.is_watch else "root use",
        account=clean(head.account, 12) or None,
        account_name=clean(head.account_name, 128) or None,
        account_path=clean(head.account_path, _LONGEST) or None,
        account_owner=clean(head.account_owner, 256) or None,
        title=clean(head.title, _LONGEST),
        seen=head.seen,
        actions=_counts(head.actions),
        addresses=_counts(head.addresses),
        regions=_counts(head.regions),
        accounts=_counts(head.accounts),
        paged=head.paged,
        acknowledged=head.acknowledged,
        notices=head.notices,
    )


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {clean(name, _LONGEST): count for name, count in counts.items()}
