"""What docs/history.md shows of `rootwatch scan` is what the command writes."""

import re
import shlex

import pytest
from click.testing import CliRunner

from docs.generate import ROOT
from rootwatch_cli.main import main
from tests.support import ninety_days

PAGE = ROOT / "docs" / "history.md"
TRANSCRIPT = re.compile(r"^```text\n\$ rootwatch (?P<command>scan .*?)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN = [(found["command"], found["text"]) for found in TRANSCRIPT.finditer(PAGE.read_text("utf-8"))]


def test_there_are_transcripts_to_compare():
    assert len(SHOWN) == 2


@pytest.mark.parametrize(("command", "text"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_transcript_is_what_the_command_writes(command, text, tmp_path, monkeypatch):
    trail = ninety_days.write(tmp_path / "trail")
    (trail / "accounts.json").unlink()
    monkeypatch.chdir(tmp_path)
    result = CliRunner(env={"COLUMNS": "80"}).invoke(main, shlex.split(command))
    assert result.exit_code == 0
    assert text in (result.stdout, result.output)
