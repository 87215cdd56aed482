"""docs/quick-start.md, followed word for word by a new user of a new organisation."""

import pytest

from rootwatch_local.world import PROJECT
from tests.support.guide import blocks
from tests.support.live_guide import MANAGEMENT, SECURITY, reader, stacks

pytestmark = pytest.mark.embedded

QUICK_START = blocks((PROJECT / "docs" / "quick-start.md").read_text("utf-8"))


def test_the_quick_start():
    with reader("own trail") as user:
        user.follow(QUICK_START)
        assert {"CDKToolkit", "rootwatch-hub"} < stacks(user.aws, SECURITY), "and a StackSet's instance"
        assert {"CDKToolkit", "rootwatch-management"} < stacks(user.aws, MANAGEMENT)


def test_each_of_its_commands_is_run_or_says_why_not():
    assert all(block.of for block in QUICK_START if block.kind == "not run")
    assert len([block for block in QUICK_START if block.kind == "run"]) > 5
