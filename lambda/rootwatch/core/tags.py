"""The break-glass tags as CloudTrail's records tell of them: who set which value on which account, and when.

Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html; that the record's
``requestParameters`` look like the request has not been seen in a live account.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from rootwatch.core import fields
from rootwatch.core.record import Record
from rootwatch.core.settings import Settings

_LAG: Final = timedelta(minutes=1)
TAG_SOURCE: Final = "organizations.amazonaws.com"
TAG_CALLS: Final = ("TagResource", "UntagResource")
# "use" is no tag: it is the first use of a window, whose network the window belongs to from then on.
Purpose = Literal["window", "approval", "use"]


class Tagging(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One setting (``value``) or removal (None) of a break-glass tag; or that we read it (``proved`` False).

    For the purpose "use", ``value`` is the network that a window was first used from, ``by`` the address.
    """

    account: str
    purpose: Purpose
    value: str | None
    at: datetime
    by: str | None = None
    by_root: bool = False
    proved: bool = True


class Reminder(msgspec.Struct, frozen=True):
    """What was told of a window by its time: that it ends soon, or that it has ended. Its end and ticket name it."""

    what: Literal["ending", "ended"]
    until: datetime
    ticket: str | None


class Tags(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the break-glass tags of one account, oldest first."""

    account: str
    version: int = 0
    taggings: tuple[Tagging, ...] = ()
    reminded: tuple[Reminder, ...] = ()  # of the last day
    looked: datetime | None = None  # when reminders were last told

    def with_more(self, *more: Tagging) -> "Tags":
        """With these too, in the order of their times; what is known already adds nothing.

        Records know whole seconds: of those of one second, a removal is taken for the last, and of the same value what
        root did, which is the noisy side.
        """
        return msgspec.structs.replace(self, taggings=tuple(sorted({*self.taggings, *more}, key=_order)))

    def latest(self, purpose: Purpose) -> Tagging | None:
        """The last of that purpose."""
        return next((tagging for tagging in reversed(self.taggings) if tagging.purpose == purpose), None)


def read_tagging(known: Tags, value: str | None, at: datetime) -> Tagging | None:
    """What a reading of the window's tag adds to what is known; None when it says nothing new, or may be out of date.

    Records are the truth: a reading that is hardly younger than the last of them may still show what was there before.
    """
    latest = known.latest("window")
    if value is None or (latest is not None and (latest.value == value or at < latest.at + _LAG)):
        return None
    return Tagging(account=known.account, purpose="window", value=value, at=at, proved=False)


def tagged_account(record: Record, settings: Settings) -> str | None:
    """The account whose tags a record may change; None if it changes none, failed, or isn't believed.

    Only the management account and delegated administrators can tag accounts: a record of any other is not believed.
    """
    if record.source != TAG_SOURCE or record.error_code or record.account not in settings.may_tag:
        return None
    return fields.account_id(fields.inside(record.body, "requestParameters", "resourceId"))


def taggings_of(record: Record, settings: Settings) -> tuple[Tagging, ...]:
    """What a record does to the break-glass tags of an account; nothing for a record without a time."""
    account = tagged_account(record, settings)
    if account is None or record.time is None:
        return ()
    identity = record.identity
    keys: dict[str, Purpose] = {settings.break_glass_tag: "window", settings.approval_tag: "approval"}
    return tuple(
        Tagging(
            account=account,
            purpose=keys[key],
            value=value,
            at=record.time,
            by=identity.arn if identity else None,
            by_root=identity is not None and "Root" in (identity.type, identity.issuer_type),
        )
        for key, value in _changes(record)
        if key in keys
    )


def _order(one: Tagging) -> tuple[object, ...]:
    return one.at, one.purpose, one.value is None, one.value or "", not one.proved, one.by_root, one.by or ""


def _changes(record: Record) -> Iterator[tuple[str, str | None]]:
    """(key, value set) or (key, None) for one that was removed."""
    request = record.body.get("requestParameters")
    tags, keys = fields.inside(request, "tags"), fields.inside(request, "tagKeys")
    if record.name == "TagResource" and isinstance(tags, list):
        for tag in tags:
            key, value = fields.inside(tag, "key"), fields.inside(tag, "value")
            if isinstance(key, str) and isinstance(value, str):
                yield key, value
    elif record.name == "UntagResource" and isinstance(keys, list):
        for key in keys:
            if isinstance(key, str):
                yield key, None
