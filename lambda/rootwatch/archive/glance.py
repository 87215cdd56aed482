"""A look at one record as JSON, at those of its fields alone that the looker asks for."""

from typing import TypeVar

import msgspec

# ruff: noqa: N815 - the fields have CloudTrail's names


class Whole(msgspec.Struct, kw_only=True):
    """A record that stands for itself: CloudTrail's first fields are all there, and none that makes it a wrapping."""

    eventVersion: str
    eventTime: str
    eventID: str
    Records: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    detail: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_Whole = TypeVar("_Whole", bound=Whole)


def glance(decoder: msgspec.json.Decoder[_Whole], record: bytes) -> _Whole | None:
    """The fields; None for what is not such a record, whatever it is."""
    try:
        seen = decoder.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return seen if seen.Records is msgspec.UNSET and seen.detail is msgspec.UNSET else None
