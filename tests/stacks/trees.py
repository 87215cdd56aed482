"""The construct trees of every way to deploy, for checks that look at constructs rather than at templates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App

from stacks.asset import Asset
from stacks.compose import add_stacks
from stacks.context import read_settings
from stacks.member import MemberStack
from tests.stacks.placements import PLACEMENTS


def tree(context: Mapping[str, Any], placement: str, folder: Path) -> App:
    """An app with all stacks of a placement, and the member's beside them; not synthesized."""
    code = folder / "code"
    code.mkdir(exist_ok=True)
    (code / "nothing.py").write_text("")
    app = App(context=dict(context), analytics_reporting=False, builtin_cloud_formation_validation=False)
    settings = read_settings({"rootwatch": {**context["rootwatch"], **PLACEMENTS[placement]}})
    add_stacks(app, settings=settings, asset=Asset(path=code, hash="0" * 64))
    MemberStack(app)
    return app
