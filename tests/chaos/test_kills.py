"""Real kills, at a few steps; ``make chaos`` kills at every one."""

import subprocess
import sys


def test_a_process_that_the_system_ends_leaves_nothing_undone_and_doubles_nothing():
    steps = ("6", "25", "40")
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.kills", *steps], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "killed at 3 steps, 0 with something wrong", done.stdout + done.stderr
    assert done.returncode == 0
