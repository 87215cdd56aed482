"""Takes the pictures of the pages: ``python -m docs.screenshot``; with ``inbox``, ``posture``, ``report`` one of them.

The inbox is the demo's own, its story played on it; the report is that of the tests' ninety days. Nothing is drawn by
hand. Needs Chromium and a font of colour emoji.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect, sync_playwright

from rootwatch.core.posture import Central
from rootwatch_cli.posturing.html import page as posture_page
from rootwatch_cli.posturing.rows import rows_of
from rootwatch_cli.report.page import write_page
from rootwatch_local.play import play
from rootwatch_local.story import story
from rootwatch_local.world import World
from tests.support.records import NOON, settings
from tests.support.replayed import the_ninety_days
from tests.unit.cli.posturing.made import organisation

IMAGES: Final = Path(__file__).resolve().parent / "images"
CHROMIUM: Final = Path("/usr/bin/chromium")
LARGEST_BYTES: Final = 300_000
_SHOWN: Final = "Planned: ROOT sign-in"  # in Slack: a planned use, and in its thread what no window covers


def main(names: list[str]) -> int:
    """Writes the pictures; returns 1 if one is too large for a page of documentation, 2 for a name that is none."""
    if unknown := set(names) - set(PICTURES):
        print(f"There is no picture {', '.join(sorted(unknown))}: write inbox, posture or report.", file=sys.stderr)
        return 2
    sizes = []
    for name in names or PICTURES:
        picture = IMAGES / f"{name}.png"
        PICTURES[name](picture)
        sizes.append(picture.stat().st_size)
        print(f"{picture.name}: {sizes[-1]:,} bytes")
    return 0 if max(sizes) <= LARGEST_BYTES else 1


def _inbox(picture: Path) -> None:
    with World() as world:
        mails = 0
        for beat in story():
            mails += play(world, beat, lambda message: print(message.headline)).received.mails
        with _page(1280, 720) as page:
            page.goto(world.receivers.url)
            # The page is drawn in one go: with its count, all that arrived is there.
            expect(page.locator("#count-mails")).to_have_text(str(mails))
            shown = page.locator("#slack-list > *", has_text=_SHOWN).first
            shown.evaluate("message => message.scrollIntoView({block: 'start'})")
            page.screenshot(path=picture)


def _report(picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, _page(1280, 860) as page:
        file = Path(folder) / "report.html"
        write_page(file, the_ninety_days(), settings())
        page.goto(file.as_uri())
        page.screenshot(path=picture)


def _posture(picture: Path) -> None:
    one = organisation()
    rows = rows_of(one.table.all(), Central(credentials=True, sessions=True), one.settings, NOON, None)
    with tempfile.TemporaryDirectory() as folder, _page(1280, 1240) as page:
        file = Path(folder) / "posture.html"
        file.write_bytes(b"".join(posture_page(rows, one.settings, None, NOON)))
        page.goto(file.as_uri())
        page.locator("#list summary", has_text="prod-payments").click()
        page.screenshot(path=picture)


@contextmanager
def _page(width: int, height: int) -> Iterator[Page]:
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser.new_page(viewport={"width": width, "height": height})
        browser.close()


PICTURES: Final[Mapping[str, Callable[[Path], None]]] = {"inbox": _inbox, "posture": _posture, "report": _report}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
