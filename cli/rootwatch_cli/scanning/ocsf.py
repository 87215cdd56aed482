"""A judged record as an OCSF Detection Finding (class 2004, schema 1.5.0, profile cloud).

CloudTrail's own record, as API Activity or Authentication, is what a lake has already: what is added here is the
detection. Source: https://schema.ocsf.io/1.5.0/classes/detection_finding?profiles=cloud
"""

import tomllib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from rootwatch.core import fields
from rootwatch.core.fact import Fact
from rootwatch.core.network import ip_addresses
from rootwatch.core.record import Record
from rootwatch.core.words import Severity
from rootwatch_cli.history.gathering import Judged
from rootwatch_cli.scanning.line import ASSUME_ROOT, dumps, says, zulu

SCHEMA: Final = "1.5.0"
_CLASS: Final = 2004
_CREATE: Final = 1
_NEW: Final = 1
_RULE: Final = 1  # finding_info.analytic.type_id
_AWS_ACCOUNT: Final = 10  # account.type_id
_SEVERITIES: Final[dict[Severity | None, tuple[int, str]]] = {
    None: (1, "Informational"),
    "low": (2, "Low"),
    "medium": (3, "Medium"),
    "high": (4, "High"),
    "critical": (5, "Critical"),
}


def finding(judged: Judged, *, raw: bool = False) -> dict[str, Any]:
    """The finding as JSON values; ``raw`` adds the record as ``raw_data``. What is not known is left out.

    A record without a time counts as of now, since OCSF knows no finding without one.
    """
    item, fact = judged.item, judged.plan.fact
    record = item if isinstance(item, Record) else None
    severity_id, severity = _SEVERITIES[fact.severity if fact else None]
    time = (record.time if record else None) or (fact.time if fact else None) or datetime.now(UTC)
    return _without_unknowns(
        {
            "activity_id": _CREATE,
            "activity_name": "Create",
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": _CLASS,
            "class_name": "Detection Finding",
            "type_uid": _CLASS * 100 + _CREATE,
            "type_name": "Detection Finding: Create",
            "time": _milliseconds(time),
            "severity_id": severity_id,
            "severity": severity,
            "status_id": _NEW,
            "status": "New",
            "message": says(judged.plan),
            "metadata": _metadata(item.key, record),
            "finding_info": _information(judged, time),
            "cloud": {"provider": "AWS", "region": item.region, "account": _account(item.account)},
            "api": _api(record),
            "resources": [{"uid": _root_of(fact), "type": "AWS::IAM::Root", "region": item.region}] if fact else None,
            "evidences": [_evidence(record)] if record else None,
            "remediation": {"desc": fact.do_now} if fact and fact.do_now else None,
            "unmapped": _unmapped(judged),
            "raw_data": dumps(record.body) if raw and record else None,
        }
    )


def _metadata(uid: str, record: Record | None) -> dict[str, Any]:
    return {
        "version": SCHEMA,
        "profiles": ["cloud"],
        "product": {"name": "rootwatch", "vendor_name": "rootwatch", "version": _version()},
        "uid": uid,
        "event_code": record.name if record else None,
        "log_name": "CloudTrail",
        "log_provider": "AWS",
        "original_time": zulu(record.time) if record else None,
    }


def _information(judged: Judged, time: datetime) -> dict[str, Any]:
    fact, kind = judged.plan.fact, judged.plan.kind or ASSUME_ROOT
    return {
        "uid": judged.item.key,
        "title": fact.title if fact else "AssumeRoot was granted",
        "desc": ". ".join((says(judged.plan), *(fact.why if fact else ()))),
        "types": [kind],
        "analytic": {"uid": kind, "name": kind, "type_id": _RULE, "type": "Rule"},
        "attacks": _attacks(fact.technique) if fact and fact.technique else None,
        "created_time": _milliseconds(time),
        "first_seen_time": _milliseconds(time),
        "last_seen_time": _milliseconds(time),
    }


def _attacks(technique: str) -> list[dict[str, Any]]:
    """``T1098.001`` is a sub-technique of ``T1098``."""
    parent = technique.partition(".")[0]
    attack = {"technique": _named(parent)}
    return [attack | {"sub_technique": _named(technique)} if technique != parent else attack]


def _named(technique: str) -> dict[str, str]:
    address = f"https://attack.mitre.org/techniques/{technique.replace('.', '/')}/"
    return {"uid": technique, "name": techniques().get(technique, technique), "src_url": address}


def _account(account: str | None) -> dict[str, Any] | None:
    if account is None:
        return None
    return {"uid": account, "name": account, "type_id": _AWS_ACCOUNT, "type": "AWS Account"}


def _api(record: Record | None) -> dict[str, Any] | None:
    if record is None or record.name is None:
        return None
    body, request = record.body, fields.text(record.body.get("requestID"), 128)
    service = {"name": record.source, "uid": record.source, "version": fields.text(body.get("apiVersion"), 32) or ""}
    return {
        "operation": record.name,
        "service": service if record.source else None,
        "request": {"uid": request} if request else None,
        "response": {"error": record.error_code, "error_message": record.error_message},
    }


def _evidence(record: Record) -> dict[str, Any]:
    ips, identity = ip_addresses(record.address), record.identity
    return {
        "api": _api(record),
        "src_endpoint": {"ip": str(ips[0])} if ips else {"svc_name": record.address},
        "actor": {
            "user": {
                "type": identity.type,
                "uid": identity.arn,
                "name": identity.user_name,
                "credential_uid": identity.access_key_id,
                "account": _account(identity.account),
            },
            "invoked_by": identity.invoked_by,
        }
        if identity
        else None,
    }


def _root_of(fact: Fact) -> str | None:
    return f"root of the account {fact.account}" if fact.account else None


def _unmapped(judged: Judged) -> dict[str, Any]:
    fact = judged.plan.fact
    return {
        "kind": judged.plan.kind or ASSUME_ROOT,
        "harm": fact.harm if fact else None,
        "verdict": fact.verdict if fact and not fact.is_watch_event else None,
        "verdict_why": fact.verdict_why if fact and not fact.is_watch_event else None,
        "mfa": fact.mfa if fact and not fact.is_watch_event else None,
        "source": judged.file,
    }


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def _without_unknowns(value: dict[str, Any]) -> dict[str, Any]:
    """Without what is None, and without the objects that hold nothing then."""
    kept = {}
    for key, part in value.items():
        if isinstance(part, dict):
            part = _without_unknowns(part) or None
        elif isinstance(part, list):
            part = [_without_unknowns(one) if isinstance(one, dict) else one for one in part]
        if part is not None:
            kept[key] = part
    return kept


@lru_cache(maxsize=1)
def techniques() -> dict[str, str]:
    """MITRE's names of techniques, by id."""
    return tomllib.loads(Path(__file__).with_name("techniques.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _version() -> str | None:
    # Here, since it takes a tenth of a command's start to load.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rootwatch")
    except PackageNotFoundError:
        return None
