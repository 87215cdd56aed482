"""The report page in a real browser: it shows what the replay found, needs no network, and runs nothing of a record."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rootwatch.core.reading import read
from rootwatch_cli.replaying.replay import Replayed
from rootwatch_cli.report.page import write_page
from tests.support import ninety_days
from tests.support.browser import seconds_worked
from tests.support.records import ACCOUNT, after, body, record, settings, sign_in_body
from tests.support.replayed import replayed, the_ninety_days

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "build" / "report"
HOSTILE = """</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">"""
BREAK_IN = "333344445555-ad971ba3a738"
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def ninety() -> Replayed:
    return the_ninety_days()


@pytest.fixture(scope="module")
def file(ninety: Replayed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("report") / "report.html"
    write_page(page, ninety, settings())
    return page


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Opens a page; at the end nothing may have been said on the console, nor asked of the network."""
    pages, faults = [], []

    def open_page(file: Path, *, width: int = 1280, height: int = 900, **options: object) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height}, **options)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.on(
            "request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or faults.append(request.url)
        )
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert faults == []


@pytest.fixture
def page(opened: Opener, file: Path) -> Page:
    return opened(file)


def rows(page: Page) -> list[str]:
    return page.locator("#list > li").evaluate_all("found => found.map(one => one.dataset.id)")


def test_the_page_shows_the_figures_of_the_replay(page: Page, ninety: Replayed) -> None:
    figures = ninety.figures
    expect(page.locator("#lead")).to_have_text(
        f"In 90 days: {figures.incidents} incidents, {figures.pages} pages, {figures.planned} planned."
    )
    expect(page.locator("#shown")).to_have_text(f"{figures.incidents} incidents, {figures.pages} pages")
    night = page.locator("#figures div", has_text="pages at night, 22:00 to 07:00 UTC").locator("dd")
    expect(night).to_have_text(str(figures.at_night.total()))
    worst = figures.by_noise[0]
    expect(page.locator("#accounts tbody tr").first).to_have_text(
        f"{worst.name} {worst.account}{worst.incidents}{worst.root_events}{worst.pages}"
    )
    expect(page.locator("#countries tbody tr").first).to_have_text("Brazil0109")
    expect(page.locator(".spot")).to_have_count(figures.incidents)
    expect(page.locator("#timeline .window")).to_have_count(4)
    assert page.title() == "rootwatch replay, 2026-08-26 to 2026-11-23"


def test_filters_leave_what_they_say_on_list_and_timeline(page: Page) -> None:
    page.get_by_role("combobox", name="Kind").select_option("recovery")
    assert rows(page) == [BREAK_IN]
    expect(page.locator(".spot")).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".spot")).to_have_count(107)
    page.get_by_role("combobox", name="Verdict").select_option("planned")
    expect(page.locator("#list > li")).to_have_count(3)
    page.get_by_role("combobox", name="Verdict").select_option("")
    for name in ("critical", "low", "medium"):
        page.get_by_role("checkbox", name=name).uncheck()
    expect(page.locator("#shown")).to_have_text("3 incidents, 4 pages")
    page.get_by_role("combobox", name="Paged").select_option("night")
    expect(page.locator("#shown")).to_have_text("1 incident, 1 page")
    page.get_by_role("checkbox", name="high").uncheck()
    expect(page.locator(".empty")).to_be_visible()


def test_what_a_table_names_can_be_chosen_there(page: Page) -> None:
    page.locator("#accounts").get_by_role("button", name="staging").click()
    expect(page.get_by_role("combobox", name="Account")).to_have_value(ninety_days.STAGING)
    expect(page.locator("#list > li")).to_have_count(8)
    page.locator("#kinds").get_by_role("button", name="privileged-task").click()
    expect(page.locator("#list > li")).to_have_count(7)


def test_the_search_finds_addresses_actions_tickets_and_people(page: Page) -> None:
    search = page.get_by_role("searchbox")
    for words, count in (("198.51.100.77 staging", 1), ("SEC-171", 3), ("StopLogging", 2), ("ben", 5), ("nothing", 0)):
        search.fill(words)
        expect(page.locator("#shown")).to_contain_text(f"{count} incident")
        expect(page.locator(".spot")).to_have_count(count)
    search.press("Escape")
    expect(page.locator(".spot")).to_have_count(107)


def test_incidents_can_be_sorted(page: Page) -> None:
    oldest = rows(page)[0]
    page.get_by_role("combobox", name="Sort").select_option("newest")
    assert rows(page)[0] != oldest
    page.get_by_role("combobox", name="Sort").select_option("worst")
    severities = page.locator("#list > li .severity").all_inner_texts()
    assert severities == ["critical"] * 50


def test_an_incident_opens_with_its_story_and_every_message(page: Page) -> None:
    page.get_by_role("searchbox").fill(BREAK_IN)
    expect(page.locator("#list > li")).to_have_count(1)
    page.locator("#list h3 button").click()
    story = page.locator(".story")
    expect(story.locator(".facts-list li")).to_have_count(15)
    expect(story.locator(".facts-list li").nth(6)).to_contain_text("root signed in to the console without MFA")
    expect(story.locator(".notices > details")).to_have_count(8)
    expect(story.locator(".notices .tag.page")).to_have_count(5)
    story.locator(".notices > details > summary").nth(1).click()
    for channel in ("Slack", "PagerDuty", "E-mail"):
        expect(story.get_by_role("region", name=channel)).to_contain_text("recovered the root password")
    expect(story.get_by_role("region", name="PagerDuty")).to_contain_text(f"rootwatch/{BREAK_IN}/credentials/critical")
    expect(story.get_by_role("region", name="PagerDuty").locator(".action")).to_have_text("Pages")


def test_the_list_turns_its_pages(page: Page) -> None:
    first = rows(page)
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#pages p")).to_have_text("51 to 100 of 107")
    page.get_by_role("button", name="Next").click()
    assert len(rows(page)) == 7
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    assert not set(rows(page)) & set(first)


def focused(page: Page, name: str) -> str | None:
    return page.evaluate(f"document.activeElement.getAttribute('{name}')")


def test_the_timeline_is_one_stop_of_the_tab_key_and_arrow_keys_walk_it(page: Page) -> None:
    assert page.locator('.spot[tabindex="0"]').count() == 1
    page.locator("#print").focus()
    page.keyboard.press("Tab")
    assert "legacy-billing" in focused(page, "aria-label")
    first = focused(page, "data-id")
    page.keyboard.press("ArrowRight")
    second = focused(page, "data-id")
    page.keyboard.press("ArrowLeft")
    assert focused(page, "data-id") == first != second
    page.keyboard.press("ArrowDown")
    assert ", staging, low, privileged-task" in focused(page, "aria-label")
    page.keyboard.press("End")
    assert "2026-11-23 09:36 UTC, staging" in focused(page, "aria-label")
    expect(page.locator("#readout")).to_contain_text("2026-11-23 09:36 UTC, staging")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#timeline') === null")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator('#list [aria-expanded="true"]')).to_be_focused()
    expect(page.locator(".story .happened")).to_be_visible()


def test_esc_closes_the_story_that_holds_the_focus_and_goes_back_to_its_line(page: Page) -> None:
    button = page.locator("#list h3 button").first
    button.focus()
    page.keyboard.press("Enter")
    summary = page.locator(".notices summary").first
    summary.focus()
    page.keyboard.press("Escape")
    expect(page.locator(".story").first).to_be_hidden()
    expect(button).to_be_focused()


def test_whatever_has_the_focus_shows_it(page: Page) -> None:
    page.keyboard.press("Tab")
    unseen = []
    for _ in range(60):
        outlined = page.evaluate(
            """() => {
                const node = document.activeElement;
                const box = node.closest(".chip") ?? node.querySelector?.(".ring") ?? node;
                const style = getComputedStyle(box);
                return style.outlineStyle !== "none" || style.stroke !== "none";
            }"""
        )
        if not outlined:
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
        page.keyboard.press("Tab")
    assert unseen == []


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    page.locator("#list h3 button").first.click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, [role=button], summary, a, section, nav, form")]
            .filter((node) => {
                const by = node.getAttribute("aria-labelledby");
                const label = node.getAttribute("aria-label") || (by && document.getElementById(by)?.textContent)
                    || node.labels?.[0]?.textContent || (node.matches("section, form, nav") ? "" : node.textContent);
                return !label?.trim();
            }).map((node) => node.outerHTML.slice(0, 100))"""
    )
    assert nameless == []


