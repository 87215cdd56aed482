"""What ``rootwatch posture`` prints, from the golden samples that the tests compare it with, its rules and controls."""

from pathlib import Path
from typing import Final

from docs._generators.tables import table
from rootwatch.core.posture_rules import RULES, TITLES
from rootwatch_cli.posturing.controls import FRAMEWORKS, controls

_GOLDEN: Final = Path(__file__).resolve().parents[2] / "tests" / "golden" / "posture"


def transcript() -> str:
    """An organisation of five accounts."""
    return _block("rootwatch posture", "all.txt")


def by_framework() -> str:
    """The same by the controls of CIS."""
    return _block("rootwatch posture --framework cis-5.0", "cis-5.0.txt")


def rules() -> str:
    """Each rule, and the controls that it answers."""
    answered = {framework: {one.rule: one.id for one in controls(framework)} for framework in FRAMEWORKS}
    rows = [(f"`{rule}`", TITLES[rule], *(answered[name].get(rule, "") for name in FRAMEWORKS)) for rule in RULES]
    return table(("rule", "holds when", *FRAMEWORKS), rows)


def _block(command: str, sample: str) -> str:
    return f"```text\n$ {command}\n{(_GOLDEN / sample).read_text('utf-8').rstrip()}\n```"
