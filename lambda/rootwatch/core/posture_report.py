"""IAM's credential report: one row an identity, root's first. Read tolerantly: what is not there or not known is None.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from rootwatch.core import fields

ROOT: Final = "<root_account>"
_SLOTS: Final = (1, 2)


class ReportError(ValueError):
    """The bytes are no credential report."""


class Key(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An access key. The report does not tell its id; ``made`` is when it was created or last changed.

    ``used`` None: never, or not since AWS keeps count (April 2015).
    """

    slot: int
    active: bool
    made: datetime | None = None
    used: datetime | None = None


class Identity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row. ``password``, ``mfa``: None where the report does not say; ``password_used`` None: never, or not known;
    ``certificates``: active signing certificates, None where the report does not say."""

    user: str
    arn: str = ""
    created: datetime | None = None
    password: bool | None = None
    password_used: datetime | None = None
    password_changed: datetime | None = None
    mfa: bool | None = None
    keys: tuple[Key, ...] = ()
    certificates: int | None = None

    @property
    def last_used(self) -> datetime | None:
        """When it was last used in any way; None: never, or not known."""
        return max((at for at in (self.password_used, *(key.used for key in self.keys)) if at), default=None)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``root`` is None in a report without its row."""

    root: Identity | None
    users: tuple[Identity, ...]


def read(content: bytes) -> Report:
    """Reads the report. Raises ``ReportError`` for what is none; columns may be missing, more, or in another order."""
    text = content.decode("utf-8-sig", "replace")
    rows = csv.DictReader(text.replace("\0", "").splitlines())
    try:
        if "user" not in (rows.fieldnames or ()):
            raise ReportError("the credential report has no column user")
        found = [_identity(row) for row in rows]
    except csv.Error as error:
        raise ReportError(f"the credential report is not CSV: {error}") from None
    users = [one for one in found if one and one.user != ROOT]
    root = next((one for one in found if one and one.user == ROOT), None)
    return Report(root=root, users=tuple(users))


def _identity(row: Mapping[str | None, object]) -> Identity | None:
    said = row.get("user")
    # In CloudTrail's records "null" is nothing; a user may be called so.
    user = "null" if said == "null" else fields.text(said, 128)
    if user is None:
        return None
    certificates = [fields.truth(row.get(f"cert_{slot}_active")) for slot in _SLOTS]
    return Identity(
        user=user,
        arn=fields.text(row.get("arn"), 200) or "",
        created=fields.moment(row.get("user_creation_time")),
        password=fields.truth(row.get("password_enabled")),
        password_used=fields.moment(row.get("password_last_used")),
        password_changed=fields.moment(row.get("password_last_changed")),
        mfa=fields.truth(row.get("mfa_active")),
        keys=tuple(key for slot in _SLOTS if (key := _key(row, slot))),
        certificates=None if None in certificates else sum(bool(one) for one in certificates),
    )


def _key(row: Mapping[str | None, object], slot: int) -> Key | None:
    """An inactive key still has the time of its making; where there is none at all, neither is said."""
    active = fields.truth(row.get(f"access_key_{slot}_active"))
    made = fields.moment(row.get(f"access_key_{slot}_last_rotated"))
    if not active and made is None:
        return None
    return Key(
        slot=slot, active=bool(active), made=made, used=fields.moment(row.get(f"access_key_{slot}_last_used_date"))
    )
