"""The commands of the desk, run as a colleague runs them, in an organisation in miniature."""

import json

import pytest
from click.testing import CliRunner

from rootwatch_cli.aws import Aws
from rootwatch_cli.break_glass import overview
from rootwatch_cli.main import main
from tests.unit.cli.doctoring.an_organisation import SETTINGS


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """``desk(organizations, "open", …)``: the result of the command."""
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS))
    monkeypatch.setattr(overview.time, "sleep", lambda _: None)

    def run(organizations, command, *arguments, stdin=None):
        monkeypatch.setattr(Aws, "of", lambda profile, region: organizations)
        arguments = [command, "--settings", str(file), *arguments]
        return CliRunner().invoke(main, ["break-glass", *arguments], input=stdin)

    return run
