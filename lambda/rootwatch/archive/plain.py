"""Telling at a glance that a record is none of ours, though one of our words stands in it: most of them, most days.

It only ever says so of a record that has AWS's ordinary shape and was not made by root; the core judges all others.
"""

from functools import lru_cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from rootwatch.archive.words import ASSUME_ROOT, ESCAPE, LETTERS
from rootwatch.catalogue import watch
from rootwatch.catalogue.watch.row import OURS
from rootwatch.core.tags import TAG_CALLS, TAG_SOURCE

# What makes something else of a record, or may.
_WRAPPED: Final = b'"Records"'
_ENVELOPED: Final = b'"detail"'
_ABOUT_US: Final = OURS.encode()


class _Issuer(msgspec.Struct):
    type: Literal["Role", "IAMUser", "FederatedUser"]


class _Session(msgspec.Struct):
    sessionIssuer: _Issuer | None = None  # noqa: N815 - CloudTrail's name, as those below


class _Identity(msgspec.Struct):
    """Who acted: somebody of a kind that CloudTrail names, and not root.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """

    type: Literal[
        "IAMUser", "AssumedRole", "Role", "FederatedUser", "Directory", "AWSAccount", "AWSService", "Unknown",
        "SAMLUser", "WebIdentityUser", "IdentityCenterUser",
    ]  # fmt: skip
    sessionContext: _Session | None = None  # noqa: N815


class _Plain(msgspec.Struct):
    """A record that stands for itself: all of CloudTrail's first fields are there."""

    eventVersion: str  # noqa: N815
    eventTime: str  # noqa: N815
    eventID: str  # noqa: N815
    eventSource: Annotated[str, Meta(pattern=r"^[a-z0-9.-]+\Z")]  # noqa: N815
    eventName: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_:-]+\Z")]  # noqa: N815
    userIdentity: _Identity  # noqa: N815


_decode: Final = msgspec.json.Decoder(_Plain).decode


def is_none_of_ours(record: bytes) -> bool:
    """Whether a record, as JSON, can't concern us, whatever stands in it. False says nothing."""
    if _WRAPPED in record or _ENVELOPED in record or _ABOUT_US in record or _spells_letters(record):
        return False
    try:
        plain = _decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    names, prefixes = _watched(plain.eventSource)
    name = plain.eventName
    if name == ASSUME_ROOT or name in names or name.startswith(prefixes):
        return False
    return plain.eventSource != TAG_SOURCE or name not in TAG_CALLS


def _spells_letters(record: bytes) -> bool:
    return ESCAPE in record and any(escape in record for escape in LETTERS)


@lru_cache(maxsize=256)
def _watched(source: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names, and the beginnings of names, of the watch events of a service; those about rootwatch need its name."""
    rows = [row for row in watch.load().rows() if source in row.services and not row.ours]
    return frozenset(row.name for row in rows if row.name), tuple(row.prefix for row in rows if row.prefix)
