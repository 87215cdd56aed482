"""The break-glass tag as CloudTrail's records tell of it: who set which value on which account, and when.

Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html; that the record's
``requestParameters`` look like the request has not been seen in a live account.
"""

from datetime import datetime

import msgspec

from rootwatch.core import fields
from rootwatch.core.record import Record
from rootwatch.core.settings import Settings


class Tagging(msgspec.Struct, frozen=True, kw_only=True):
    """One setting (``value``) or removal (None) of the break-glass tag."""

    account: str
    value: str | None
    at: datetime | None
    by: str | None
    by_root: bool


def tagging_of(record: Record, settings: Settings) -> Tagging | None:
    """What a record does to the break-glass tag of an account; None if it does nothing, failed, or isn't believed.

    Only the management account and delegated administrators can tag accounts: a record of any other is not believed.
    """
    if record.source != "organizations.amazonaws.com" or record.error_code or record.account is None:
        return None
    if record.account not in settings.may_tag:
        return None
    request = record.body.get("requestParameters")
    account = fields.account_id(fields.inside(request, "resourceId"))
    if account is None:
        return None
    value = _value_set(record.name, request, settings.break_glass_tag)
    if value is None and not _removed(record.name, request, settings.break_glass_tag):
        return None
    identity = record.identity
    return Tagging(
        account=account,
        value=value,
        at=record.time,
        by=identity.arn if identity else None,
        by_root=identity is not None and "Root" in (identity.type, identity.issuer_type),
    )


def _value_set(name: str | None, request: object, key: str) -> str | None:
    tags = fields.inside(request, "tags")
    if name != "TagResource" or not isinstance(tags, list):
        return None
    values = [fields.inside(tag, "value") for tag in tags if fields.inside(tag, "key") == key]
    return next((value for value in values if isinstance(value, str)), None)


def _removed(name: str | None, request: object, key: str) -> bool:
    keys = fields.inside(request, "tagKeys")
    return name == "UntagResource" and isinstance(keys, list) and key in keys
