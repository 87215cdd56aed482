"""Every stack synthesized once a session: jsii is slow to start."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from stacks import member
from stacks.asset import ROOT, Asset, Target, build_asset
from stacks.compose import add_stacks
from stacks.context import read_settings
from tests.stacks.placements import PLACEMENTS

Templates = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="session")
def context() -> dict[str, Any]:
    """The context of the repository's own cdk.json: documentation values and feature flags."""
    read: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return read


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Target], Asset]:
    """Builds an asset anew; what is vendored comes from the repository's cache."""

    def one(target: Target) -> Asset:
        out = tmp_path_factory.mktemp("asset") / "lambda"
        return build_asset(
            target=target, settings_json=b'{"any": "settings"}', manifest_json=b"{}", cache=ROOT / ".cache", out=out
        )

    return one


@pytest.fixture(scope="session")
def deploy_asset(build: Callable[[Target], Asset]) -> Asset:
    """The asset for Lambda."""
    return build("deploy")


@pytest.fixture(scope="session")
def local_asset(build: Callable[[Target], Asset]) -> Asset:
    """The asset for the running interpreter."""
    return build("local")


@pytest.fixture(scope="session")
def synthesize(context: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Templates]:
    """Synthesizes all stacks with settings changed as told; CloudFormation's own rules are checked on the way."""

    def all_stacks(asset: Asset, **changes: object) -> Templates:
        app = App(context=context, analytics_reporting=False, outdir=str(tmp_path_factory.mktemp("cdk")))
        add_stacks(app, settings=read_settings({"rootwatch": {**context["rootwatch"], **changes}}), asset=asset)
        return {stack.stack_name: stack.template for stack in app.synth().stacks}

    return all_stacks


@pytest.fixture(scope="session")
def warnings(context: dict[str, Any], deploy_asset: Asset) -> Callable[..., list[str]]:
    """What the synthesis warns of, with settings changed as told."""

    def all_warnings(**changes: object) -> list[str]:
        app = App(context=context, analytics_reporting=False, builtin_cloud_formation_validation=False)
        add_stacks(app, settings=read_settings({"rootwatch": {**context["rootwatch"], **changes}}), asset=deploy_asset)
        return [str(message.entry.data) for stack in app.synth().stacks for message in stack.messages]

    return all_warnings


@pytest.fixture(scope="session")
def delegated(synthesize: Callable[..., Templates], deploy_asset: Asset) -> Templates:
    """The hub in a security account of its own, as the repository's cdk.json has it."""
    return synthesize(deploy_asset, **PLACEMENTS["delegated"])


@pytest.fixture(scope="session")
def in_management(synthesize: Callable[..., Templates], deploy_asset: Asset) -> Templates:
    """The hub in the management account, with no channel but SNS."""
    return synthesize(deploy_asset, **PLACEMENTS["in_management"])


@pytest.fixture(scope="session")
def foreign(synthesize: Callable[..., Templates], deploy_asset: Asset) -> Templates:
    """All that a team can bring: a trail with bucket and key, topics; and the hub outside of the watched units."""
    return synthesize(deploy_asset, **PLACEMENTS["foreign"])


@pytest.fixture(scope="session")
def member_template() -> dict[str, Any]:
    """What a StackSet brings to a member."""
    read: dict[str, Any] = json.loads(member.template())
    return read


@pytest.fixture(scope="session")
def hub(delegated: Templates) -> Template:
    """The hub's template, for assertions."""
    return Template.from_json(delegated["rootwatch-hub"])


@pytest.fixture(scope="session")
def management(delegated: Templates) -> Template:
    """The management stack's template, for assertions."""
    return Template.from_json(delegated["rootwatch-management"])


@pytest.fixture
def repository() -> Path:
    """The repository's root."""
    return ROOT
