"""Takes the picture of the inbox page for the README: ``python -m docs.screenshot``.

The demo's own organisation, its story played on it, and what its readers got: nothing is drawn by hand. Needs Chromium
and a font of colour emoji.
"""

import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import expect, sync_playwright

from rootwatch_local.play import play
from rootwatch_local.story import story
from rootwatch_local.world import World

PICTURE: Final = Path(__file__).resolve().parent / "images" / "inbox.png"
CHROMIUM: Final = Path("/usr/bin/chromium")
LARGEST_BYTES: Final = 300_000
_SIZE: Final = {"width": 1280, "height": 720}
_SHOWN: Final = "Planned: ROOT sign-in"  # in Slack: a planned use, and in its thread what no window covers


def main() -> int:
    """Plays the story and writes the picture; returns 1 if it is too large for a README."""
    with World() as world:
        mails = 0
        for beat in story():
            mails += play(world, beat, lambda message: print(message.headline)).received.mails
        _take(world.receivers.url, mails)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.name}: {size:,} bytes")
    return 0 if size <= LARGEST_BYTES else 1


def _take(url: str, mails: int) -> None:
    with sync_playwright() as playwright:
        switches = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=switches)
        page = browser.new_page(viewport=_SIZE)  # type: ignore[arg-type] # a TypedDict of the same two keys
        page.goto(url)
        # The page is drawn in one go: with its count, all that arrived is there.
        expect(page.locator("#count-mails")).to_have_text(str(mails))
        shown = page.locator("#slack-list > *", has_text=_SHOWN).first
        shown.evaluate("message => message.scrollIntoView({block: 'start'})")
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
