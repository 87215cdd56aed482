"""Telling at a glance that a record is none of ours, though one of our words stands in it: most of them, most days.

It only ever says so of a record that has AWS's ordinary shape and was not made by root; the core judges all others.
"""

import re
from functools import lru_cache
from typing import Final, Literal

import msgspec

from rootwatch.archive.glance import Whole, glance
from rootwatch.archive.words import ASSUME_ROOT, ESCAPE, LETTERS
from rootwatch.catalogue import watch
from rootwatch.catalogue.watch.row import OURS
from rootwatch.core import canary
from rootwatch.core.tags import TAG_CALLS, TAG_SOURCE

_SOURCE: Final = re.compile(r"[a-z0-9.-]+")  # as it is; the core tidies up what holds anything else
_ABOUT_US: Final = OURS.encode()

# ruff: noqa: N815 - the fields have CloudTrail's names


class _Issuer(msgspec.Struct):
    type: Literal["Role", "IAMUser", "FederatedUser"]


class _Session(msgspec.Struct):
    sessionIssuer: _Issuer | None = None


class _Identity(msgspec.Struct):
    """Who acted: somebody of a kind that CloudTrail names, and not root.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """

    type: Literal[
        "IAMUser", "AssumedRole", "Role", "FederatedUser", "Directory", "AWSAccount", "AWSService", "Unknown",
        "SAMLUser", "WebIdentityUser", "IdentityCenterUser",
    ]  # fmt: skip
    sessionContext: _Session | None = None


class _Plain(Whole):
    """What tells who made which call."""

    eventSource: str
    eventName: str
    userIdentity: _Identity


_DECODER: Final = msgspec.json.Decoder(_Plain)


def is_none_of_ours(record: bytes) -> bool:
    """Whether a record, as JSON, can't concern us, whatever stands in it. False says nothing."""
    plain = glance(_DECODER, record)
    if plain is None:
        return False
    watched = _watched(plain.eventSource, plain.eventName)
    if watched == "if about us":
        return not (_ABOUT_US in record or (ESCAPE in record and any(escape in record for escape in LETTERS)))
    return watched == "never"


@lru_cache(maxsize=4096)
def _watched(source: str, name: str) -> Literal["always", "if about us", "never"]:
    """Whether such a call of somebody who is not root concerns us. What is spelled unusually is left to the core."""
    rows = [row for row in watch.load().rows() if source in row.services and row.names(name)]
    if name == ASSUME_ROOT or (source == TAG_SOURCE and name in TAG_CALLS) or not all(row.ours for row in rows):
        return "always"
    if not _SOURCE.fullmatch(source) or not name.isidentifier():
        return "always"
    return "if about us" if rows or name == canary.ACTION else "never"
