"""Telling at a glance that a record is a canary: for who reads the past, of which canaries tell nothing.

Hourly in every account and Region, they are many, and where nothing else happens they have log files of their own.
"""

from typing import Final, Literal

import msgspec

from rootwatch.archive.glance import Whole, glance
from rootwatch.archive.plain import is_none_of_ours
from rootwatch.core.canary import session_of

# ruff: noqa: N815 - the fields have CloudTrail's names


class _Issuer(msgspec.Struct):
    type: Literal["Role"]
    arn: str


class _Session(msgspec.Struct):
    sessionIssuer: _Issuer


class _Identity(msgspec.Struct):
    type: Literal["AssumedRole"]
    arn: str
    sessionContext: _Session


class _Canary(Whole):
    """A canary's record; the core asks for no more, and for the account of its log file."""

    eventSource: Literal["sts.amazonaws.com"]
    eventName: Literal["GetCallerIdentity"]
    userIdentity: _Identity
    recipientAccountId: str


_DECODER: Final = msgspec.json.Decoder(_Canary)


def is_canary_or_none_of_ours(record: bytes) -> bool:
    """Whether a record, as JSON, is a canary or can't concern us. False says nothing.

    One that stands in another account's log file counts too: it is no canary, and concerns nobody.
    """
    return _is_canary(record) or is_none_of_ours(record)


def _is_canary(record: bytes) -> bool:
    canary = glance(_DECODER, record) if b"GetCallerIdentity" in record else None
    if canary is None:
        return False
    identity = canary.userIdentity
    session = session_of(identity.sessionContext.sessionIssuer.arn, identity.arn)
    return session is not None and session.account == canary.recipientAccountId
