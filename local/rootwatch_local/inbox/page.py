"""The files of the inbox page, and the headers that keep what a message says from ever running."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
_FILES: Final = {
    "/": ("inbox.html", "text/html; charset=utf-8"),
    "/look.css": ("look.css", "text/css; charset=utf-8"),
    "/inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "/inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
    "/dom.js": ("dom.js", "text/javascript; charset=utf-8"),
    "/slack.js": ("slack.js", "text/javascript; charset=utf-8"),
    "/mrkdwn.js": ("mrkdwn.js", "text/javascript; charset=utf-8"),
    "/pagerduty.js": ("pagerduty.js", "text/javascript; charset=utf-8"),
    "/mail.js": ("mail.js", "text/javascript; charset=utf-8"),
}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    content_type: str


def asset(path: str) -> Asset | None:
    """The file served at `path`, or None. Read anew each time, so that a reload shows an edit."""
    if path not in _FILES:
        return None
    name, content_type = _FILES[path]
    return Asset((_FOLDER / name).read_bytes(), content_type)
