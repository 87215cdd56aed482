"""Texts that came from a record, or from somebody's account name, made fit to be shown: one line, visible, short."""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Final

from rootwatch.core import fields

# Marks that turn the reading direction, or hide: CloudTrail's own texts have none.
_INVISIBLE: Final = re.compile("[\u00ad\u061c\u200b-\u200f\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+")
_BLANK: Final = re.compile(r"\s+")
_ASCII: Final = str.maketrans({"·": "|", "…": "...", "\N{EN DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'"})


def clean(value: str | None, limit: int) -> str:
    """One visible line of at most ``limit`` characters, cut at a word; "" for what is absent."""
    text = fields.text(value, 8 * limit) or ""
    return cut(_BLANK.sub(" ", _INVISIBLE.sub("", text)).strip(), limit)


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last an ellipsis where something is missing; at a word's end if one is near."""
    if len(text) <= limit:
        return text
    kept = text[: max(limit - 1, 0)]
    head, _, _ = kept.rpartition(" ")
    if len(head) >= 2 * len(kept) // 3:
        kept = head
    return (kept.rstrip(" ,;:·(") + "…")[:limit]


def ascii_only(text: str) -> str:
    """The text in printable ASCII: accents go, other scripts are dropped. For a Subject and for text messages."""
    plain = unicodedata.normalize("NFKD", text.translate(_ASCII)).encode("ascii", "ignore").decode("ascii")
    return _BLANK.sub(" ", re.sub(r"[^ -~]", " ", plain)).strip()


def moment(time: datetime) -> str:
    """``2026-11-04 03:12:07 UTC``."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def day(time: datetime) -> str:
    """``2026-11-04``."""
    return f"{time.astimezone(UTC):%Y-%m-%d}"


def iso(time: datetime) -> str:
    """``2026-11-04T03:12:07+00:00``: ISO 8601, always in UTC."""
    return time.astimezone(UTC).isoformat(timespec="seconds")
