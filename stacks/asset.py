"""The Lambda's asset, built without Docker: our code, what it needs, the settings, and bytecode."""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import uv

from rootwatch import catalogue
from rootwatch.catalogue import watch
from stacks import bytecode, wheel_tags

Target = Literal["deploy", "local"]

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "lambda" / "requirements.txt"
CONSTRAINTS = ROOT / "constraints.txt"
RUNTIME = "3.13"
TASK_ROOT = "/var/task"


class AssetError(RuntimeError):
    """One sentence that says why the asset could not be built."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A folder to be zipped as it is, and the SHA-256 of all paths and bytes in it."""

    path: Path
    hash: str


def build_asset(*, target: Target, settings_json: bytes, manifest_json: bytes, cache: Path, out: Path) -> Asset:
    """Builds the asset in ``out``, a folder that is not there yet; raises ``AssetError``.

    ``deploy`` is for Lambda's arm64 and its Python, ``local`` for the interpreter that runs this. What is vendored is
    kept below ``cache`` and made once. Two builds of the same sources are equal byte for byte.
    """
    python = _compiler(target)
    vendored = _once(
        cache / f"vendored-{_vendored_key(target, python)}", lambda tree: _vendor(tree, target=target, python=python)
    )
    shutil.copytree(vendored, out, symlinks=True)
    _add_own_code(out / "rootwatch", python)
    (out / "settings.json").write_bytes(settings_json)
    (out / "manifest.json").write_bytes(manifest_json)
    return Asset(path=out, hash=_hash_of(out))


def _compiler(target: Target) -> Path | None:
    if target == "local":
        return Path(sys.executable)
    python = bytecode.find_interpreter(RUNTIME)
    if python is None:
        print(
            f"No working Python {RUNTIME} found: the Lambda goes without bytecode and starts more slowly.",
            file=sys.stderr,
        )
    return python


def _vendored_key(target: Target, python: Path | None) -> str:
    parts = [REQUIREMENTS.read_bytes(), CONSTRAINTS.read_bytes(), target.encode(), str(python).encode()]
    if target == "local":
        parts += [sys.version.encode(), sysconfig.get_platform().encode()]
    # What is pruned and how it is compiled shows in the result too.
    parts += [Path(source).read_bytes() for source in (__file__, bytecode.__file__, wheel_tags.__file__)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _once(place: Path, make: Callable[[Path], None]) -> Path:
    """Makes a folder aside and moves it into place whole: a build that is killed or doubled leaves no half of one."""
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".making-") as aside:
        tree = Path(aside, "tree")
        tree.mkdir()
        make(tree)
        try:
            tree.rename(place)
        except OSError:
            if not place.is_dir():  # else another build was first, with the same bytes
                raise
    return place


def _vendor(tree: Path, *, target: Target, python: Path | None) -> None:
    machine = f"{wheel_tags.MACHINE}-manylinux2014"
    platform = ["--python-platform", machine, "--python-version", RUNTIME, "--only-binary", ":all:"]
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--link-mode", "copy", "--python", sys.executable]
    command += ["--target", str(tree), *(platform if target == "deploy" else []), "--requirements", str(REQUIREMENTS)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- uv, from our pins
    if answer.returncode:
        raise AssetError(f"uv could not install lambda/requirements.txt: {' '.join(answer.stderr.split())}")
    if target == "deploy":
        _check_wheels(tree)
    _prune(tree)
    if python:
        bytecode.compile_tree(tree, python=python, runs_in=TASK_ROOT)


def _check_wheels(tree: Path) -> None:
    try:
        wheel_tags.check(tree)
    except wheel_tags.WheelTagError as error:
        raise AssetError(f"lambda/requirements.txt brought what the Lambda could not load: {error}.") from error


def _prune(tree: Path) -> None:
    """Keeps code, licences, and METADATA, by which scanners such as Amazon Inspector know the versions."""
    for folder in [tree / "bin", *tree.rglob("__pycache__"), *tree.rglob("tests")]:
        shutil.rmtree(folder, ignore_errors=True)
    for path in sorted(tree.rglob("*")):
        of_installation = path.parent.suffix == ".dist-info" and not path.name.startswith(
            ("METADATA", "LICEN", "NOTICE", "COPYING", "licenses")
        )
        if path.is_file() and (of_installation or path.suffix == ".pyi" or path.name in {"py.typed", ".lock"}):
            path.unlink()


def _add_own_code(package: Path, python: Path | None) -> None:
    leave = shutil.ignore_patterns("__pycache__", "*.toml", "*.md", "*.pyi", "py.typed", "tests")
    shutil.copytree(ROOT / "lambda" / "rootwatch", package, ignore=leave)
    (package / "catalogue" / "catalogue.json").write_bytes(catalogue.to_json())
    (package / "catalogue" / "watch" / "watch.json").write_bytes(watch.to_json())
    if python:
        bytecode.compile_tree(package, python=python, runs_in=f"{TASK_ROOT}/rootwatch")


def _hash_of(tree: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(tree).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
