"""``rootwatch demo`` as a stranger runs it: twice at once, to its own end; and interrupted, leaving nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.shown import commands, unlike

pytestmark = pytest.mark.embedded

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 180
[SHOWN] = [one for one in commands(PROJECT / "README.md", "README.md") if one.command == "make demo"]


def demo(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    """A demo in a process of its own, with a folder of its own for temporary files."""
    folder = tmp_path / "tmp"
    folder.mkdir(parents=True)
    return subprocess.Popen(
        [sys.executable, "-c", "from rootwatch_cli.main import main; main()", "demo", *arguments],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_two_demos_side_by_side_each_receive_exactly_what_was_expected(tmp_path):
    both = [demo(tmp_path / name) for name in ("one", "other")]
    for process in both:
        said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, said
        assert "Everything that was expected was received, and nothing else." in said
        absent = unlike(SHOWN.output, said, in_order=False)
        assert not absent, f"README.md shows {absent!r}, and this came:\n{said}"
    assert [list((tmp_path / name / "tmp").glob("rootwatch-*")) for name in ("one", "other")] == [[], []]


def test_a_demo_that_is_interrupted_ends_everything_it_started(tmp_path):
    process = demo(tmp_path, "--keep")
    assert process.stdout is not None
    for line in process.stdout:
        if "deployed" in line:
            break
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=90)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert list((tmp_path / "tmp").glob("rootwatch-*")) == []
    end = time.monotonic() + 10
    while _alive(tmp_path) and time.monotonic() < end:
        time.sleep(0.05)
    assert _alive(tmp_path) == []


def _alive(tmp_path: Path) -> list[str]:
    """The command lines of processes that still live in this test's folder."""
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if str(tmp_path) in line]
