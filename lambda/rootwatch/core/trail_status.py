"""Whether the organisation's trail is logging everything that we need: what is wrong, in words.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html and
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from rootwatch.core.fact import Fact
from rootwatch.core.fields import text
from rootwatch.core.record import digest
from rootwatch.core.settings import Settings
from rootwatch.core.words import Severity, worst


class TrailSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A trail as CloudTrail's answers tell of it: ``DescribeTrails``, ``GetTrailStatus``, ``GetEventSelectors``."""

    description: Mapping[str, Any]
    status: Mapping[str, Any]
    selectors: Mapping[str, Any]

    @property
    def arn(self) -> str:
        """Its ARN; "" if the answer names none."""
        return str(self.description.get("TrailARN") or "")


class Trouble(msgspec.Struct, frozen=True, order=True):
    """Something that keeps us from hearing root, in a sentence."""

    says: str
    severity: Severity = "critical"


def troubles(trails: Sequence[TrailSeen], wanted_arn: str = "") -> tuple[Trouble, ...]:
    """What is wrong; () when a trail does all that is needed.

    ``wanted_arn``: the trail that must be it; without, any organisation trail will do, and the best of them is told of.
    """
    eligible = [one for one in trails if _is_eligible(one, wanted_arn)]
    if not eligible:
        return (Trouble(f"the trail {wanted_arn} is gone" if wanted_arn else "there is no organisation trail"),)
    return min((tuple(_troubles_of(one)) for one in eligible), key=lambda found: (len(found), found))


def trouble_fact(found: Sequence[Trouble], since: datetime, settings: Settings, now: datetime) -> Fact:
    """The fact of these troubles, or with none that they are over. It is about the management account, whose trail it
    is."""
    says = "; ".join(trouble.says for trouble in found) or "the organisation's trail logs everything again"
    return Fact(
        key=digest("trail", since, [trouble.says for trouble in found]),
        time=now,
        event_time=since,
        kind="trail-trouble",
        harm="watch",
        severity=worst(*(trouble.severity for trouble in found)),
        title=found[0].says if found else f"it logs everything again, after {since:%Y-%m-%d %H:%MZ}",
        says=f"{says[0].upper()}{says[1:]}",
        means=(
            "EventBridge hears of root only where a trail is logging, and the log files are all that is left where it "
            "fails. What is not logged now, nobody can find out later."
            if found
            else "What happened meanwhile may be missing in the log files."
        ),
        do_now=(
            "Start the trail, or undo what was changed; for a delivery error look at the bucket's policy and at the "
            "key's. Then find out who did it."
            if found
            else "Find out who it was, if nobody has; its PagerDuty alert stays open until somebody resolves it."
        ),
        technique="T1562.008" if found else "",
        account=settings.management_account,
        cause="trail",
    )


def _is_eligible(trail: TrailSeen, wanted_arn: str) -> bool:
    return trail.arn == wanted_arn if wanted_arn else trail.description.get("IsOrganizationTrail") is True


def _troubles_of(trail: TrailSeen) -> Iterator[Trouble]:
    name = f"the trail {text(trail.description.get('Name'), 128) or '(not named)'}"
    if trail.status.get("IsLogging") is not True:
        yield Trouble(f"{name} is stopped")
    if trail.description.get("IsOrganizationTrail") is not True:
        yield Trouble(f"{name} is not one of the whole organisation")
    if trail.description.get("IsMultiRegionTrail") is not True:
        yield Trouble(f"{name} does not log every Region")
    if trail.description.get("IncludeGlobalServiceEvents") is not True:
        yield Trouble(f"{name} does not log global services, IAM and sign-ins among them")
    error = text(trail.status.get("LatestDeliveryError"), 200)
    if error:
        yield Trouble(f"{name} cannot write its log files: {error}")
    left_out = _left_out(trail.selectors)
    if left_out is None:
        yield Trouble(f"{name} does not log all management events")
    elif left_out:
        yield Trouble(f"{name} leaves out the events of {', '.join(left_out)}", "medium")


def _left_out(selectors: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The services that the best selector leaves out, as AWS offers it for KMS and the RDS Data API; None if no
    selector has all other management events, read-only ones included."""
    simple = [one for one in selectors.get("EventSelectors") or () if _has_management(one)]
    found = [tuple(str(name) for name in one.get("ExcludeManagementEventSources") or ()) for one in simple]
    for one in selectors.get("AdvancedEventSelectors") or ():
        found += _advanced(one)
    return min(found, key=len, default=None)


def _has_management(selector: Mapping[str, Any]) -> bool:
    return selector.get("ReadWriteType", "All") == "All" and selector.get("IncludeManagementEvents", True) is True


def _advanced(selector: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What an advanced selector leaves out by ``eventSource``; nothing where it is narrowed in any other way."""
    fields = {str(one.get("Field")): one for one in selector.get("FieldSelectors") or ()}
    if fields.pop("eventCategory", {}).get("Equals") != ["Management"]:
        return []
    source = fields.pop("eventSource", {"NotEquals": []})
    if fields or source.keys() - {"Field", "NotEquals"}:
        return []
    return [tuple(str(name) for name in source.get("NotEquals") or ())]
