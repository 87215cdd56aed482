"""The documentation holds to the code: links lead somewhere, commands exist, generated parts have not drifted."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest

from docs import generate
from docs._generators.book import book
from rootwatch.core.sections import Operations, PagerDuty, Slack, Topic, Trail
from rootwatch.core.settings import Settings
from rootwatch_cli.main import main as rootwatch

ROOT = generate.ROOT
DOCS = ROOT / "docs"
PAGES = [*generate.pages(), ROOT / "lambda/rootwatch/catalogue/README.md"]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)[^)]*\)")
ANCHORED = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)#([^)\s]+)\)")
FENCED = re.compile(r"^[ ]*```.*?^[ ]*```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
ABSOLUTE_PATH = re.compile(r"(?<![\w./:~*>-])/(\w[\w.-]*)/?")

of_every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def code(page: Path) -> Iterator[str]:
    """What stands between backticks."""
    yield from CODE.findall(page.read_text("utf-8"))


@of_every_page
def test_a_link_leads_to_a_file_of_the_repository(page):
    for target in LINK.findall(page.read_text("utf-8")):
        found = (page.parent / target).resolve()
        assert found.exists(), target
        assert found.is_relative_to(ROOT), target


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them: lower case, words alone, hyphens for spaces; a second one is numbered."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        plain = re.sub(r"[^\w\- ]", "", shown).replace(" ", "-")
        found.add(next(one for one in (plain, *(f"{plain}-{n}" for n in range(1, 99))) if one not in found))
    return found


@of_every_page
def test_a_link_to_a_heading_leads_to_one(page):
    for target, anchor in ANCHORED.findall(page.read_text("utf-8")):
        there = (page.parent / target).resolve() if target else page
        assert anchor in anchors(there), f"{target}#{anchor}"


@of_every_page
def test_a_make_target_that_a_page_names_exists(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        target for text in code(page) for target in re.findall(r"(?:^|`|\$ |=\S+ )make ([a-z-]+)", text, re.MULTILINE)
    }
    assert named <= targets


@of_every_page
def test_a_command_that_a_page_names_exists(page):
    known = set(rootwatch.list_commands(click.Context(rootwatch)))
    named = {name for text in code(page) for name in re.findall(r"(?:`|\$ |bin/)rootwatch ([a-z-]+)", text)}
    assert named <= known


@of_every_page
def test_no_page_names_a_path_of_the_machine_that_it_was_written_on(page):
    folders = {path.name for path in Path("/").iterdir() if path.is_dir()} - {"usr", "dev"}
    text = re.sub(r"https?://\S+", "", page.read_text("utf-8"))
    assert folders.isdisjoint(ABSOLUTE_PATH.findall(text))


@of_every_page
def test_a_test_that_a_page_names_exists(page):
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    }
    named = {name for text in code(page) for name in re.findall(r"\btest_\w+\b(?!\.py)", text)}
    assert named <= defined


def test_every_rule_of_break_glass_stands_beside_its_test():
    page = (DOCS / "break-glass.md").read_text("utf-8")
    for file in ("test_planned_use.py", "test_privileged_tasks.py"):
        tests = re.findall(r"^def (test_\w+)\(", (ROOT / "tests/unit/edge" / file).read_text("utf-8"), re.MULTILINE)
        assert [name for name in tests if f"`{name}`" not in page] == []


def test_no_page_has_drifted_from_the_code(capsys):
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


def test_every_part_stands_on_some_page():
    named = {name for page in generate.pages() for name in re.findall(r"<!-- begin: (.+) -->", page.read_text("utf-8"))}
    assert named == set(generate.PARTS)


def test_a_page_that_has_drifted_is_named_and_then_written_anew(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    page = tmp_path / "docs" / "settings.md"
    page.parent.mkdir()
    page.write_text("Before.\n\n<!-- begin: settings of slack -->\nold\n<!-- end: settings of slack -->\n\nAfter.\n")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/settings.md has drifted from the code: run `make docs`.\n"
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    written = page.read_text()
    assert written.startswith("Before.\n")
    assert "`channel`" in written
    assert "old" not in written
    assert written.endswith("After.\n")


def test_a_part_that_nobody_generates_is_told_in_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text("<!-- begin: wishes -->\n<!-- end: wishes -->\n")
    assert generate.main([]) == 1
    assert capsys.readouterr().err.startswith("README.md asks for the part wishes: write one of ")


@pytest.mark.parametrize("section", [Settings, Slack, PagerDuty, Trail, Topic, Operations])
def test_the_settings_page_says_what_each_key_is_for(section):
    page = re.sub(r"<!-- begin.*?<!-- end", "", (DOCS / "settings.md").read_text("utf-8"), flags=re.DOTALL)
    unexplained = [field.name for field in msgspec.structs.fields(section) if f"`{field.name}`" not in page]
    assert [name for name in unexplained if name != "secret"] == []


def test_every_page_stands_in_the_book_once():
    listed = [one.path for one in book(DOCS / "README.md")]
    pages = {page for page in DOCS.glob("*.md") if page.name != "README.md"}
    assert sorted(listed) == sorted({*pages, DOCS / "decisions" / "README.md"}), "write it into docs/README.md"


def test_the_pages_of_the_book_lead_from_the_first_to_the_last_and_back():
    pages = [one.path for one in book(DOCS / "README.md")]
    for page, after in itertools.pairwise(pages):
        last = page.read_text("utf-8").splitlines()[-1]
        assert (page.parent / re.search(r"next: \[[^]]+\]\(([^)]+)\)", last)[1]).resolve() == after
        last = after.read_text("utf-8").splitlines()[-1]
        assert (after.parent / re.search(r"back: \[[^]]+\]\(([^)]+)\)", last)[1]).resolve() == page


def test_every_kind_of_item_in_the_table_stands_in_the_architecture():
    page = (DOCS / "architecture.md").read_text("utf-8")
    code = "".join(path.read_text("utf-8") for path in (ROOT / "lambda/rootwatch/edge").glob("*.py"))
    kinds = set(re.findall(r'f"([A-Z]{3,})#', code)) | set(re.findall(r'key\("([A-Z]+)"', code))
    assert len(kinds) > 10
    assert {kind for kind in kinds if not re.search(rf"`{kind}[#`]", page)} == set()


def test_every_decision_stands_in_the_list():
    listed = LINK.findall((DOCS / "decisions" / "README.md").read_text("utf-8"))
    assert [name for name in listed if name.startswith("0")] == sorted(
        path.name for path in (DOCS / "decisions").glob("0*.md")
    )


def test_the_readme_is_short_and_its_picture_small():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150
    assert all(picture.stat().st_size <= 300_000 for picture in (DOCS / "images").glob("*.png"))
