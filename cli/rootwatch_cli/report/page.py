"""Writes the page: template, style, script and data in one file. Nothing in it asks the network for anything.

Texts from records are data: they lie in blocks that no browser runs, and the script puts them in as text.
Source of the rules for such blocks: https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
"""

import base64
import gzip
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

import rootwatch_local.inbox
from rootwatch.core.settings import Settings
from rootwatch_cli.replaying.replay import Replayed
from rootwatch_cli.report.bundle import bundle
from rootwatch_cli.report.data import page_of, rows_of
from rootwatch_cli.report.rows import IncidentRow, StoryRow
from rootwatch_cli.report.shell import filled, inert, template
from rootwatch_cli.settings_file import BadInputError

_HERE: Final = Path(__file__).parent
_INBOX: Final = Path(rootwatch_local.inbox.__file__).parent
_STYLES: Final = (_INBOX / "look.css", _HERE / "report.css")
_MODULES: Final = (
    _INBOX / "dom.js",
    _INBOX / "mrkdwn.js",
    _INBOX / "slack.js",
    _INBOX / "pagerduty.js",
    _INBOX / "mail.js",
    *(
        _HERE / f"{name}.js"
        for name in (
            "words",
            "data",
            "marks",
            "timeline",
            "messages",
            "story",
            "tables",
            "paged",
            "list",
            "filter",
            "theme",
            "report",
        )
    ),
)


def write_page(file: Path, replayed: Replayed, settings: Settings) -> None:
    """Writes the page. Raises BadInputError if the file can't be written."""
    try:
        with file.open("wb") as out:
            for part in page(replayed, settings):
                out.write(part)
    except OSError as error:
        raise BadInputError(f"{file} can't be written: {error.strerror}.") from None


def page(replayed: Replayed, settings: Settings) -> Iterator[bytes]:
    """The page in parts. The same replay gives the same bytes."""
    rows: list[IncidentRow] = []
    chunks: list[bytes] = []
    for _, pairs in groupby(rows_of(replayed.book, settings), key=lambda pair: pair[0].chunk):
        batch = list(pairs)
        rows += [row for row, _ in batch]
        chunks.append(_packed([story for _, story in batch]))
    style, script = "".join(path.read_text("utf-8") for path in _STYLES), bundle(_MODULES)
    before, after = template(_HERE / "report.html", name="replay", lists="incidents")
    yield filled(before, style, script)
    yield b'<script type="application/json" id="data">'
    yield inert(msgspec.json.encode(page_of(replayed, tuple(rows))))
    yield b"</script>\n"
    for number, chunk in enumerate(chunks):
        yield b'<script type="text/plain" id="chunk-%d">%b</script>\n' % (number, chunk)
    yield filled(after, style, script)


def _packed(stories: Iterable[StoryRow]) -> bytes:
    return base64.b64encode(gzip.compress(msgspec.json.encode(list(stories)), 9, mtime=0))
