"""A self-contained page: template, style and script in one file, and the policy under which it runs nothing else."""

import base64
import hashlib
from pathlib import Path
from typing import Final

_TOP: Final = Path(__file__).parent / "top.html"


def template(rest: Path, *, name: str, lists: str) -> tuple[str, str]:
    """What stands before a page's data, and what after: the top that all pages share, then ``rest``.

    ``name`` is the command's, ``lists`` what the page lists.
    """
    top = _TOP.read_text("utf-8").replace("{{name}}", name).replace("{{lists}}", lists)
    before, _, after = (top + rest.read_text("utf-8")).partition("<!-- data -->\n")
    return before, after


def filled(template: str, style: str, script: str) -> bytes:
    """The template with ``{{policy}}``, ``<!-- style -->`` and ``<!-- script -->`` filled in, where it has them."""
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        template.replace("{{policy}}", policy)
        .replace("<!-- style -->", f"<style>{style}</style>")
        .replace("<!-- script -->", f"<script>{script}</script>")
        .encode()
    )


def inert(text: bytes) -> bytes:
    """JSON in which nothing can end its block or begin a comment: the same to whoever reads it as JSON."""
    return text.replace(b"<", b"\\u003c")


def _digest(text: str) -> str:
    """Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
