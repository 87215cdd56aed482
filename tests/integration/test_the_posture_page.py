"""The page of posture in a real browser: it shows every account, needs no network, and runs nothing of a name."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from rootwatch_cli.posturing.html import page as page_of
from rootwatch_cli.posturing.rows import Row, rows_of
from tests.support.records import NOON
from tests.unit.cli.posturing.made import DATA, PAYMENTS, SANDBOX, organisation

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "build" / "posture"
HOSTILE = """</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">"""
Opener = Callable[..., Page]


def rows(framework: str | None = None, name: str = "", copies: int = 1) -> list[Row]:
    one = organisation()
    found = one.table.all()
    if name:
        found = [msgspec.structs.replace(each, name=name, alias=name) for each in found]
    many = [
        msgspec.structs.replace(each, account=f"{int(each.account) + copy * 7919:012d}")
        for copy in range(copies)
        for each in found
    ]
    return rows_of(many, one.table.under_way.central, one.settings, NOON, framework)


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Opens the page of rows; at the end nothing may have been said on the console, nor asked of the network."""
    pages, faults = [], []

    def open_page(shown: Sequence[Row], *, framework: str | None = None, width: int = 1280, **options: object) -> Page:
        file = tmp_path / f"{len(pages)}.html"
        file.write_bytes(b"".join(page_of(shown, organisation().settings, framework, NOON)))
        page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or faults.append(request.url))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert faults == []


def shown(page: Page) -> list[str]:
    return page.locator("#list > li").evaluate_all("found => found.map(one => one.dataset.id)")


def test_the_page_says_how_many_are_below_and_shows_those_in_trouble(opened: Opener) -> None:
    page = opened(rows())
    expect(page.locator("#lead")).to_have_text("2 of 5 accounts are below the line.")
    expect(page.locator("#figures div", has_text="with an access key of root").locator("dd")).to_have_text("1")
    expect(page.locator("#figures div", has_text="could not be read").locator("dd")).to_have_text("1")
    expect(page.locator("#rules tbody tr").first).to_have_text("root-mfa *2012root signs in with MFA, or not at all")
    assert {PAYMENTS, SANDBOX} <= set(shown(page))
    assert DATA not in shown(page)


def test_an_account_opens_by_mouse_and_by_keyboard_and_shows_all_its_answers(opened: Opener) -> None:
    page = opened(rows())
    account = page.locator(f"#list > li[data-id='{PAYMENTS}']")
    account.locator("summary").first.click()
    expect(account.locator(".answers > ul > li")).to_have_count(14)
    expect(account.locator(".answers > ul > li").first).to_contain_text("FAILS")
    expect(account.locator(".looked")).to_contain_text("Alias example-payments. Looked at ")
    expect(account).to_contain_text("key 2 is used and key 1 is not any more: disable key 1")
    account.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(account.locator(".answers")).not_to_be_visible()


def test_the_filter_narrows_by_rule_by_line_and_by_words(opened: Opener) -> None:
    page = opened(rows())
    page.select_option("#which", "every")
    expect(page.locator("#shown")).to_have_text("5 of 5 accounts")
    page.select_option("#which", "below")
    assert set(shown(page)) == {PAYMENTS, SANDBOX}
    page.click("#clear")
    page.locator("#rules .pick", has_text="user-mfa").click()
    assert set(shown(page)) == {PAYMENTS, SANDBOX}
    page.fill("#search", "ben signs")
    expect(page.locator("#shown")).to_have_text("1 of 5 accounts")
    page.fill("#search", "nobody")
    expect(page.locator(".empty")).to_be_visible()


def test_a_framework_s_controls_stand_in_the_place_of_rules(opened: Opener) -> None:
    page = opened(rows("cis-5.0"), framework="cis-5.0")
    expect(page.locator("#rules-name")).to_have_text("Controls of cis-5.0")
    expect(page.locator("#rules tbody tr")).to_have_count(9)
    expect(page.locator("#rules")).to_contain_text("1.4 root-mfa *")


def test_no_account_at_all_is_a_page_too(opened: Opener) -> None:
    page = opened([])
    expect(page.locator("#lead")).to_have_text("0 of 0 accounts are below the line.")


def test_nothing_that_a_name_says_is_run(opened: Opener) -> None:
    page = opened(rows(name=HOSTILE))
    expect(page.locator("#list")).to_contain_text("window.hacked=1")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0


def test_five_thousand_accounts_open_and_filter_within_a_few_seconds(opened: Opener) -> None:
    began = time.monotonic()
    page = opened(rows(copies=1000))
    expect(page.locator("#shown")).to_contain_text("of 5,000 accounts")
    assert len(shown(page)) == 50
    page.fill("#search", PAYMENTS)
    expect(page.locator("#shown")).to_have_text("1 of 5,000 accounts")
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("wide", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 390, "light")]
)
def test_nothing_sticks_out_at_any_width(opened: Opener, name: str, width: int, scheme: str) -> None:
    page = opened(rows(), width=width, color_scheme=scheme)
    page.locator(f"#list > li[data-id='{PAYMENTS}'] summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def test_on_paper_every_account_that_is_shown_is_open(opened: Opener) -> None:
    page = opened(rows())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#list .answers")).to_have_count(len(shown(page)))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#list [open]")).to_have_count(0)
