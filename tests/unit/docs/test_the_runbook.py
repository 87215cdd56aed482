"""The runbook has a place for each notice and each alarm, under the name by which it is called."""

import re
from typing import get_args

import pytest

from docs._generators.alarms import FUNCTIONS
from docs.generate import ROOT
from rootwatch.core.words import NoticeType, ObservedKind, RootUseKind, WatchKind
from stacks import alarms
from stacks.alarm import Alarm

PAGE = (ROOT / "docs" / "runbook.md").read_text("utf-8")
HEADINGS = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
ROWS = re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)
ALARMS = alarms.of_hub(FUNCTIONS, records="rootwatch-records", log_files="rootwatch-log-files")


def section(heading: str) -> str:
    """The text under a heading."""
    found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


@pytest.mark.parametrize("kind", [*get_args(WatchKind), *get_args(ObservedKind)])
def test_a_notice_has_its_section(kind: str) -> None:
    assert len(section(kind)) > 10, f"write docs/runbook.md, ### {kind}"


@pytest.mark.parametrize("word", [*get_args(RootUseKind), *get_args(NoticeType)])
def test_root_use_and_the_types_of_notices_have_their_rows(word: str) -> None:
    assert word in ROWS


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_an_alarm_has_its_section_and_points_to_it(alarm: Alarm) -> None:
    assert len(section(alarm.section)) > 10, f"write docs/runbook.md, ### {alarm.section}"
    assert alarm.description.endswith(f"Runbook: docs/runbook.md, {alarm.section}.")
    assert len(alarm.description) <= 1024


def test_no_section_is_of_what_there_is_not() -> None:
    known = {*get_args(WatchKind), *get_args(ObservedKind), *(alarm.section for alarm in ALARMS)}
    named = {one for one in HEADINGS if re.fullmatch(r"[a-z]+(-[a-z]+)*", one)}
    assert named == known
    assert len(HEADINGS) == len(set(HEADINGS))


def test_a_section_of_what_is_wrong_says_by_when() -> None:
    said = re.compile(r"\bwithin\b|as \[", re.IGNORECASE)
    without = [alarm.section for alarm in ALARMS if not said.search(section(alarm.section))]
    assert without == []