def test_the_theme_follows_the_system_until_it_is_toggled(opened: Opener, file: Path) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark, light = opened(file, color_scheme="dark"), opened(file, color_scheme="light")
    assert (dark.evaluate(paper), light.evaluate(paper)) == ("rgb(18, 18, 17)", "rgb(245, 244, 240)")
    toggle = light.get_by_role("button", name="Dark")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert light.evaluate(paper) == "rgb(18, 18, 17)"
    toggle.click()
    assert light.evaluate(paper) == "rgb(245, 244, 240)"


def test_on_paper_it_is_light_whole_and_without_controls(opened: Opener, file: Path, tmp_path: Path) -> None:
    page = opened(file, color_scheme="dark")
    page.get_by_role("button", name="Dark").click()
    page.get_by_role("button", name="Dark").click()
    page.emulate_media(media="print")
    for name in ("#filter", "#theme", "#pages"):
        expect(page.locator(name)).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#list > li")).to_have_count(107)
    sheet = page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
    assert sheet == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#list > li")).to_have_count(50)
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert (tmp_path / "report.pdf").stat().st_size > 20_000


def test_no_meaning_is_in_a_colour_alone(page: Page) -> None:
    shapes = page.locator("#legend .shape").evaluate_all("found => found.map(one => one.getAttribute('d'))")
    assert len(shapes) == len(set(shapes)) == 4
    expect(page.locator("#list > li .severity").first).to_have_text("critical")


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_nothing_runs_over_the_edge(opened: Opener, file: Path, width: int) -> None:
    page = opened(file, width=width)
    page.get_by_role("searchbox").fill("staging")
    expect(page.locator("#shown")).to_contain_text("8 incidents")
    page.locator("#list h3 button", has_text="recovered").click()
    page.locator(".notices > details > summary").nth(1).click()
    expect(page.get_by_role("region", name="E-mail")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hostile_record_does_nothing_and_shows_as_text(opened: Opener, tmp_path: Path) -> None:
    hostile = [
        record(sign_in_body(userAgent=HOSTILE, sourceIPAddress=HOSTILE)),
        record(body(HOSTILE, after(1), awsRegion=HOSTILE, errorCode=HOSTILE)),
    ]
    write_page(tmp_path / "hostile.html", replayed(*hostile, names={ACCOUNT: HOSTILE}), settings())
    page = opened(tmp_path / "hostile.html")
    page.locator("#list h3 button").click()
    expect(page.locator(".facts-list")).to_contain_text("window.hacked=1")
    for summary in page.locator(".notices > details > summary").all():
        summary.click()
    expect(page.locator(".channel").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main script, main iframe").count() == 0
    expect(page.locator("#accounts")).to_contain_text("<img src=x")


def test_a_script_that_gets_in_all_the_same_is_refused_by_the_policy(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hacked = 1";
            document.body.append(script);
            const image = document.createElement("img");
            image.src = "https://example.com/x.png";
            document.body.append(image);
            return new Promise((done) => image.addEventListener("error", done));
        }"""
    )
    assert page.evaluate("window.hacked") is None
    page.close()


def test_a_replay_of_nothing_says_so(opened: Opener, tmp_path: Path) -> None:
    write_page(tmp_path / "empty.html", replayed(), settings())
    page = opened(tmp_path / "empty.html")
    expect(page.locator("#lead")).to_have_text("In 0 days: 0 incidents, 0 pages, 0 planned.")
    expect(page.locator(".empty")).to_be_visible()


def test_fifteen_hundred_incidents_open_at_once_and_are_filtered_at_once(opened: Opener, tmp_path: Path) -> None:
    items = [item for one in ninety_days.many(1500) for item in read(one)]
    assert len(items) > 5_000
    write_page(tmp_path / "many.html", replayed(*items), settings())
    assert (tmp_path / "many.html").stat().st_size < 8_000_000
    page = opened(tmp_path / "many.html")
    worked = seconds_worked(page)
    page.reload()
    expect(page.locator("#shown")).to_contain_text("1,500 incidents")
    opening = worked()
    assert 0 < opening < 1
    page.evaluate(
        """() => {
            document.querySelector('#severities input[value="critical"]').click();
            document.body.getBoundingClientRect();
        }"""
    )
    assert worked() - opening < 0.2
    expect(page.locator(".spot")).not_to_have_count(1500)
    page.locator("#list h3 button").first.click()
    expect(page.locator(".story .happened")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "width"), [("wide", 1280), ("narrow", 390)])
def test_pictures_of_the_page_are_taken_for_whoever_wants_to_look(
    opened: Opener, file: Path, scheme: str, size: str, width: int
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = opened(file, width=width, color_scheme=scheme)
    page.screenshot(path=PICTURES / f"{size}-{scheme}.png", full_page=True)
    assert (PICTURES / f"{size}-{scheme}.png").stat().st_size > 20_000
