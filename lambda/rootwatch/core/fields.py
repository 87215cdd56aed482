"""Reading fields of which any may be absent, null or of any other JSON type.

CloudTrail's records are written by some three hundred services: every getter here answers None for what is not there or
is not of the type asked for, and never raises.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

NOTHING: Final[Mapping[str, object]] = {}
_ABSENT = ("", "null")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_YEARS = range(1970, 3000)


def mapping(value: object) -> Mapping[str, object]:
    """The object itself when it is one, else an empty one."""
    return value if isinstance(value, Mapping) else NOTHING


def inside(value: object, *path: str) -> object:
    """What stands at that path of nested objects, or None."""
    for key in path:
        value = mapping(value).get(key)
    return value


def text(value: object, limit: int = 512) -> str | None:
    """A text of at most ``limit`` characters without control or direction characters; None for the absent, for "null".

    Lone surrogates, which JSON can spell and UTF-8 can't, become question marks: they could be sent nowhere.
    """
    if not isinstance(value, str):
        return None
    clean = _CONTROL.sub(" ", value[: 4 * limit]).encode("utf-8", "replace").decode("utf-8").strip()
    if clean in _ABSENT:
        return None
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def truth(value: object) -> bool | None:
    """CloudTrail spells truth as a boolean, "true", "True", "Yes" or "YES"; None for all that says neither."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else None
    return {"true": True, "yes": True, "false": False, "no": False}.get(word) if word is not None else None


def moment(value: object) -> datetime | None:
    """An ISO 8601 time as UTC; None for all else, and for a year so far off that adding hours to it could overflow."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.year in _YEARS else None


def account_id(value: object) -> str | None:
    """Twelve digits as a text (a number is taken too, its leading zeros put back), or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:012d}" if 0 <= value < 10**12 else None
    return value if isinstance(value, str) and re.fullmatch(r"[0-9]{12}", value) else None


def account_of_arn(value: object) -> str | None:
    """The account id in an ARN, or None."""
    parts = value.split(":", 5) if isinstance(value, str) else []
    return account_id(parts[4]) if len(parts) == 6 and parts[0] == "arn" else None
