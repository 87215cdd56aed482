"""docs/deploy.md, followed word for word by a new user of a new organisation: with a trail of rootwatch's own.

Each way of following it takes a minute or two of waiting, and has a file of its own, so that they pass side by side.
"""

import re

import pytest

from tests.support.live_guide import GUIDE, MANAGEMENT, PAGE, SECURITY, reader, stacks

pytestmark = pytest.mark.embedded


def test_the_guide_with_a_trail_of_rootwatchs_own():
    with reader("own trail") as user:
        user.follow()
        assert stacks(user.aws, SECURITY) == {"CDKToolkit"}, "the guide's last step takes all of it away"
        assert stacks(user.aws, MANAGEMENT) == {"CDKToolkit"}


def test_each_way_of_the_guide_is_one_that_is_followed():
    ways = {way.strip() for block in GUIDE if block.kind in ("run", "shows", "settings") for way in block.of.split(",")}
    assert ways - {""} == {"own trail", "existing trail", "management account"}


def test_every_command_of_the_guide_that_is_not_run_says_why():
    assert all(block.of for block in GUIDE if block.kind == "not run")
    assert len([block for block in GUIDE if block.kind == "run"]) > 10
    assert not re.search(r"^```(bash|shell|console)$", PAGE.read_text("utf-8"), re.MULTILINE)
