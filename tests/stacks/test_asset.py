"""The asset is small, the same each time, fit for the runtime and compiled so that CDK's file times do no harm."""

import json
import shutil
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from rootwatch import catalogue
from stacks import asset as asset_module
from stacks import bytecode
from stacks.asset import ROOT, Asset, AssetError, Target, build_asset

MAX_ZIPPED_BYTES = 8_000_000
UNCHECKED_HASH = 0b01
AARCH64 = 183  # e_machine of an ELF header
MAGIC_OF_3_13 = (3571).to_bytes(2, "little") + b"\r\n"


def names(tree: Path) -> set[str]:
    return {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}


def modes(tree: Path) -> dict[str, int]:
    return {name: (tree / name).stat().st_mode for name in names(tree)}


@pytest.mark.parametrize("target", ["deploy", "local"])
def test_two_builds_are_the_same(target: Target, build: Callable[[Target], Asset]) -> None:
    first, second = build(target), build(target)
    assert first.hash == second.hash
    # The zip holds paths, bytes and modes, and one time for all.
    assert modes(first.path) == modes(second.path)


def test_a_build_without_a_cache_is_the_same_and_two_at_once_do_not_break_each_other(
    deploy_asset: Asset, tmp_path: Path
) -> None:
    built: list[Asset] = []

    def one(name: str) -> None:
        built.append(
            build_asset(
                target="deploy",
                settings_json=b'{"any": "settings"}',
                manifest_json=b"{}",
                cache=tmp_path / "cache",
                out=tmp_path / name,
            )
        )

    threads = [threading.Thread(target=one, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [asset.hash for asset in built] == [deploy_asset.hash] * 2
    assert [path.name.split("-")[0] for path in (tmp_path / "cache").iterdir()] == ["vendored"]


@pytest.mark.usefixtures("deploy_asset")
def test_a_second_build_installs_nothing(monkeypatch: pytest.MonkeyPatch, build: Callable[[Target], Asset]) -> None:
    monkeypatch.setattr("uv.find_uv_bin", lambda: "/nowhere/uv")
    build("deploy")


def test_it_stays_small(deploy_asset: Asset, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "asset.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names(deploy_asset.path):
            archive.write(deploy_asset.path / name, name)
    assert (tmp_path / "asset.zip").stat().st_size < MAX_ZIPPED_BYTES


def test_it_holds_our_code_the_settings_and_the_built_catalogue(deploy_asset: Asset) -> None:
    held = names(deploy_asset.path)
    assert json.loads((deploy_asset.path / "settings.json").read_bytes()) == {"any": "settings"}
    assert (deploy_asset.path / "rootwatch/catalogue/catalogue.json").read_bytes() == catalogue.to_json()
    ours = {
        f"rootwatch/{path.relative_to(ROOT / 'lambda/rootwatch').as_posix()}"
        for path in (ROOT / "lambda/rootwatch").rglob("*.py")
    }
    assert ours <= held
    assert not {name for name in held if name.endswith(".toml")}


def test_it_leaves_behind_what_the_runtime_has_and_what_nobody_needs(deploy_asset: Asset) -> None:
    held = names(deploy_asset.path)
    assert not {name for name in held if name.startswith(("boto3/", "botocore/", "bin/", "aws_cdk/", "stacks/"))}
    assert not {name for name in held if name.endswith((".pyi", ".lock", "/RECORD", "/INSTALLER", "/WHEEL"))}
    assert not {name for name in held if "/tests/" in name}


def test_it_keeps_the_licence_and_the_version_of_all_it_vendors(deploy_asset: Asset) -> None:
    distributions = sorted(deploy_asset.path.glob("*.dist-info"))
    assert len(distributions) > 5
    for distribution in distributions:
        assert (distribution / "METADATA").is_file()
        assert [path for path in distribution.rglob("*") if path.name.upper().startswith("LICENSE")], distribution


def test_its_extensions_are_built_for_lambdas_arm64_and_python(deploy_asset: Asset) -> None:
    extensions = list(deploy_asset.path.rglob("*.so"))
    assert extensions
    for extension in extensions:
        assert extension.name.endswith((".cpython-313-aarch64-linux-gnu.so", ".abi3.so"))
        assert struct.unpack_from("<H", extension.read_bytes(), 18) == (AARCH64,)


def test_the_local_assets_extensions_load_here(local_asset: Asset) -> None:
    (core,) = (local_asset.path / "msgspec").glob("_core*.so")
    assert f"cpython-{sys.version_info.major}{sys.version_info.minor}" in core.name


def test_every_module_is_compiled_with_an_unchecked_hash_and_names_the_place_where_it_runs(local_asset: Asset) -> None:
    sources = list(local_asset.path.rglob("*.py"))
    compiled = list(local_asset.path.rglob("*.pyc"))
    assert len(sources) == len(compiled) > 200
    for path in compiled:
        content = path.read_bytes()
        assert content[:4] == MAGIC_NUMBER
        assert struct.unpack_from("<I", content, 4) == (UNCHECKED_HASH,)
        assert str(local_asset.path).encode() not in content
        assert b".making-" not in content


def test_the_assets_bytecode_is_of_the_runtimes_own_version(deploy_asset: Asset) -> None:
    if bytecode.find_interpreter(asset_module.RUNTIME) is None:
        pytest.skip(f"no Python {asset_module.RUNTIME} on this machine: the sources are shipped")
    compiled = list(deploy_asset.path.rglob("*.pyc"))
    assert len(compiled) > 200
    assert all(path.name.endswith(".cpython-313.pyc") for path in compiled)
    assert {path.read_bytes()[:4] for path in compiled} == {MAGIC_OF_3_13}


def test_without_an_interpreter_of_the_runtime_the_sources_are_shipped_and_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bytecode, "find_interpreter", lambda _: None)
    asset = build_asset(
        target="deploy", settings_json=b"{}", manifest_json=b"{}", cache=tmp_path / "cache", out=tmp_path / "out"
    )
    assert not list(asset.path.rglob("*.pyc"))
    assert "No working Python 3.13 found" in capsys.readouterr().err


def test_a_shim_that_bears_the_name_but_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shim, real = tmp_path / "shims", tmp_path / "real"
    for folder, script in ((shim, "exit 127"), (real, "echo 9.9")):
        folder.mkdir()
        (folder / "python9.9").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "python9.9").chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim}:{real}")
    assert bytecode.find_interpreter("9.9") == real / "python9.9"


def test_what_cannot_be_installed_is_said_in_one_sentence_and_leaves_no_half(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("not a requirement\n")
    monkeypatch.setattr(asset_module, "REQUIREMENTS", requirements)
    with pytest.raises(AssetError, match=r"^uv could not install lambda/requirements\.txt: [^\n]+$"):
        build_asset(
            target="local", settings_json=b"{}", manifest_json=b"{}", cache=tmp_path / "cache", out=tmp_path / "out"
        )
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_code_in_the_local_asset_runs_by_itself(local_asset: Asset, tmp_path: Path) -> None:
    task = shutil.copytree(local_asset.path, tmp_path / "task")
    code = "import aws_lambda_powertools, msgspec, requests, rootwatch.catalogue as c; c.load(); print(c.__file__)"
    # -S leaves out this environment's own packages.
    answer = subprocess.run([sys.executable, "-S", "-c", code], cwd=task, capture_output=True, text=True, check=True)
    assert answer.stdout.strip().startswith(str(task))
