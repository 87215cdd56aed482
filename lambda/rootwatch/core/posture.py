"""What is known of an account's credentials: root's, and those of its users. Values alone; ``posture_rules`` judges.

None is everywhere what could not be learnt; ``unknown`` says why, by what it was.
"""

from datetime import datetime
from typing import Literal

import msgspec

from rootwatch.core.posture_report import Key
from rootwatch.core.roll import OUTSIDE
from rootwatch.core.words import PostureRule

Via = Literal["", "role", "AssumeRoot"]
# What can stand of an account's root: a key appeared, MFA disappeared, a new account's grace is over.
Trouble = Literal["key", "mfa", "new"]
_LISTED = frozenset({"ACTIVE", OUTSIDE})


class RootState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Root's own credentials.

    ``devices``: how many MFA devices, where that could be counted; ``hardware``: none of them is virtual;
    ``keys``: active or not; ``keys_present``: whether there is any, which more sources tell; ``used_known``: whether
    ``used`` None means never.
    """

    mfa: bool | None = None
    devices: int | None = None
    hardware: bool | None = None
    password: bool | None = None
    keys: tuple[Key, ...] | None = None
    keys_present: bool | None = None
    certificates: bool | None = None
    used: datetime | None = None
    used_known: bool = False


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is not as it should be with one user, and what to do next."""

    user: str
    rule: PostureRule
    says: str


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """The users of an account: how many, how many each rule has something against, and a part of that in words."""

    number: int
    against: dict[PostureRule, int]
    findings: tuple[Finding, ...]


class Disabled(msgspec.Struct, frozen=True):
    """A key that was first seen to be disabled then: the report does not tell when it was."""

    user: str
    slot: int
    since: datetime


class Posture(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One account, as it was last looked at."""

    account: str
    name: str = ""
    alias: str | None = None  # IAM's alias of the account: empty where it has none
    version: int = 0
    status: str = "ACTIVE"  # as Organizations says it in State, or OUTSIDE
    since: datetime  # when we first saw it
    is_new: bool = False  # it came after our first round
    gone: datetime | None = None
    looked_at: datetime | None = None
    tried_at: datetime | None = None  # when a round last came by
    read_as_root: datetime | None = None  # the last AssumeRoot: once a week is enough
    via: Via = ""
    root: RootState = RootState()
    users: Users | None = None
    contact: bool | None = None  # whether AWS knows whom to tell of security matters
    unknown: dict[str, str] = {}  # what could not be read, and why
    disabled: tuple[Disabled, ...] = ()
    # What was last known, whatever could not be read since: drift is told against it.
    known_keys: tuple[str, ...] | None = None
    known_mfa: bool | None = None
    told: dict[Trouble, datetime] = {}  # what stands, and since when it was told

    @property
    def dormant(self) -> bool:
        """Whether nothing is to be looked at there: suspended, being closed, or gone."""
        return self.gone is not None or self.status not in _LISTED


class Central(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Centralised root access of the organisation: None where it could not be learnt, and ``unknown`` says why.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
    """

    credentials: bool | None = None
    sessions: bool | None = None
    unknown: str = ""


class Round(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One look at all accounts, which may take several runs. An account is done when it was tried since."""

    version: int = 0
    number: int = 1
    started_at: datetime
    done_at: datetime | None = None
    central: Central = Central(unknown="not asked yet")
    digest: str = ""  # the week of the last digest, such as 2026-W48


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at an account brought."""

    via: Via
    alias: str | None = None
    root: RootState = RootState()
    users: Users | None = None
    contact: bool | None = None
    unknown: dict[str, str] = {}
    disabled: tuple[Disabled, ...] = ()
