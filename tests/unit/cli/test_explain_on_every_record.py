"""Every record under tests/fixtures comes out of `rootwatch explain` as its case says, first or last in the input."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rootwatch_cli.main import main
from tests.support.fixtures import Case, cases

CASES = cases()


def test_there_are_cases_to_try_and_each_says_why_it_exists():
    assert len(CASES) >= 190
    assert len({case.id for case in CASES}) == len(CASES)
    assert all(case.why for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_record_comes_out_as_its_case_says(case: Case, tmp_path):
    explained(case, first=False, folder=tmp_path)


@pytest.mark.parametrize("case", [case for case in CASES if case.also], ids=lambda case: case.id)
def test_what_stands_behind_a_record_is_known_even_if_it_is_read_later(case: Case, tmp_path):
    explained(case, first=True, folder=tmp_path)


def explained(case: Case, *, first: bool, folder: Path) -> None:
    together = [case.record, *case.also] if first else [*case.also, case.record]
    file = folder / "input.json"
    file.write_text(json.dumps(together))

    result = CliRunner().invoke(main, ["explain", "--format", "jsonl", str(file)])

    assert result.exit_code == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(together)
    line = lines[0 if first else -1]
    expected = dict(case.expect)
    assert expected.pop("reason", "") in line["reason"]
    assert {**{key: line.get(key) for key in expected}, "page": any(n["page"] for n in line["notices"])} == expected
