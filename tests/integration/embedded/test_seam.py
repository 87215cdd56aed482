"""A function of ministack is replaced when it is the one we know, and never another."""

from types import ModuleType

import pytest

from rootwatch_local.embedded.patches.seam import SeamMovedError, replace


def module() -> ModuleType:
    made = ModuleType("ministack.example")

    def deliver(event: object, view: object = None) -> str:
        return "theirs"

    made.deliver = deliver  # type: ignore[attr-defined] # a module made by hand
    return made


def ours(event: object, view: object = None) -> str:
    return "ours"


def test_the_function_we_know_is_replaced_and_handed_back() -> None:
    example = module()
    original = replace(example, "deliver", "event view", ours)
    assert (example.deliver({}), original({})) == ("ours", "theirs")


def test_a_function_with_other_parameters_is_left_alone() -> None:
    example = module()
    with pytest.raises(SeamMovedError, match=r"deliver takes \(event view\) and not \(event\)"):
        replace(example, "deliver", "event", ours)
    assert example.deliver({}) == "theirs"


def test_a_function_that_is_gone_is_said_to_be() -> None:
    with pytest.raises(SeamMovedError, match="has no function dispatch"):
        replace(module(), "dispatch", "event", ours)
