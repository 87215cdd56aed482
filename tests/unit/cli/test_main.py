"""What ``rootwatch --help`` shows, and what it costs."""

import subprocess
import sys

from click.testing import CliRunner

from rootwatch_cli import main as module
from rootwatch_cli.main import main


def test_the_help_shows_every_command_once_with_a_whole_sentence():
    shown = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    for name in module._NAMES:
        [line] = [line for line in shown.splitlines() if line.startswith(f"  {name} ")]
        assert line.endswith((".", "?"))
        assert not line.endswith("...")
        assert len(line) <= 80


def test_every_command_of_the_help_can_be_asked_for_help_of_its_own():
    for name in module._NAMES:
        assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0, name


def test_an_unknown_command_is_refused_in_a_sentence():
    refused = CliRunner().invoke(main, ["explian"])
    assert refused.exit_code == 2
    assert "explian" in refused.output
    assert "Traceback" not in refused.output


def test_the_help_waits_for_no_aws_client():
    loaded = "import sys; from rootwatch_cli.main import main; main(['--help'], standalone_mode=False); "
    asked = subprocess.run(
        [sys.executable, "-c", loaded + "print('boto3' in sys.modules, file=sys.stderr)"],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stderr.strip() == "False"


def test_the_demo_without_node_says_what_to_install_before_it_starts_anything(tmp_path):
    refused = CliRunner(env={"PATH": str(tmp_path)}).invoke(main, ["demo"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == "Error: There is no node on the path, which the CDK runs on: install Node 20 or later.\n"
